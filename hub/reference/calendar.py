"""The working calendar (工作日历) and the due dates that follow from it.

Day 0 is the day of the base in +08:00, whatever its hour. A limit in calendar days (C) counts N days and, when day N is not
a working day, rolls forward to the next one. A limit in working days (W) counts N working days. The State Council moves
working days to weekends (调休), so neither can be computed from the week alone. Source: requirements, clocks.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from typing import Final, Literal

import chinese_calendar

CHINA: Final = timezone(timedelta(hours=8))
"""China standard time, without daylight saving; every stamp of the hub carries it."""

Unit = Literal["C", "W"]
"""C calendar days, W working days."""

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_LAST_INSTANT: Final = time(23, 59, 59, 999999, CHINA)


class UncoveredYearWarning(UserWarning):
    """A due date was computed in a year without published holidays: Monday to Friday were taken as working days."""


@dataclass(frozen=True)
class WorkingCalendar:
    """Published holidays and working weekends of the years ``first_year`` to ``last_year``, both inclusive.

    ``version`` names the edition, so that a due date can be explained later. Immutable and safe to share between threads.
    """

    version: str
    first_year: int
    last_year: int
    holidays: frozenset[date]
    working_weekends: frozenset[date]

    def covers(self, year: int) -> bool:
        """True when the holidays of that year are known; outside, Monday to Friday are taken as working days."""
        return self.first_year <= year <= self.last_year

    def is_working_day(self, day: date) -> bool:
        """True on a working day (工作日), moved working weekends included."""
        if day in self.working_weekends:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def due(self, base: datetime, days: int, unit: Unit) -> datetime:
        """The last instant, 23:59:59.999999+08:00, of the day on which an obligation that began at ``base`` is due.

        An answer is in time when its stamp is not after it; one at 00:00 of the next day is late. Warns with
        :class:`UncoveredYearWarning` when the count reaches a year that is not covered. Raises ``ValueError`` when ``base``
        has no time zone or ``days`` is less than 1.
        """
        if base.tzinfo is None:
            raise ValueError("the base of a due date must have a time zone")
        if days < 1:
            raise ValueError("a limit is at least one day")
        start = base.astimezone(CHINA).date()
        end = self._first_working_day(start + days * _DAY) if unit == "C" else self._after(start, days)
        for year in sorted({start.year, end.year}):
            if not self.covers(year):
                warnings.warn(f"no holidays known for {year}: {self.version}", UncoveredYearWarning, stacklevel=2)
        return datetime.combine(end, _LAST_INSTANT)

    def _first_working_day(self, day: date) -> date:
        while not self.is_working_day(day):
            day += _DAY
        return day

    def _after(self, day: date, working_days: int) -> date:
        for _ in range(working_days):
            day = self._first_working_day(day + _DAY)
        return day


@cache
def chinese_working_calendar() -> WorkingCalendar:
    """The calendar of the installed edition of ``chinesecalendar``: State Council notices, 2004 to 2026 in 1.11.0."""
    holidays = frozenset(chinese_calendar.constants.holidays)
    return WorkingCalendar(
        version=f"chinesecalendar {chinese_calendar.__version__}",
        first_year=min(holidays).year,
        last_year=max(holidays).year,
        holidays=holidays,
        working_weekends=frozenset(chinese_calendar.constants.workdays),
    )
