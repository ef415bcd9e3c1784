"""The planner: takes accepted messages in lane order, runs PLAN, commits. One thread; optimistic, so it needs no lease."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hub.pipeline.find_facts import waiting_channels
from hub.pipeline.machine import Machine
from hub.pipeline.order import plan
from hub.ports.records import Conflict

POLL_SECONDS = 1.0


class Planner:
    """``planned`` is called after commits that may have made deliveries."""

    def __init__(self, machine: Machine, event: threading.Event, planned: Callable[[], None], batch: int) -> None:
        self._machine, self._event, self._planned, self._batch = machine, event, planned, batch
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="planner", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the group under way."""
        self._stopping = True
        self._event.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stopping:
            self._event.wait(POLL_SECONDS)
            self._event.clear()
            try:
                while not self._stopping and self._group():
                    pass
            except Exception as fault:  # noqa: BLE001 - the store is down: the work waits and is tried again
                self._machine.tap.event("plan.failed", kind=type(fault).__name__)

    def _group(self) -> bool:
        """Plan one group; False when nothing was ready."""
        stored = list(self._machine.store.unplanned(self._batch, waiting_channels(self._machine)))
        if not stored:
            return False
        done = 0
        for future in [self._machine.store.plan(p) for p in plan(self._machine, stored)]:
            try:
                future.result()
                done += 1
            except Conflict:
                continue
        if done:
            self._planned()
        return done > 0
