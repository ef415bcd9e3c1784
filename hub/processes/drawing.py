"""What a schedule draws: its source, its way, and the canonical records of whole pages."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from hub.contract.adapter import Adapter, Partner
from hub.contract.batch import Period, Schedule
from hub.contract.extract import Extract, ExtractSource
from hub.contract.xml import Element
from hub.pipeline.batch_line import Line, line
from hub.pipeline.machine import Machine
from hub.ports.records import Sealed

PAGE: Final = 500


class Work(NamedTuple):
    """A schedule with the way of its batch and the connected source of its extract."""

    schedule: Schedule
    way: Line
    source: ExtractSource
    extract: Extract


class Drawn:
    """The records of whole pages, until there are enough for a batch. ``after`` and ``done`` say where it stopped.

    None stands for a record that the rule failed on; ``left_out`` counts those that the rules leave out.
    """

    def __init__(self, machine: Machine, work: Work, period: Period, after: str) -> None:
        self._machine, self._work, self._period = machine, work, period
        self.after, self.done, self.left_out = after, False, 0

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
                if document is None:
                    self.left_out += 1
                    continue
                count += 1
                yield document
            self.after, self.done = page.after, not page.after


def keep_place(machine: Machine, work: Work, after: str) -> str:
    """How far a run went, as it is stored: the key of a record may be a person's, so it is sealed. Empty stays empty."""
    if not after:
        return ""
    sealed = machine.keyring.seal(work.way.channel.retention, f"schedule_run|after|{work.schedule.name}", after.encode())
    return f"{sealed.key_id}.{b64encode(sealed.data).decode()}"


def place_kept(machine: Machine, work: Work, kept: str) -> str:
    """The key that `keep_place` stored. Raises `Undecryptable`."""
    if not kept:
        return ""
    key, _, data = kept.partition(".")
    return machine.keyring.open(f"schedule_run|after|{work.schedule.name}", Sealed(int(key), b64decode(data))).decode()


def works(machine: Machine, partners: Mapping[str, tuple[Adapter, Partner]], names: Collection[str]) -> Iterator[Work]:
    """The schedules of these names whose source is connected."""
    drawn = {e.name: (p, e) for a, p in partners.values() if isinstance(p, ExtractSource) for e in a.extracts}
    for flow in machine.catalogue.flows:
        for schedule in flow.schedules:
            if schedule.name not in names:
                continue
            found = drawn.get(schedule.extract)
            if found is None:
                machine.tap.event("schedule.no_source", schedule=schedule.name)
                continue
            yield Work(schedule, line(machine, machine.catalogue.batches_out[schedule.batch]), *found)
