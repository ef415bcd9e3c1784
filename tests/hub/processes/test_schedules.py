"""Schedules: each ended period once and in order, missed ones caught up, in batches of bounded size, and a kill costs nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hub.catalogue import Catalogue
from hub.contract.adapter import WithoutMessages
from hub.contract.batch import Period, Schedule
from hub.contract.extract import Extract, ExtractPage
from hub.contract.xml import Element, parse
from hub.processes import schedules
from hub.processes.periods import periods
from hub.processes.schedules import Schedules
from tests.flows.enquiry.documents import ELSEWHERE, request
from tests.hub.pipeline.rig import CHINA, Rig, wait_for
from tests.hub.pipeline.sending import PACK, sending

EXTRACT = Extract("people.some", "一些人", ("asOf",), ("no",))


@pytest.mark.parametrize(("every", "since", "today", "names"), [
    ("month", "202511", date(2026, 2, 1), ["202511", "202512", "202601"]),
    ("month", "202511", date(2026, 1, 31), ["202511", "202512"]),
    ("month", "202602", date(2026, 2, 28), []),
    ("month", "202402", date(2024, 3, 1), ["202402"]),
    ("day", "20260227", date(2026, 3, 2), ["20260227", "20260228", "20260301"]),
])  # fmt: skip
def test_periods_that_have_ended(every: str, since: str, today: date, names: list[str]) -> None:
    """From the first one on, in order; a period ends with its last day."""
    assert [p.name for p in periods(every, since, today)] == names


def test_a_missed_month_has_its_own_last_day() -> None:
    """A run that is caught up works with the dates of its period."""
    assert [p.last for p in periods("month", "202401", date(2024, 4, 10))] == [
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
    ]


class _Source(WithoutMessages):
    """A register of so many records a period, in pages; ``away`` draws fail first."""

    def __init__(self, count: int, away: int = 0) -> None:
        self.count, self.away, self.asked = count, away, list[tuple[str, str]]()
        self.moments: list[float] = []

    def extract(self, _extract: Extract, given: Mapping[str, str], after: str, limit: int) -> ExtractPage:
        self.asked.append((given["asOf"], after))
        self.moments.append(time.monotonic())
        if self.away:
            self.away -= 1
            raise OSError
        first = int(after or 0)
        numbers = range(first, min(first + min(limit, 2), self.count))
        last = numbers.stop
        return ExtractPage(tuple({"no": f"{given['asOf'][:7]}-{n}"} for n in numbers), str(last) if last < self.count else "")


def _record(fact: Mapping[str, str], _period: Period) -> Element | None:
    number = int(fact["no"].rpartition("-")[2])
    if number == 1:
        return None
    if number == 2:
        raise KeyError("no")
    return parse(request(fact["no"], applicant="350203001000", stated=ELSEWHERE))


def _run(rig: Rig, folder: Path, source: _Source, most: int, until: Any, since: str = "202601") -> None:
    rig.clock.advance((datetime(2026, 3, 2, 9, tzinfo=CHINA).timestamp() * 1000 - rig.clock.now()) / 1000)
    if PACK not in rig.machine.catalogue.batches_out:
        sending(rig, folder)
        schedule = Schedule("enquiry.monthly", "每月", "month", EXTRACT.name, PACK, lambda p: {"asOf": p.last.isoformat()}, _record)
        old = rig.machine.catalogue
        flows = tuple(
            replace(f, schedules=(schedule,), batches=tuple(replace(b, most=most) for b in f.batches)) if f.name == "enquiry" else f
            for f in old.flows
        )
        rig.machine = replace(rig.machine, catalogue=Catalogue(old.adapters, flows))
    adapter = replace(rig.machine.catalogue.adapter["register"], extracts=(EXTRACT,))
    running = Schedules(rig.machine, {"register": (adapter, source)}, {"enquiry.monthly": since}, lambda: None)
    try:
        wait_for(until)
    finally:
        running.stop()


def _done(rig: Rig) -> list[tuple[Any, ...]]:
    return rig.rows("select period, no, done, batch_id is not null from schedule_run order by period, no")


def _sent(rig: Rig) -> list[tuple[Any, ...]]:
    return rig.rows(
        "select s.period, r.number, r.state from record_sent r join batch_sent s on s.message_id = r.batch_id order by s.message_id, r.number"
    )


def test_each_period_is_run_once_in_batches_of_bounded_size(rig: Rig, tmp_path: Path) -> None:
    """Six people a month, one left out by the rules, one the rule fails on: two months of two batches, then nothing more."""
    source = _Source(6)
    _run(rig, tmp_path / "schemas", source, 2, lambda: len([r for r in _done(rig) if r[2]]) == 2)
    assert _done(rig) == [("202601", 1, 0, 1), ("202601", 2, 1, 1), ("202602", 1, 0, 1), ("202602", 2, 1, 1)]
    per_month = [("refused",), *[("waiting",)] * 4]
    assert sorted(r[2:] for r in _sent(rig) if r[0] == "202601") == sorted(per_month)
    kept = [after for (after,) in rig.rows("select after from schedule_run where done = 0")]
    assert len(kept) == 2
    assert all("." in after and after.partition(".")[2] not in ("2", "4") for after in kept)
    asked = len(source.asked)
    _run(rig, tmp_path / "schemas", _Source(6), 2, lambda: True)
    assert len(_done(rig)) == 4
    assert asked == 6


def test_a_source_that_is_away_is_waited_for(rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is skipped."""
    monkeypatch.setattr(schedules, "POLL_SECONDS", 0.02)
    _run(rig, tmp_path / "schemas", _Source(6, away=2), 20, lambda: len([r for r in _done(rig) if r[2]]) == 2)
    assert _done(rig) == [("202601", 1, 1, 1), ("202602", 1, 1, 1)]


def test_pauses_grow_while_a_source_is_away(rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each failure doubles the pause before the next try."""
    monkeypatch.setattr(schedules, "POLL_SECONDS", 0.02)
    source = _Source(6, away=5)
    _run(rig, tmp_path / "schemas", source, 20, lambda: len([r for r in _done(rig) if r[2]]) == 2)
    gaps = [later - earlier for earlier, later in pairwise(source.moments[:6])]
    assert all(gap >= 0.02 * 2**n for n, gap in enumerate(gaps)), gaps


def test_a_month_without_anybody_is_done(rig: Rig, tmp_path: Path) -> None:
    """It makes no batch, and is not asked about again."""
    _run(rig, tmp_path / "schemas", _Source(0), 20, lambda: len(_done(rig)) == 2)
    assert _done(rig) == [("202601", 1, 1, 0), ("202602", 1, 1, 0)]
