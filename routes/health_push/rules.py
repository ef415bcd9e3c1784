"""The rules of 卫生推送: a record is compared once for each version; what that comes to are messages of their own.

A re-sent record, corrected, makes new versions of its comparisons; one that is older than what was compared is ignored
(requirements, 二网整合; keys and versions ours).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final

from hub.contract.case import Case
from hub.contract.decision import NOTHING, Decision, Emit, Move, Send, Settlement, ToSystem
from hub.contract.flow import Facts
from hub.contract.message import ChannelName, Message, show_hub_id
from hub.contract.xml import Element, local_name
from routes.health_push import reasons, vaccinations
from routes.health_push.children import Newborn, pair
from routes.health_push.documents import Compared, Event, comparison, result
from routes.health_push.mothers import mother_of
from routes.health_push.outcomes import of_newborn, unmatched
from routes.health_push.states import GONE

COMPARISON: Final = ChannelName("health.comparison")
RESULT: Final = ChannelName("health.result")
ACCEPTED, SUPERSEDED = "0", "2"
"""CL_PUSHRESULT."""


def decide(message: Message, facts: Facts, case: Case | None) -> Decision:
    """What becomes of a record, or of the result of one."""
    return _OF_CHANNEL[message.header.channel](message, facts, case)


def _delivery(message: Message, facts: Facts, case: Case | None) -> Decision:
    if _older(message, case):
        return Decision(ended="filtered", reason=reasons.OLDER, emits=(_result(message, SUPERSEDED),))
    told = (_result(message, ACCEPTED),)
    if not _known(facts):
        return Decision(ended="unroutable", reason=reasons.NO_REGISTER, emits=told)
    number, version = _numbered(message, case)
    emits = tuple(
        Emit(COMPARISON, comparison(message, f"{number}.{event.order}", version, event, found), f"comparison {event.order}")
        for event, found in _newborns(message, facts)
    )
    if not emits:
        return Decision(ended="filtered", reason=reasons.STILLBORN, emits=told)
    return Decision(reason=reasons.COMPARED, emits=(*emits, *told), data=_remembered(message, number, version))


def _newborns(message: Message, facts: Facts) -> Iterator[tuple[Event, Compared]]:
    """Each live newborn with its compare."""
    body = message.body
    live = sorted(filter(None, map(_newborn, body.elements("newborn"))), key=lambda newborn: newborn.order)
    match = mother_of(body, facts, date.fromisoformat((body.text("deliveryTime") or "")[:10]))
    known = [f for need in ("ofMother", "ofFather", "ofName") for f in facts[need]]
    hers = {tuple(sorted(f.items())): f for f in known if match.woman and f.get("motherId") == match.woman.told["personId"]}
    children = pair(live, list(hers.values())) if match.woman else [None] * len(live)
    for newborn, child in zip(live, children, strict=True):
        outcome = of_newborn(newborn, match.woman, child) if match.woman else unmatched(match)
        event = Event(newborn.day.isoformat(), newborn.certificate, newborn.sex, str(newborn.order))
        yield event, Compared(match, outcome, child)


def _newborn(node: Element) -> Newborn | None:
    told = {local_name(part): part.text or "" for part in node}
    if told["liveFlag"] != "true":
        return None
    return Newborn(int(told["birthOrder"]), told["sex"], date.fromisoformat(told["birthTime"][:10]), told.get("birthCertNo", ""))


def _vaccination(message: Message, facts: Facts, case: Case | None) -> Decision:
    body = message.body
    if _older(message, case):
        return Decision(ended="filtered", reason=reasons.OLDER)
    number, version = _numbered(message, case)
    remembered = _remembered(message, number, version)
    if body.text("rowAction") == "D":
        moves = (Move(GONE, "deleted"),) if case is None or case.state != GONE else ()
        return Decision(reason=reasons.DELETED, moves=moves, data=remembered)
    if not _known(facts):
        return Decision(ended="unroutable", reason=reasons.NO_REGISTER)
    match, outcome, child = vaccinations.compare(body, facts)
    event = Event(body.text("vaccDate") or "", body.text("birthCertNo") or "", body.text("subject/sex") or "")
    document = comparison(message, number, version, event, Compared(match, outcome, child))
    return Decision(reason=reasons.COMPARED, emits=(Emit(COMPARISON, document, "comparison"),), data=remembered)


def _to_sender(_message: Message, _facts: Facts, _case: Case | None) -> Decision:
    return Decision(sends=(Send("result-to-health", ToSystem("health"), reasons.TO_SENDER),))


_OF_CHANNEL: Final[Mapping[str, Callable[[Message, Facts, Case | None], Decision]]] = {
    "health.delivery": _delivery, "health.vaccination": _vaccination, "health.result": _to_sender,
}  # fmt: skip


def _known(facts: Facts) -> bool:
    """Whether there is a register to compare with: a need of a system that is not there has no entry."""
    return "byNumber" in facts


def _older(message: Message, case: Case | None) -> bool:
    return case is not None and (message.body.text("recordTime") or "") < case.data.get("recordTime", "")


def _numbered(message: Message, case: Case | None) -> tuple[str, int]:
    """The number of the record's comparisons, that of its first message here, and the version of this compare."""
    known = case.data if case else {}
    return known.get("number") or f"B{show_hub_id(message.hub_id)}", int(known.get("version") or 0) + 1


def _remembered(message: Message, number: str, version: int) -> Mapping[str, str]:
    return {"number": number, "version": str(version), "recordTime": message.body.text("recordTime") or ""}


def _result(message: Message, code: str) -> Emit:
    return Emit(RESULT, result(message, code), "result")


def settled(_settlement: Settlement, _case: Case) -> Decision:
    """Nothing: a record's sends are messages of their own."""
    return NOTHING


def due(_timer: str, _case: Case) -> Decision:
    """Nothing: a record has no clock."""
    return NOTHING
