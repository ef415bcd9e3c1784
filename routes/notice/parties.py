"""Who told and who was told: what a case remembers of them, and how to tell them from strangers."""

from __future__ import annotations

from typing import Final

from hub.contract.case import Case
from hub.contract.decision import Send, ToPlace, ToSystem
from hub.contract.message import Message
from routes.notice import reasons

PROVINCE: Final = "35"
NATIONAL: Final = "PADIS"
RECEIVER: Final = "receiver"
"""Case data: the recipient to which the hub resolved the unit told; under ``receiverDiv`` the place that stands for it today."""
_COUNTY: Final = 6


def inside(division: str) -> bool:
    """Whether a place lies in the province."""
    return division.startswith(PROVINCE)


def was_told(message: Message, case: Case) -> bool:
    """Whether the sender of a receipt is whoever the notice was delivered to; a unit must also name a place of the county told.

    The county may be the one resolved or, when that was retired, its successor.
    """
    sender = message.header.sender
    if (sender if sender.startswith("system:") else f"spoke:{sender}") != case.data.get(RECEIVER):
        return False
    if case.data["told"] == NATIONAL:
        return True
    unit, places = message.body.text("receiveDiv") or "", (case.data["told"], case.data.get(f"{RECEIVER}Div", ""))
    return any(place and unit.startswith(_county(place)) for place in places)


def _county(place: str) -> str:
    """The digits that a unit's code must begin with: the county of the place, less for a place above counties."""
    significant = place[:_COUNTY].rstrip("0")
    return place[: len(significant) + len(significant) % 2]


def to_teller(case: Case) -> Send:
    """A send of this receipt to whoever told."""
    if case.data["origin"] == NATIONAL:
        return Send("receipt-to-padis", ToSystem("padis"), reasons.WHO_TOLD)
    return Send("receipt-to-unit", ToPlace(case.data["teller"]), reasons.WHO_TOLD)
