"""What each answer of the certificate database means. The codes stand in schemas/ehycert/1.0/SOURCE.md; [assumed] until the real ones are known.

An upload is idempotent by batch number and part: whatever is unclear about it may be sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from hub.contract.outcome import Outcome, Rejected, Released, Unknown
from hub.transports.http_client import CallFailed, NotSent
from hub.transports.soap_client import Busy

TAKEN: Final = frozenset({"00", "01"})
"""Taken now, or before: the same part again has the same ticket."""
WORKING, NO_TICKET = "02", "21"
TRY_LATER: Final = 30.0  # seconds, after 90, which names no time
UPLOADED: Final[Mapping[str, Outcome]] = {code: Rejected(code) for code in ("11", "12", "13", "14")} | {
    "90": Released("ehycert.90", TRY_LATER)
}
"""Digest, zip, document wrong; another content under this batch and part; busy."""
ASKED: Final[Mapping[str, Outcome]] = {
    NO_TICKET: Released("ehycert.21", resend=True),
    "90": Released("ehycert.90", TRY_LATER),
}
"""A ticket that is not known there means that the part is lost: it is uploaded again."""
REFUSED: Final = frozenset({"13"})
"""A verification that it does not answer: the question is not valid there."""
_GOOD: Final = frozenset({"0", "1"})


def record_state(code: str) -> Literal["accepted", "rejected"]:
    """What a record's result code means: 0 done, 1 it was so already, which is as good; all others refuse it."""
    return "accepted" if code in _GOOD else "rejected"


def upload_failed(fault: CallFailed) -> Outcome:
    """The outcome of an upload that got no readable answer."""
    if isinstance(fault, NotSent):
        return Released(fault.reason)
    return Released(fault.reason, fault.retry_after) if isinstance(fault, Busy) else Unknown(fault.reason)


def question_failed(fault: CallFailed) -> Outcome:
    """A ticket that could not be asked about is asked about again: nothing is lost by that."""
    return Released(fault.reason, fault.retry_after if isinstance(fault, Busy) else None)
