"""The rules of 协查: pure functions of message, facts and case.

Cross-province goes to the national platform, in-province to the unit (requirements, 协查; the target province is the first
two digits of the place). What belongs to an enquiry is taken only from whoever was asked, or from whoever asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

from hub.contract.case import Case
from hub.contract.decision import NOTHING, Decision, Move, Owe, Send, Settlement, Settles, TimerSet, ToPlace, ToSystem
from hub.contract.flow import Facts
from hub.contract.message import Message
from routes.enquiry import handover, parties, reasons
from routes.enquiry.dispatch import dispatch
from routes.enquiry.limits import limit_for
from routes.enquiry.states import ANSWERED, CLOSED, DISPATCHED, OPEN, RETURNED, SUBMITTED, UNKNOWN, WITHDRAWN

FEEDBACK_OWED: Final = handover.FEEDBACK_OWED


def decide(message: Message, facts: Facts, case: Case | None) -> Decision:
    """Where an enquiry, or what belongs to one, goes."""
    if message.header.channel == "enquiry.request":
        return _request(message, facts, case)
    if case is None:
        return _nowhere("unroutable", reasons.NO_ENQUIRY)
    return _OF_A_CASE[message.header.channel](message, case)


def _nowhere(ended: Literal["filtered", "unroutable"], why: str) -> Decision:
    return Decision(ended=ended, reason=why)


def _request(message: Message, facts: Facts, case: Case | None) -> Decision:
    if case is not None:
        return _nowhere("filtered", reasons.ALREADY)
    place = dispatch(message, facts)
    inside = parties.inside(place.division)
    if not place.division:
        return _nowhere("unroutable", place.why)
    if not inside and message.header.from_system == parties.NATIONAL:
        return _nowhere("unroutable", reasons.OUTSIDE)
    limit = limit_for(
        message.body.text("enquiryType") or "", message.body.text("origin") or "", message.body.texts("keySubject"),
        message.accepted_at.date(),
    )  # fmt: skip
    return Decision(
        sends=(
            Send(
                route="request-to-unit" if inside else "request-to-padis",
                to=ToPlace(place.division) if inside else ToSystem("padis"),
                reason=place.why,
                fill={"originSystem": message.header.from_system, "resolvedToDiv": place.division, "resolvedBy": place.by},
                owes=Owe(FEEDBACK_OWED, limit, by=place.division),
                known_as=parties.ANSWERER,
            ),
        ),
        timers=(TimerSet(handover.due_name(0), due_of=FEEDBACK_OWED),),
        data={
            "type": message.body.text("enquiryType") or "",
            "origin": message.header.from_system,
            "asker": parties.sender_of(message),
            "applicant": message.body.text("applicantDiv") or "",
            "asked": place.division if inside else parties.NATIONAL,
        },
    )


def _feedback(message: Message, case: Case) -> Decision:
    if not parties.was_asked(message, case, message.body.text("feedbackDiv") or ""):
        return _nowhere("filtered", reasons.NOT_ASKED)
    if case.state == CLOSED and case.data.get("withdrawn"):
        return _nowhere("filtered", reasons.WITHDRAWN_ALREADY)
    return Decision(
        sends=(parties.to_asker(case, "feedback"),),
        moves=(Move(ANSWERED, "feedback"),) if case.state in OPEN else (),
        settles=(Settles(FEEDBACK_OWED),),
        data={"result": message.body.text("result") or ""},
    )


def _return(message: Message, case: Case) -> Decision:
    if not parties.was_asked(message, case, message.body.text("returnDiv") or ""):
        return _nowhere("filtered", reasons.NOT_ASKED)
    if case.state == WITHDRAWN:
        return _nowhere("filtered", reasons.WITHDRAWN_ALREADY)
    return handover.hand_over(message, case) if case.state in OPEN else _nowhere("filtered", reasons.ANSWERED_ALREADY)


def _withdraw(message: Message, case: Case) -> Decision:
    if parties.sender_of(message) != case.data.get("asker"):
        return _nowhere("filtered", reasons.NOT_ASKER)
    if case.state not in OPEN:
        done = case.state == WITHDRAWN or case.data.get("withdrawn")
        return _nowhere("filtered", reasons.WITHDRAWN_ALREADY if done else reasons.ANSWERED_ALREADY)
    return handover.take_back(message, case)


def _withdrawn(message: Message, case: Case) -> Decision:
    if not parties.was_asked(message, case):
        return _nowhere("filtered", reasons.NOT_ASKED)
    return handover.confirm(message, case) if case.state == WITHDRAWN else _nowhere("filtered", reasons.NOT_WITHDRAWN)


_OF_A_CASE: Final[Mapping[str, Callable[[Message, Case], Decision]]] = {
    "enquiry.feedback": _feedback, "enquiry.return": _return, "enquiry.withdraw": _withdraw, "enquiry.withdrawn": _withdrawn,
}  # fmt: skip


def settled(settlement: Settlement, case: Case) -> Decision:
    """What a send's end means for the enquiry."""
    effective = settlement.state in ("pending", "delivered")
    if settlement.route.startswith("request-") and case.state in (SUBMITTED, UNKNOWN, RETURNED):
        if effective:
            return Decision(moves=(Move(DISPATCHED, "effective"),))
        if case.state != UNKNOWN and settlement.state == "unknown":
            return Decision(moves=(Move(UNKNOWN, "outcome unknown"),))
        if case.state != UNKNOWN and settlement.state == "rejected":
            return Decision(moves=(Move(CLOSED, "refused by the partner"),))
    if settlement.route.startswith("feedback-") and effective and case.state == ANSWERED:
        return Decision(moves=(Move(CLOSED, "answer received"),))
    if settlement.route == "return-to-padis" and effective and case.state == RETURNED:
        return Decision(moves=(Move(CLOSED, "given back to the platform"),))
    return NOTHING


def due(timer: str, case: Case) -> Decision:
    """An enquiry without feedback at the due date of the unit asked last is marked overdue."""
    if timer == handover.due_name(handover.hops(case)) and case.state in (SUBMITTED, DISPATCHED, RETURNED):
        return Decision(data={"overdue": "1"})
    return NOTHING
