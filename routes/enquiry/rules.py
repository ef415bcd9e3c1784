"""The rules of 协查: pure functions of message, facts and case.

Cross-province goes to the national platform, in-province to the stated place (requirements, 协查; the target province is
the first two digits of the place). Feedback goes back to whoever asked, and only whoever was asked may give it.
"""

from __future__ import annotations

from typing import Final

from hub.contract.case import Case
from hub.contract.decision import NOTHING, Decision, Move, Owe, Send, Settlement, Settles, TimerSet, ToPlace, ToSystem
from hub.contract.flow import Facts
from hub.contract.message import Message
from routes.enquiry.limits import limit_for

PROVINCE: Final = "35"
NATIONAL: Final = "PADIS"
BY_STATED_PLACE: Final = "3"
"""CL_RESOLVE 3: sent to the place that the request states."""
FEEDBACK_OWED: Final = "feedback"
SUBMITTED, DISPATCHED, ANSWERED, CLOSED, UNKNOWN = "1", "2", "3", "6", "7"
"""CL_ENQSTATE; 4 (returned) and 5 (withdrawn) come with the return and withdrawal of an enquiry."""
MOVES: Final = frozenset({
    (SUBMITTED, DISPATCHED), (SUBMITTED, ANSWERED), (SUBMITTED, CLOSED), (SUBMITTED, UNKNOWN), (DISPATCHED, ANSWERED),
    (UNKNOWN, DISPATCHED), (UNKNOWN, ANSWERED), (ANSWERED, CLOSED),
})  # fmt: skip


def decide(message: Message, _facts: Facts, case: Case | None) -> Decision:
    """Where an enquiry or its feedback goes."""
    if message.header.channel == "enquiry.request":
        return _request(message, case)
    return _feedback(message, case)


def _request(message: Message, case: Case | None) -> Decision:
    if case is not None:
        return Decision(ended="filtered", reason="already open")
    place = message.body.text("statedToDiv") or ""
    inside = place.startswith(PROVINCE)
    if not inside and message.header.from_system == NATIONAL:
        return Decision(ended="unroutable", reason="outside the province")
    limit = limit_for(
        message.body.text("enquiryType") or "", message.body.text("origin") or "", message.body.texts("keySubject"),
        message.accepted_at.date(),
    )  # fmt: skip
    return Decision(
        sends=(
            Send(
                route="request-to-unit" if inside else "request-to-padis",
                to=ToPlace(place) if inside else ToSystem("padis"),
                reason="stated place",
                fill={"resolvedToDiv": place, "resolvedBy": BY_STATED_PLACE},
                owes=Owe(FEEDBACK_OWED, limit, by=place),
            ),
        ),
        timers=(TimerSet("feedback due", due_of=FEEDBACK_OWED),),
        data={
            "origin": message.header.from_system,
            "applicant": message.body.text("applicantDiv") or "",
            "asked": place if inside else NATIONAL,
        },
    )


def _feedback(message: Message, case: Case | None) -> Decision:
    if case is None:
        return Decision(ended="unroutable", reason="no such enquiry")
    if not _was_asked(message, case):
        return Decision(ended="filtered", reason="not the unit asked")
    to_nation = case.data["origin"] == NATIONAL
    return Decision(
        sends=(
            Send(
                route="feedback-to-padis" if to_nation else "feedback-to-unit",
                to=ToSystem("padis") if to_nation else ToPlace(case.data["applicant"]),
                reason="who asked",
            ),
        ),
        moves=() if case.state in (ANSWERED, CLOSED) else (Move(ANSWERED, "feedback"),),
        settles=(Settles(FEEDBACK_OWED),),
    )


def _was_asked(message: Message, case: Case) -> bool:
    """The national platform answers what went to it; a unit answers what went to its county."""
    asked = case.data["asked"]
    if asked == NATIONAL:
        return message.header.from_system == NATIONAL
    return message.header.from_system != NATIONAL and (message.body.text("feedbackDiv") or "")[:6] == asked[:6]


def settled(settlement: Settlement, case: Case) -> Decision:
    """What a send's end means for the enquiry."""
    effective = settlement.state in ("pending", "delivered")
    if settlement.route.startswith("request-") and case.state in (SUBMITTED, UNKNOWN):
        if effective:
            return Decision(moves=(Move(DISPATCHED, "effective"),))
        if case.state == SUBMITTED and settlement.state == "unknown":
            return Decision(moves=(Move(UNKNOWN, "outcome unknown"),))
        if case.state == SUBMITTED and settlement.state == "rejected":
            return Decision(moves=(Move(CLOSED, "refused by the partner"),))
    if settlement.route.startswith("feedback-") and effective and case.state == ANSWERED:
        return Decision(moves=(Move(CLOSED, "answer received"),))
    return NOTHING


def due(timer: str, case: Case) -> Decision:
    """An enquiry without feedback at its due date is marked overdue."""
    if timer == "feedback due" and case.state in (SUBMITTED, DISPATCHED):
        return Decision(data={"overdue": "1"})
    return NOTHING
