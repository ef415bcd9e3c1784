"""A spoke's mailbox: what it is shown of a delivery that waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ports.records import Sealed


@dataclass(frozen=True, slots=True)
class MailItem:
    """A delivery waiting in a spoke's mailbox, leased to the reader who holds ``lease``."""

    delivery: int
    message: int
    channel: str
    version: str
    from_system: str
    lease: str
    effective_at: int
    due_at: int | None
    body: Sealed
