"""The periods of a schedule, in the calendar of +08:00."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from hub.contract.batch import Period


def periods(every: str, since: str, today: date) -> Iterator[Period]:
    """The periods that have ended by the beginning of today, from ``since`` on, in order."""
    for period in endless(every, since):
        if period.last >= today:
            return
        yield period


def endless(every: str, since: str) -> Iterator[Period]:
    """All periods from ``since`` on: YYYYMM for months, YYYYMMDD for days."""
    day = date(int(since[:4]), int(since[4:6]), int(since[6:8] or 1))
    while True:
        last = _end(day) if every == "month" else day
        yield Period(f"{last:%Y%m}" if every == "month" else f"{last:%Y%m%d}", last)
        day = last + timedelta(days=1)


def _end(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
