"""The mailbox as a recipient: what is put there is in the spoke's hands (effective) and pending until acknowledged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from hub.contract.adapter import Feed, FeedPage
from hub.contract.operation import Operation
from hub.contract.outcome import Outcome, Pending, Released
from hub.ports.clock import Clock

MAILBOX_SLOTS: Final = 64


class MailboxPartner:
    """A partner inside the store: delivering is leaving it where it is, with a moment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def deliver(self, _operation: Operation, _document: bytes, key: str) -> Outcome:
        """In the mailbox from now on."""
        return Pending(ticket=key, effective_at=datetime.fromtimestamp(self._clock.now() / 1000, UTC))

    def ask(self, _operation: Operation, _key: str) -> Outcome:
        """Never in doubt."""
        return Released("not delivered")

    def poll(self, _feed: Feed, cursor: str) -> FeedPage:
        """A mailbox brings nothing."""
        return FeedPage((), cursor)

    def close(self) -> None:
        """Nothing to close."""
