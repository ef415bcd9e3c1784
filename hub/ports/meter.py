"""The meter: counts and durations for whoever watches the hub. Codes, declared names and seconds; never a value of a message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, Protocol

SenderKind = Literal["spoke", "system", "stranger"]
"""Who sent: a spoke, an external system, or somebody who was refused before it was known who asks."""
Watched = Literal[
    "writer_queue_length", "outlet_slots", "outlet_in_flight", "query_slots", "query_in_flight", "query_breaker_open", "lookup_away"
]
QueryOutcome = Literal["answered", "missed", "shed", "refused", "failed"]
"""Rows were shown, none were found, no place was free, the asker was refused, or no usable answer came in time."""


RunOutcome = Literal["batch", "empty", "failed"]
"""A step of a scheduled run made a batch, had nothing to send, or came to nothing and is tried again."""


class Meter(Protocol):
    """Thread-safe and cheap: each call costs about a microsecond and is made once per request, call or group commit.

    Names given here become labels; an implementation shows only those that were declared to it and writes ``other`` for the rest.
    """

    def answered(self, interface: str, seconds: float) -> None:
        """A request at the door (``soap``, ``rest``, ``contracts``) was answered, whatever the answer."""

    def refused(self, channel: str, sender: SenderKind, code: str) -> None:
        """A submission was answered with this error code; ``channel`` is empty where it was not known yet."""

    def called(self, outlet: str, seconds: float) -> None:
        """One attempt at a partner took so long."""

    def asked(self, query: str, outcome: QueryOutcome, seconds: float) -> None:
        """A known caller's query ended so, that long after it was read."""

    def polled(self, adapter: str, feed: str) -> None:
        """A feed answered now, with or without news."""

    def unconfirmed(self, adapter: str, feed: str) -> None:
        """A feed's partner could not be told what became of a page; the page comes again."""

    def ran(self, schedule: str, outcome: RunOutcome) -> None:
        """A step of a scheduled run ended so, now."""

    def committed(self, group: Sequence[tuple[object, object]], seconds: float) -> None:
        """A group commit is on disk: each item with its result. Called by the writer's thread alone."""

    def watch(self, what: Watched, of: str, read: Callable[[], float]) -> None:
        """Read this figure whenever somebody looks."""


class NoMeter:
    """Measures nothing."""

    def answered(self, interface: str, seconds: float) -> None:
        """Nothing."""

    def refused(self, channel: str, sender: SenderKind, code: str) -> None:
        """Nothing."""

    def called(self, outlet: str, seconds: float) -> None:
        """Nothing."""

    def asked(self, query: str, outcome: QueryOutcome, seconds: float) -> None:
        """Nothing."""

    def polled(self, adapter: str, feed: str) -> None:
        """Nothing."""

    def unconfirmed(self, adapter: str, feed: str) -> None:
        """Nothing."""

    def ran(self, schedule: str, outcome: RunOutcome) -> None:
        """Nothing."""

    def committed(self, group: Sequence[tuple[object, object]], seconds: float) -> None:
        """Nothing."""

    def watch(self, what: Watched, of: str, read: Callable[[], float]) -> None:
        """Nothing."""


NO_METER: Final = NoMeter()
