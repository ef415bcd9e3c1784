"""The rules of 电子婚育证: pure functions of a record, its result and the case of the certificate."""

from __future__ import annotations

from typing import Final

from hub.contract.case import Case
from hub.contract.decision import NOTHING, Decision, Move, Settlement
from hub.contract.flow import Facts
from hub.contract.message import Document, Message
from hub.contract.outcome import RecordResult
from routes.ehycert import reasons
from routes.ehycert.states import REFUSED, UPLOADED, VALID

ALREADY: Final = "1"
"""CL_ECRESULT: it was so already, which is as good as done."""


def decide(_message: Message, _facts: Facts, _case: Case | None) -> Decision:
    """A batch and its records are made by the schedule, which knows where they go; nothing else sends them."""
    return Decision(ended="filtered", reason=reasons.BY_SCHEDULE)


def made(record: Document, case: Case | None) -> Decision:
    """A record is on its way: the certificate waits for the national database. One that was refused is sent again; a valid one stays valid."""
    data = {"version": record.text("version") or ""}
    if case is not None and case.state == REFUSED:
        return Decision(moves=(Move(UPLOADED, "sent again"),), data=data)
    return Decision(data=data)


def record_settled(result: RecordResult, case: Case) -> Decision:
    """What the national database said of a record; the code is kept with the certificate."""
    data = {"code": result.code}
    if case.state != UPLOADED:
        return Decision(data=data)
    if result.state == "accepted":
        return Decision(moves=(Move(VALID, "there already" if result.code == ALREADY else "accepted"),), data=data)
    return Decision(moves=(Move(REFUSED, "refused"),), data=data)


def settled(_settlement: Settlement, _case: Case) -> Decision:
    """A part says nothing of a certificate: its records do."""
    return NOTHING


def due(_timer: str, _case: Case) -> Decision:
    """There is no timer."""
    return NOTHING
