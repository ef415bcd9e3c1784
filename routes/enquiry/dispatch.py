"""Where an enquiry goes: first by the population register (name and number), then by the place it states.

Requirements, 协查: matched in the register it goes to the unit that manages the person; no match, to the stated place;
several, to the active one updated last. The unit is that of the hukou side for types 1, 3 and 4, of the residence side for
type 2, and never the applicant's own (nine digits). The number's first digits say nothing about where somebody lives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from hub.contract.flow import Facts
from hub.contract.lookup import Fact
from hub.contract.message import Message
from routes.enquiry import reasons

OUTFLOW: Final = "2"
HUKOU_SIDE, RESIDENCE_SIDE = "1", "2"
ACTIVE: Final = "1"
BY_HUKOU_SIDE, BY_RESIDENCE_SIDE, BY_STATED_PLACE, BY_HAND = "1", "2", "3", "4"
"""CL_RESOLVE."""


class Place(NamedTuple):
    """A division (12 digits), empty when there is none to send to; how it was found (CL_RESOLVE); why (`reasons`)."""

    division: str
    by: str
    why: str


def dispatch(message: Message, facts: Facts) -> Place:
    """The place an enquiry is sent to."""
    place = _by_register(message, facts.get("managed"))
    return Place("", place.by, reasons.OWN_PLACE) if _own(message, place.division) else place


def _by_register(message: Message, managed: Sequence[Fact] | None) -> Place:
    stated = message.body.text("statedToDiv") or ""
    if managed is None:
        return Place(stated, BY_STATED_PLACE, reasons.STATED)
    side = RESIDENCE_SIDE if message.body.text("enquiryType") == OUTFLOW else HUKOU_SIDE
    found = [fact for fact in managed if fact.get("side") == side and fact.get("managedDiv")]
    active = [fact for fact in found if fact.get("recordStatus") == ACTIVE]
    if not active:
        return Place(stated, BY_STATED_PLACE, reasons.STATED_INACTIVE if found else reasons.STATED_UNKNOWN)
    best = max(active, key=lambda fact: (fact.get("updateTime", ""), fact["managedDiv"]))
    if _own(message, best["managedDiv"]):
        return Place(stated, BY_STATED_PLACE, reasons.STATED_OWN)
    by = BY_HUKOU_SIDE if side == HUKOU_SIDE else BY_RESIDENCE_SIDE
    return Place(best["managedDiv"], by, reasons.REGISTER if len(found) == 1 else reasons.REGISTER_SEVERAL)


def _own(message: Message, division: str) -> bool:
    """Whether a place is the applicant's own unit."""
    return bool(division) and division[:9] == (message.body.text("applicantDiv") or "")[:9]
