"""What each answer of a health system means for a result that was pushed back. The codes stand in schemas/health/1.0/SOURCE.md; [assumed].

Only a code that says so makes an outcome definite; everything else is Unknown, and the hub asks before it repeats.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.contract.outcome import Delivered, Outcome, Rejected, Released, Unknown
from hub.transports.http_client import CallFailed, NotSent
from hub.transports.soap_client import Busy

TRY_LATER: Final = 30.0  # seconds, after 8, which names no time
DONE, INVALID, NOTHING, EXPIRED, BUSY = "0", "1", "2", "3", "8"
"""CallCode."""
PUSHED: Final[Mapping[str, Outcome]] = {
    DONE: Delivered(), INVALID: Rejected("1"), EXPIRED: Released("health.3"), BUSY: Released("health.8", TRY_LATER),
}  # fmt: skip
"""What the answer to PushResult says."""
ASKED: Final[Mapping[str, Outcome]] = {DONE: Delivered(), NOTHING: Released("health.2")}
"""What the answer to AskResult says; any other tells nothing."""


def outcome(table: Mapping[str, Outcome], code: str) -> Outcome:
    """The outcome that a table gives a code."""
    return table.get(code, Unknown(f"health.{code}"))


def failed(fault: CallFailed) -> Outcome:
    """The outcome of a push that got no readable answer."""
    if isinstance(fault, NotSent):
        return Released(fault.reason)
    return Released(fault.reason, fault.retry_after) if isinstance(fault, Busy) else Unknown(fault.reason)
