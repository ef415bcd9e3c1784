"""The public state of a message: what its sender and its recipients may know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """One delivery: recipient (``system:…`` or ``spoke:…``), state, attempts so far, code of its end if it has one."""

    recipient: str
    state: str
    attempts: int
    code: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """One message. ``accepted_at`` in UTC ms; ``receipt`` is the compact JWS given to its sender; None for one that the hub derived."""

    sender: str
    channel: str
    state: str
    accepted_at: int
    receipt: str | None
    deliveries: tuple[DeliveryStatus, ...]


class MessageStatus(Protocol):
    """Reads beside the writer."""

    def of(self, message: int) -> Status | None:
        """The state of a message, None for an unknown id."""
