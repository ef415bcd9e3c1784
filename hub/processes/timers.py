"""Timers: a case's own clock. Looked at once a second; each fires once, whatever else happens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from hub.cases.transitions import change
from hub.pipeline.machine import Machine
from hub.pipeline.planning import case_of
from hub.ports.records import Conflict

POLL_SECONDS = 1.0
BATCH = 100


class Timers:
    """Fires due timers; ``every`` is called with each round for whatever else wants a slow pulse."""

    def __init__(self, machine: Machine, every: Callable[[], None]) -> None:
        self._machine, self._every = machine, every
        self._stopping = threading.Event()
        self._flows = {f.case.name: f for f in machine.catalogue.flows if f.case}
        self._thread = threading.Thread(target=self._run, name="timers", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stopping.wait(POLL_SECONDS):
            self._guarded(self._every)
            self._guarded(self._fire_due)

    def _guarded(self, work: Callable[[], None]) -> None:
        """One failure costs neither the other timers nor the next round."""
        try:
            work()
        except Exception as fault:  # noqa: BLE001 - the store is away or a rule is broken: the timer is still there next time
            self._machine.tap.event("timer.failed", kind=type(fault).__name__)

    def _fire_due(self) -> None:
        for timer, case, name in self._machine.store.due_timers(self._machine.clock.now(), BATCH):
            self._guarded(partial(self._fire, timer, case, name))

    def _fire(self, timer: int, case_id: int, name: str) -> None:
        row = self._machine.store.case_by_id(case_id)
        flow = self._flows.get(row.type) if row else None
        moved = change(flow.case, row, None, flow.due(name, case_of(row))) if flow and flow.case and row else None
        try:
            self._machine.store.fire(timer, moved).result()
        except Conflict:
            return
