"""The service that health systems call at the hub: how a push is known, and how its answer is written. Pure."""

from __future__ import annotations

from typing import Final

from adapters.health.translator import DELIVERED, SPACE
from adapters.health.values import compact_moment
from hub.contract.service import Answered, Push, Service
from hub.contract.xml import Element
from hub.contract.xml_text import element, leaf

DROPPED: Final = frozenset({
    "InpatientNo", "Gravidity", "GestDays", "DeliveryMethod", "Weight", "Length", "DefectFlag", "Outcome", "Deliverer",
})  # fmt: skip
"""Dropped at the door (requirements, minimisation): taken, and never kept."""
TAKEN, TAKEN_BEFORE = "0", "1"
"""ResultCode."""


def push_number(document: Element) -> str | None:
    """The PushNo: the sender's idempotency key."""
    return document.findtext(f"{{{SPACE}}}PushNo")


def answer(document: Element, answered: Answered) -> Element:
    """What the sender is told once its record is on disk."""
    parts = [
        leaf("PushNo", push_number(document) or ""), leaf("ResultCode", TAKEN_BEFORE if answered.duplicate else TAKEN),
        leaf("HubNo", answered.hub_id), leaf("AcceptTime", compact_moment(answered.accepted_at.isoformat())),
        leaf("Receipt", answered.receipt),
    ]  # fmt: skip
    return element([f'<PushDeliveryResponse xmlns="{SPACE}">', *parts, "</PushDeliveryResponse>"])


PUSHES: Final = Service(
    "health-push",
    "health/1.0/push.wsdl",
    {"PushDelivery": Push(DELIVERED, "health/1.0/delivery.xsd", "health/1.0/delivery.xsd", push_number, answer, drops=DROPPED)},
)
