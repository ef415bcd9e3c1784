"""Splitting: the threads of an engine that take batches apart, and the sweep of documents that nobody needs any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from hub.batches.splitter import Splitter
from hub.batches.sweep import sweep
from hub.pipeline.machine import Machine

THREADS: Final = 2
"""A small batch never waits for a large one that came before."""
POLL_SECONDS: Final = 0.5
SWEEP_SECONDS: Final = 60.0
CROWDED: Final = 1_000
"""Messages that wait for their plan before a batch holds back: what comes one by one is planned in time."""
HOLD_SECONDS: Final = 1.0
"""How long a group holds back at the most; a planner that stands still never stops a batch for good."""


class Splitting:
    """``accepted`` is called when there is something to plan."""

    def __init__(self, machine: Machine, owner: str, accepted: Callable[[], None]) -> None:
        self._machine, self._accepted = machine, accepted
        self._stopping = threading.Event()
        self._swept = time.monotonic()
        names = [f"splitter-{n}" for n in range(1, THREADS + 1)]
        self._threads = [threading.Thread(target=self._run, args=(f"{owner}-{n}",), name=n, daemon=True) for n in names]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the group under way."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def _run(self, owner: str) -> None:
        splitter = Splitter(self._machine, owner, self._hold)
        while not self._stopping.is_set():
            try:
                worked = splitter.once()
                self._sweep()
            except Exception as fault:  # noqa: BLE001 - the store is away: the work waits and is tried again
                self._machine.tap.event("split.failed", kind=type(fault).__name__)
                worked = False
            if not worked:
                self._stopping.wait(POLL_SECONDS)

    def _hold(self) -> bool:
        """Let the planner keep up; whether to stop."""
        self._accepted()
        until = time.monotonic() + HOLD_SECONDS
        while time.monotonic() < until and not self._stopping.is_set() and self._machine.batches.crowded(CROWDED):
            self._stopping.wait(0.02)
        return self._stopping.is_set()

    def _sweep(self) -> None:
        if time.monotonic() - self._swept > SWEEP_SECONDS:
            self._swept = time.monotonic()
            sweep(self._machine)
