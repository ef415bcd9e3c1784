"""Due dates as the hub computes them: from a moment in UTC milliseconds to the last moment that is in time."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone

import pytest

from hub.cases.due import due_by
from hub.reference.calendar import chinese_working_calendar

CHINA = timezone(timedelta(hours=8))
ROWS = [  # base, limit, due; requirements, clocks and obligations
    ("2015-09-30", "5W", "2015-10-13"), ("2023-09-28", "5W", "2023-10-11"), ("2024-02-08", "5W", "2024-02-21"), ("2025-09-28", "5W", "2025-10-11"),
    ("2026-02-13", "7W", "2026-03-02"), ("2025-09-20", "15C", "2025-10-09"), ("2024-01-11", "30C", "2024-02-18"), ("2025-03-03", "7C", "2025-03-10"),
    ("2025-03-03", "15C", "2025-03-18"), ("2025-03-03", "30C", "2025-04-02"), ("2024-09-08", "7C", "2024-09-18"), ("2025-01-15", "15C", "2025-02-05"),
    ("2025-01-20", "7C", "2025-01-27"), ("2025-04-17", "15C", "2025-05-06"), ("2024-12-02", "30C", "2025-01-02"), ("2025-12-05", "30C", "2026-01-04"),
    ("2026-02-01", "15C", "2026-02-24"), ("2025-03-10", "15W", "2025-03-31"), ("2025-04-28", "15W", "2025-05-22"), ("2025-09-22", "15W", "2025-10-17"),
    ("2025-03-31", "5W", "2025-04-08"), ("2025-03-03", "7C", "2025-03-10"),
]  # fmt: skip


def _due(base: datetime, limit: str) -> datetime:
    moment = due_by(chinese_working_calendar(), int(base.timestamp() * 1000), int(limit[:-1]), limit[-1])
    return datetime.fromtimestamp(moment / 1000, CHINA)


@pytest.mark.parametrize("hour", [time(0, 0), time(7, 59), time(8, 0), time(23, 59, 59, 999_000)])
@pytest.mark.parametrize(("base", "limit", "due"), ROWS)
def test_rows(base: str, limit: str, due: str, hour: time) -> None:
    """The day of the base in +08:00 is day 0 whatever its hour; the due moment is the last millisecond of the due day there."""
    began = datetime.combine(datetime.fromisoformat(base).date(), hour, CHINA)
    assert _due(began, limit).isoformat(timespec="milliseconds") == f"{due}T23:59:59.999+08:00"


def test_the_machine_uses_it(rig: object) -> None:
    """The machine's own due function is this one, on the published calendar."""
    base = int(datetime(2023, 9, 28, 9, 0, tzinfo=CHINA).timestamp() * 1000)
    assert rig.machine.due(base, 5, "W") == due_by(chinese_working_calendar(), base, 5, "W")  # type: ignore[attr-defined]
