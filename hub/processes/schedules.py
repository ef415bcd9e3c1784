"""Schedules: work that the calendar begins. A period that has ended is run once, in order; what was missed is caught up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from hub.contract.adapter import Adapter, Partner
from hub.contract.batch import Period
from hub.pipeline.machine import Machine
from hub.pipeline.make_batch import make_batch
from hub.ports.records import Conflict
from hub.ports.sending import ScheduleRun
from hub.processes.drawing import Drawn, Work, keep_place, place_kept, works
from hub.processes.periods import periods
from hub.reference.calendar import CHINA

POLL_SECONDS: Final = 2.0
"""How often the calendar is looked at; the first pause after a failure, doubled with each further one."""
LONGEST_PAUSE: Final = 300.0


class Schedules:
    """One thread; any number of engines may have one, since each step of a run is committed once.

    ``since`` names the first period of each schedule that is on; ``made`` is called after a batch was committed.
    """

    def __init__(
        self, machine: Machine, partners: Mapping[str, tuple[Adapter, Partner]], since: Mapping[str, str], made: Callable[[], None]
    ) -> None:
        self._machine, self._since, self._made = machine, since, made
        self._works = list(works(machine, partners, since))
        self._resting: dict[str, tuple[float, float]] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="schedules", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the batch under way."""
        self._stopping.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stopping.is_set():
            for work in self._works:
                if time.monotonic() < self._resting.get(work.schedule.name, (0.0, 0.0))[0]:
                    continue
                try:
                    self._catch_up(work)
                    self._resting.pop(work.schedule.name, None)
                except Conflict:
                    continue
                except Exception as fault:  # noqa: BLE001 - the source or the store is away, or a rule is broken: tried again
                    self._rest(work.schedule.name)
                    self._machine.meter.ran(work.schedule.name, "failed")
                    self._machine.tap.event("schedule.failed", schedule=work.schedule.name, kind=type(fault).__name__)
            self._stopping.wait(POLL_SECONDS)

    def _rest(self, name: str) -> None:
        """A failed step draws a whole batch again: not too often."""
        _, before = self._resting.get(name, (0.0, 0.0))
        pause = min(LONGEST_PAUSE, before * 2 or POLL_SECONDS)
        self._resting[name] = (time.monotonic() + pause, pause)

    def _catch_up(self, work: Work) -> None:
        name = work.schedule.name
        runs = self._machine.sending.runs(name)
        today = datetime.fromtimestamp(self._machine.clock.now() / 1000, CHINA).date()
        for period in periods(work.schedule.every, self._since[name], today):
            last = runs.get(period.name) or ScheduleRun(name, period.name, 0, "", done=False)
            while not last.done and not self._stopping.is_set():
                last = self._step(work, period, last)

    def _step(self, work: Work, period: Period, last: ScheduleRun) -> ScheduleRun:
        """One batch, of whole pages until there are enough records, committed with how far it went."""
        drawn = Drawn(self._machine, work, period, place_kept(self._machine, work, last.after))
        documents = list(drawn)
        run = ScheduleRun(last.name, last.period, last.no + 1, keep_place(self._machine, work, drawn.after), drawn.done)
        batch = make_batch(self._machine, work.way, period, documents, run)
        if batch is None:
            self._machine.sending.mark(run).result()
        else:
            self._machine.sending.send(batch).result()
            self._made()
        self._machine.meter.ran(last.name, "batch" if batch else "empty")
        return run
