"""`hub.ports.fact_sources.FactSources` over the adapters' connections: who answers what, and who is away until when."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from hub.contract.adapter import Adapter, Partner
from hub.contract.lookup import Fact, FactSource, Lookup, Question
from hub.ports.meter import NO_METER, Meter
from hub.ports.wire_tap import WireTap

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds before a system that was away is asked again: doubled each time, up to the longest."""


class Sources:
    """One per process. ``seconds`` is a monotonic clock."""

    def __init__(
        self,
        connected: Iterable[tuple[Adapter, Partner]],
        tap: WireTap,
        seconds: Callable[[], float] = time.monotonic,
        meter: Meter = NO_METER,
    ) -> None:
        self._sources: dict[str, tuple[FactSource, Lookup]] = {
            lookup.name: (partner, lookup)
            for adapter, partner in connected
            if isinstance(partner, FactSource)
            for lookup in adapter.lookups
        }
        self._tap, self._seconds = tap, seconds
        self._lock = threading.Lock()
        self._away: dict[str, tuple[float, float]] = {}
        for name in self._sources:
            meter.watch("lookup_away", name, partial(self._silent, name))

    def answers(self, lookup: str) -> bool:
        """Whether a configured system answers this lookup."""
        return lookup in self._sources

    def ask(self, lookup: str, questions: Sequence[Question]) -> Mapping[Question, tuple[Fact, ...]] | None:
        """Ask now. Whatever a source raises means that it is away."""
        if lookup in self.away():
            return None
        source, declared = self._sources[lookup]
        try:
            answers = source.look_up(declared, questions)
        except Exception as fault:  # noqa: BLE001 - an adapter that raises anything else has broken its promise; nothing is known
            self._note(lookup)
            self._tap.event("lookup.away", lookup=lookup, kind=type(fault).__name__)
            return None
        with self._lock:
            self._away.pop(lookup, None)
        return answers

    def away(self) -> frozenset[str]:
        """The lookups whose pause is not over."""
        now = self._seconds()
        with self._lock:
            return frozenset(name for name, (until, _) in self._away.items() if now < until)

    def _silent(self, lookup: str) -> float:
        """1 since a question found it away and until it answers."""
        return float(lookup in self._away)

    def _note(self, lookup: str) -> None:
        with self._lock:
            _, before = self._away.get(lookup, (0.0, 0.0))
            pause = min(LONGEST_PAUSE, before * 2 or FIRST_PAUSE)
            self._away[lookup] = (self._seconds() + pause, pause)
