"""The rules of 门牌: reports go to the register, answers to whoever reported."""

from __future__ import annotations

from hub.contract.batch import Sifted
from hub.contract.case import Case, Limit
from hub.contract.decision import NOTHING, Decision, Move, Owe, Send, Settlement, Settles, ToPlace, ToSystem
from hub.contract.flow import Facts
from hub.contract.message import Document, Message

REPORTED, SENT, ANSWERED, CLOSED, UNKNOWN = "1", "2", "3", "4", "5"
MOVES = frozenset(
    {(REPORTED, SENT), (REPORTED, ANSWERED), (REPORTED, UNKNOWN), (SENT, ANSWERED), (UNKNOWN, ANSWERED), (ANSWERED, CLOSED)}
)


def decide(message: Message, _facts: Facts, case: Case | None) -> Decision:
    """Where a report or its answer goes."""
    if message.header.channel == "housenumber.report":
        return _report(message) if case is None else Decision(ended="filtered", reason="already reported")
    if case is None:
        return Decision(ended="unroutable", reason="no such report")
    return Decision(
        sends=(Send("answer-to-unit", ToPlace(case.data["reporter"]), "who reported"),),
        moves=() if case.state in (ANSWERED, CLOSED) else (Move(ANSWERED, "answer"),),
        settles=(Settles("answer"),),
    )


def _report(message: Message) -> Decision:
    place = message.body.text("reportDiv") or ""
    owes = Owe("answer", Limit("H1", 20, "W"), by=place)
    return Decision(
        sends=(Send("report-to-register", ToSystem("cadastre"), "the only register", owes=owes),), data={"reporter": place}
    )


def sift(answer: Document) -> Sifted:
    """An answer without a house number says nothing new: only its row is kept."""
    return Sifted(answer.root) if answer.has("houseNumber") else Sifted(None, "no number")


def settled(settlement: Settlement, case: Case) -> Decision:
    """What a send's end means for the report."""
    effective = settlement.state in ("pending", "delivered")
    if settlement.route == "report-to-register" and case.state == REPORTED:
        if effective:
            return Decision(moves=(Move(SENT, "effective"),))
        if settlement.state == "unknown":
            return Decision(moves=(Move(UNKNOWN, "outcome unknown"),))
    if settlement.route == "answer-to-unit" and effective and case.state == ANSWERED:
        return Decision(moves=(Move(CLOSED, "answer received"),))
    return NOTHING


def due(_timer: str, _case: Case) -> Decision:
    """Nothing falls due by itself."""
    return NOTHING
