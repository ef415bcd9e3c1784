"""Who asked and who was asked: what a case remembers of them, and how to tell them from strangers."""

from __future__ import annotations

from typing import Final

from hub.contract.case import Case
from hub.contract.decision import Address, Send, ToPlace, ToSpoke, ToSystem
from hub.contract.message import Message
from routes.enquiry import reasons

PROVINCE: Final = "35"
NATIONAL: Final = "PADIS"
ANSWERER: Final = "answerer"
"""Case data: the recipient to which the hub resolved the unit asked; under ``answererDiv`` the place that stands for it today."""
_COUNTY: Final = 6


def inside(division: str) -> bool:
    """Whether a place lies in the province."""
    return division.startswith(PROVINCE)


def sender_of(message: Message) -> str:
    """The sender in the form of a recipient: ``system:<adapter>`` or ``spoke:<name>``."""
    sender = message.header.sender
    return sender if sender.startswith("system:") else f"spoke:{sender}"


def was_asked(message: Message, case: Case, unit: str | None = None) -> bool:
    """Whether the sender is whoever the enquiry was delivered to; a unit must also name a place of the county asked.

    The county may be the one stated or, when that was retired, its successor.
    """
    if sender_of(message) != case.data.get(ANSWERER):
        return False
    if case.data["asked"] == NATIONAL or unit is None:
        return True
    places = (case.data["asked"], case.data.get(f"{ANSWERER}Div", ""))
    return any(place and unit.startswith(_county(place)) for place in places)


def _county(place: str) -> str:
    """The digits that a unit's code must begin with: the county of the place, less for a place above counties."""
    significant = place[:_COUNTY].rstrip("0")
    return place[: len(significant) + len(significant) % 2]


def to_asker(case: Case, what: str) -> Send:
    """A send of this message to whoever asked."""
    if case.data["origin"] == NATIONAL:
        return Send(f"{what}-to-padis", ToSystem("padis"), reasons.WHO_ASKED)
    return Send(f"{what}-to-unit", ToPlace(case.data["applicant"]), reasons.WHO_ASKED)


def asked(case: Case) -> Address:
    """Whoever has the enquiry: the very spoke that got it, wherever its jurisdictions lie today."""
    kind, _, name = case.data.get(ANSWERER, "").partition(":")
    if kind == "spoke":
        return ToSpoke(name)
    return ToSystem(name) if kind == "system" else ToPlace(case.data["asked"])
