"""Schedules: work that the calendar begins. A period that has ended is run once, in order; what was missed is caught up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from hub.contract.adapter import Adapter, Partner
from hub.contract.batch import Period, Schedule
from hub.contract.extract import Extract, ExtractSource
from hub.contract.xml import Element
from hub.pipeline.machine import Machine
from hub.pipeline.make_batch import Line, line, make_batch
from hub.ports.records import Conflict
from hub.ports.sending import ScheduleRun
from hub.reference.calendar import CHINA

POLL_SECONDS: Final = 2.0
PAGE: Final = 500


class _Work(NamedTuple):
    schedule: Schedule
    way: Line
    source: ExtractSource
    extract: Extract


class Schedules:
    """One thread; any number of engines may have one, since each step of a run is committed once.

    ``since`` names the first period of each schedule that is on; ``made`` is called after a batch was committed.
    """

    def __init__(
        self, machine: Machine, partners: Mapping[str, tuple[Adapter, Partner]], since: Mapping[str, str], made: Callable[[], None]
    ) -> None:
        self._machine, self._since, self._made = machine, since, made
        self._works = list(_works(machine, partners, since))
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
                try:
                    self._catch_up(work)
                except Conflict:
                    continue
                except Exception as fault:  # noqa: BLE001 - the source or the store is away, or a rule is broken: tried again
                    self._machine.tap.event("schedule.failed", schedule=work.schedule.name, kind=type(fault).__name__)
            self._stopping.wait(POLL_SECONDS)

    def _catch_up(self, work: _Work) -> None:
        name = work.schedule.name
        runs = self._machine.sending.runs(name)
        today = datetime.fromtimestamp(self._machine.clock.now() / 1000, CHINA).date()
        for period in periods(work.schedule.every, self._since[name], today):
            last = runs.get(period.name) or ScheduleRun(name, period.name, 0, "", done=False)
            while not last.done and not self._stopping.is_set():
                last = self._step(work, period, last)

    def _step(self, work: _Work, period: Period, last: ScheduleRun) -> ScheduleRun:
        """One batch of at most so many records, committed with how far it went."""
        drawn = _Drawn(self._machine, work, period, last.after)
        documents = list(drawn)
        run = ScheduleRun(last.name, last.period, last.no + 1, drawn.after, drawn.done)
        batch = make_batch(self._machine, work.way, period, documents, run)
        if batch is None:
            self._machine.sending.mark(run).result()
        else:
            self._machine.sending.send(batch).result()
            self._made()
        return run


class _Drawn:
    """The records of whole pages, until there are enough for a batch. ``after`` and ``done`` say where it stopped."""

    def __init__(self, machine: Machine, work: _Work, period: Period, after: str) -> None:
        self._machine, self._work, self._period = machine, work, period
        self.after, self.done = after, False

    def __iter__(self) -> Iterator[Element | None]:
        count, given = 0, self._work.schedule.ask(self._period)
        while not self.done and count < self._work.way.batch.most:
            page = self._work.source.extract(self._work.extract, given, self.after, PAGE)
            for fact in page.records:
                try:
                    document = self._work.schedule.make(fact, self._period)
                except Exception as fault:  # noqa: BLE001 - whatever a rule raises costs this record alone
                    self._machine.tap.event("rule.failed", schedule=self._work.schedule.name, kind=type(fault).__name__)
                    yield None
                    continue
                if document is not None:
                    count += 1
                    yield document
            self.after, self.done = page.after, not page.after


def _works(machine: Machine, partners: Mapping[str, tuple[Adapter, Partner]], since: Mapping[str, str]) -> Iterator[_Work]:
    """The schedules that are on and whose source is connected."""
    drawn = {e.name: (p, e) for a, p in partners.values() if isinstance(p, ExtractSource) for e in a.extracts}
    for flow in machine.catalogue.flows:
        for schedule in flow.schedules:
            if schedule.name not in since:
                continue
            found = drawn.get(schedule.extract)
            if found is None:
                machine.tap.event("schedule.no_source", schedule=schedule.name)
                continue
            yield _Work(schedule, line(machine, machine.catalogue.batches_out[schedule.batch]), *found)


def periods(every: str, since: str, today: date) -> Iterator[Period]:
    """The periods that have ended by the beginning of today, from ``since`` on, in order."""
    day = date(int(since[:4]), int(since[4:6]), int(since[6:8] or 1))
    while (last := _end(day) if every == "month" else day) < today:
        yield Period(f"{last:%Y%m}" if every == "month" else f"{last:%Y%m%d}", last)
        day = last + timedelta(days=1)


def _end(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
