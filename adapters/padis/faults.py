"""What each answer of PADIS means for a delivery. The codes stand in schemas/padis/1.0/SOURCE.md; [assumed] until the real ones are known.

Only a code that says so makes an outcome definite; everything else is Unknown, and the hub asks before it repeats.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from hub.contract.outcome import Delivered, Outcome, Rejected, Released, Unknown
from hub.transports.http_client import CallFailed, NotSent
from hub.transports.soap_client import Busy

DONE, DUPLICATE = "0000", "2001"
TRY_LATER: Final = 30.0  # seconds, after 9001 and 9002, which name no time
SUBMITTED: Final[Mapping[str, Outcome]] = {code: Rejected(code) for code in ("1001", "1002", "1003")} | {
    "2003": Released("padis.2003"),
    "9001": Released("padis.9001", TRY_LATER),
    "9002": Released("padis.9002", TRY_LATER),
}
"""What the answer to XC01 to XC07 says of the submission; a refusal means the same for CX02."""
ASKED: Final[Mapping[str, Outcome]] = {"2002": Released("padis.2002")}
"""What the answer to CX01 says of it: 2002 means that PADIS has nothing, any other refusal tells nothing."""


def outcome(table: Mapping[str, Outcome], code: str, available_at: datetime | None) -> Outcome:
    """The outcome that a table gives a return code. 0000 and 2001 (an earlier attempt arrived) need a receipt with its moment."""
    if code in (DONE, DUPLICATE):
        return Delivered(effective_at=available_at) if available_at else Unknown("reply.no_receipt")
    return table.get(code, Unknown(f"padis.{code}"))


def failed(fault: CallFailed) -> Outcome:
    """The outcome of a submission that got no readable answer."""
    if isinstance(fault, NotSent):
        return Released(fault.reason)
    return Released(fault.reason, fault.retry_after) if isinstance(fault, Busy) else Unknown(fault.reason)
