"""The rules of 公安信息共享: pure functions of message, facts and case.

What passes the filters is a candidate for the unit at the place of residence, which registers it or gives it up. What is filtered
ends here, silently. A cancellation follows the candidate to whoever has it; the register is never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from hub.contract.case import Case
from hub.contract.decision import NOTHING, Decision, Move, Send, Settlement, ToPlace, ToSpoke
from hub.contract.flow import Facts
from hub.contract.message import Message
from routes.police_share import filters, places, reasons, states

UNIT: Final = "unit"
"""Case data: the recipient that has the candidate."""
BULK: Final = states.GIVEN_UP_IN_BULK


def decide(message: Message, facts: Facts, case: Case | None) -> Decision:
    """Where a record goes, or what a handling makes of its case."""
    if message.header.channel == "police.handling":
        return _handling(message, case)
    if case is not None and (message.body.text("updateTime") or "") < case.data.get("updated", ""):
        return _filtered(reasons.OLDER)
    if message.body.text("opType") == filters.CANCELLATION:
        return _cancellation(message, case)
    return _record(message, facts, case)


def _filtered(why: str) -> Decision:
    return Decision(ended="filtered", reason=why)


def _record(message: Message, facts: Facts, case: Case | None) -> Decision:
    outcome = filters.by_itself(message.body)
    if outcome != filters.PASSED:
        return _silent(outcome, case)
    place = places.resolve(message.body.text("residenceDiv") or "", message.accepted_at.date())
    if place is None:
        return Decision(ended="unroutable", reason=reasons.UNMAPPED)
    outcome = filters.by_register(message.body, place, facts.get("known") or ())
    if outcome != filters.PASSED:
        return _silent(outcome, case)
    return Decision(
        sends=(
            Send(
                "record-to-unit",
                ToPlace(place),
                reasons.AT_RESIDENCE,
                fill={"resolvedDiv": place, "filterResult": filters.PASSED},
                known_as=UNIT,
            ),
        ),
        data={"updated": message.body.text("updateTime") or "", "place": place},
    )


def _silent(outcome: str, case: Case | None) -> Decision:
    """A filtered record goes nowhere; a candidate of before is none any more."""
    open_ = case is not None and case.state == states.OPEN
    moves = (Move(states.FILTERED, reasons.FILTERS[outcome]),) if open_ else ()
    return Decision(moves=moves, ended="filtered", reason=reasons.FILTERS[outcome])


def _cancellation(message: Message, case: Case | None) -> Decision:
    if case is None:
        return _filtered(reasons.NO_CANDIDATE)
    moves = (Move(states.CANCELLED, "cancelled by the police"),) if case.state == states.OPEN else ()
    data = {"updated": message.body.text("updateTime") or ""}
    kind, _, name = case.data.get(UNIT, "").partition(":")
    if kind != "spoke":
        return Decision(moves=moves, data=data, ended="filtered", reason=reasons.NO_CANDIDATE)
    fill = {"resolvedDiv": case.data["place"], "filterResult": filters.PASSED}
    return Decision(sends=(Send("record-to-unit", ToSpoke(name), reasons.WHO_HAS_IT, fill=fill),), moves=moves, data=data)


def _handling(message: Message, case: Case | None) -> Decision:
    refusal = _refused(message, case)
    if refusal or case is None:
        return _filtered(refusal or reasons.NO_RECORD)
    handled = message.body.text("handling") or ""
    return Decision(moves=(Move(handled, f"handling {handled}"),), data={"handling": handled})


def _refused(message: Message, case: Case | None) -> str:
    """Why a handling changes nothing, empty when it does."""
    if case is None:
        return reasons.NO_RECORD
    handled = message.body.text("handling") or ""
    checks: Mapping[str, Callable[[], bool]] = {
        reasons.NOT_YOURS: lambda: case.data.get(UNIT) != f"spoke:{message.header.sender}",
        reasons.CLOSED_ALREADY: lambda: case.state != states.OPEN,
        reasons.UNDECIDED: lambda: handled not in states.HANDLINGS,
        reasons.NO_BULK_NUMBER: lambda: handled == BULK and not message.body.text("bulkNo"),
    }
    return next((why for why, hit in checks.items() if hit()), "")


def settled(_settlement: Settlement, _case: Case) -> Decision:
    """A candidate stays open until its unit, or the police, says otherwise."""
    return NOTHING


def due(_timer: str, _case: Case) -> Decision:
    """Nothing falls due: the requirements set no limit."""
    return NOTHING
