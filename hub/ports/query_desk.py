"""Where external systems are asked: few at a time, within a time, and not at all while a partner is slow."""

from __future__ import annotations

from typing import Protocol

from hub.contract.operation import QueryOperation
from hub.contract.outcome import Rejected
from hub.contract.xml import Element


class Seat(Protocol):
    """The right to ask one partner once."""

    def ask(self, document: bytes, seconds: float) -> Element | Rejected:
        """Ask, and wait at most so long, whatever the adapter does. Raises TimeoutError, or OSError when no usable answer came."""

    def leave(self) -> None:
        """Give the seat back; always to be called, also by who never asked. A call still under way keeps the partner's place."""


class QueryDesk(Protocol):
    """Thread-safe; nobody waits for a seat."""

    def sit(self, system: str, operation: QueryOperation) -> Seat | None:
        """A seat, or None when the partner is full or slow, or too many callers wait already."""

    def retry_after(self, system: str) -> int | None:
        """Seconds after which a slow partner is tried again; None when it is only full."""

    def close(self) -> None:
        """Close the partners' connections."""
