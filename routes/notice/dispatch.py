"""Where a notice goes: first by the population register (name and number), then by the place of hukou that it states.

Requirements, 协查通报: matched in the register it goes to the unit that manages the person on the hukou side, several to the
active one updated last, no match to the stated place; never to the unit that tells (nine digits). The number's first digits
say nothing. The same rule as of enquiries, whose sides follow their types: the flows stay apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from hub.contract.flow import Facts
from hub.contract.lookup import Fact
from hub.contract.message import Message
from routes.notice import reasons

HUKOU_SIDE: Final = "1"
ACTIVE: Final = "1"
BY_HUKOU_SIDE, BY_STATED_PLACE, BY_HAND = "1", "3", "4"
"""CL_RESOLVE."""


class Place(NamedTuple):
    """A division (12 digits), empty when there is none to send to; how it was found (CL_RESOLVE); why (`reasons`)."""

    division: str
    by: str
    why: str


def dispatch(message: Message, facts: Facts) -> Place:
    """The place a notice is sent to."""
    place = _by_register(message, facts.get("managed"))
    return Place("", place.by, reasons.OWN_PLACE) if _own(message, place.division) else place


def _by_register(message: Message, managed: Sequence[Fact] | None) -> Place:
    stated = message.body.text("hukouDiv") or ""
    if managed is None:
        return Place(stated, BY_STATED_PLACE, reasons.STATED)
    found = [fact for fact in managed if fact.get("side") == HUKOU_SIDE and fact.get("managedDiv")]
    active = [fact for fact in found if fact.get("recordStatus") == ACTIVE]
    if not active:
        return Place(stated, BY_STATED_PLACE, reasons.STATED_INACTIVE if found else reasons.STATED_UNKNOWN)
    best = max(active, key=lambda fact: (fact.get("updateTime", ""), fact["managedDiv"]))
    if _own(message, best["managedDiv"]):
        return Place(stated, BY_STATED_PLACE, reasons.STATED_OWN)
    return Place(best["managedDiv"], BY_HUKOU_SIDE, reasons.REGISTER if len(found) == 1 else reasons.REGISTER_SEVERAL)


def _own(message: Message, division: str) -> bool:
    """Whether a place is the unit that tells."""
    return bool(division) and division[:9] == (message.body.text("noticeDiv") or "")[:9]
