"""The rules of 通报: pure functions of message, facts and case.

Cross-province goes to the national platform, in-province to the unit of the place of hukou, at once (requirements, 通报). A
receipt is taken only from whoever the notice was delivered to.
"""

from __future__ import annotations

from hub.contract.case import Case
from hub.contract.decision import NOTHING, Decision, Move, Owe, Settlement, TimerSet
from hub.contract.flow import Facts
from hub.contract.message import Message
from routes.notice import parties, reasons, receipts
from routes.notice.dispatch import dispatch
from routes.notice.limits import receipt_limit
from routes.notice.states import CLOSED, DELIVERED, RECEIVED, RETURNED, SUBMITTED, UNKNOWN, WRONG


def decide(message: Message, facts: Facts, case: Case | None) -> Decision:
    """Where a notice, or its receipt, goes."""
    if message.header.channel == "notice.contraception":
        return _notice(message, facts) if case is None else Decision(ended="filtered", reason=reasons.ALREADY)
    if case is None:
        return Decision(ended="unroutable", reason=reasons.NO_NOTICE)
    return receipts.receive(message, case)


def _notice(message: Message, facts: Facts) -> Decision:
    place, origin = dispatch(message, facts), message.header.from_system
    if not place.division:
        return Decision(ended="unroutable", reason=place.why)
    inside = parties.inside(place.division)
    if not inside and origin == parties.NATIONAL:
        return Decision(ended="unroutable", reason=reasons.OUTSIDE)
    owes = Owe(receipts.OWED, receipt_limit(message.accepted_at.date()), by=place.division)
    return Decision(
        sends=(receipts.notify(place.division, place.why, place.by, origin, owes),),
        timers=(TimerSet(receipts.due_name(0), due_of=receipts.OWED),),
        data={
            "type": "8",
            "origin": origin,
            "teller": message.body.text("noticeDiv") or "",
            "told": place.division if inside else parties.NATIONAL,
        },
    )


def settled(settlement: Settlement, case: Case) -> Decision:
    """What a send's end means for the notice."""
    effective = settlement.state in ("pending", "delivered")
    if settlement.route.startswith("notice-") and case.state in (SUBMITTED, UNKNOWN, RETURNED):
        if effective:
            return Decision(moves=(Move(DELIVERED, "effective"),))
        if case.state != UNKNOWN and settlement.state == "unknown":
            return Decision(moves=(Move(UNKNOWN, "outcome unknown"),))
        if case.state != UNKNOWN and settlement.state == "rejected":
            return Decision(moves=(Move(CLOSED, "refused by the partner"),))
    if settlement.route.startswith("receipt-") and effective and case.state in (RECEIVED, WRONG):
        return Decision(moves=(Move(CLOSED, "receipt arrived"),))
    if settlement.route == "receipt-to-padis" and effective and case.state == RETURNED:
        return Decision(moves=(Move(CLOSED, "given back to the platform"),))
    return NOTHING


def due(timer: str, case: Case) -> Decision:
    """A notice without a receipt at the due date of the unit told last is marked overdue."""
    if timer == receipts.due_name(receipts.hops(case)) and case.state in (SUBMITTED, DELIVERED, RETURNED):
        return Decision(data={"overdue": "1"})
    return NOTHING
