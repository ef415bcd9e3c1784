"""Working days and due dates."""

import warnings
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.reference.calendar import CHINA, UncoveredYearWarning, Unit, WorkingCalendar, chinese_working_calendar

CALENDAR = chinese_working_calendar()
DAY = timedelta(days=1)
BASES = st.datetimes(datetime(2004, 1, 1), datetime(2026, 9, 1)).map(lambda moment: moment.replace(tzinfo=CHINA))
LIMITS = st.integers(min_value=1, max_value=60)
UNITS: st.SearchStrategy[Unit] = st.sampled_from(get_args(Unit))


def at_noon(day: str) -> datetime:
    """Twelve o'clock in China on an ISO day."""
    return datetime.combine(date.fromisoformat(day), time(12), CHINA)


@pytest.mark.parametrize(
    ("base", "days", "unit", "due"),
    [
        pytest.param("2015-09-30", 5, "W", "2015-10-13", id="DD1"),
        pytest.param("2023-09-28", 5, "W", "2023-10-11", id="DD2"),
        pytest.param("2024-02-08", 5, "W", "2024-02-21", id="DD3"),
        pytest.param("2025-09-28", 5, "W", "2025-10-11", id="DD4"),
        pytest.param("2026-02-13", 7, "W", "2026-03-02", id="DD5"),
        pytest.param("2025-09-20", 15, "C", "2025-10-09", id="DD6"),
        pytest.param("2024-01-11", 30, "C", "2024-02-18", id="DD7"),
        pytest.param("2025-03-03", 7, "C", "2025-03-10", id="DD8-7"),
        pytest.param("2025-03-03", 15, "C", "2025-03-18", id="DD8-15"),
        pytest.param("2025-03-03", 30, "C", "2025-04-02", id="DD8-30"),
        pytest.param("2024-09-08", 7, "C", "2024-09-18", id="DD9"),
        pytest.param("2025-01-15", 15, "C", "2025-02-05", id="DD10"),
        pytest.param("2025-01-20", 7, "C", "2025-01-27", id="DD11"),
        pytest.param("2025-04-17", 15, "C", "2025-05-06", id="DD12"),
        pytest.param("2024-12-02", 30, "C", "2025-01-02", id="DD13"),
        pytest.param("2025-12-05", 30, "C", "2026-01-04", id="DD14"),
        pytest.param("2026-02-01", 15, "C", "2026-02-24", id="DD15"),
        pytest.param("2025-03-10", 15, "W", "2025-03-31", id="DD16"),
        pytest.param("2025-04-28", 15, "W", "2025-05-22", id="DD17"),
        pytest.param("2025-09-22", 15, "W", "2025-10-17", id="DD18"),
        pytest.param("2025-03-31", 5, "W", "2025-04-08", id="DD19"),
    ],
)
def test_due_dates(base: str, days: int, unit: Unit, due: str) -> None:
    """C counts days and rolls forward to a working day, W counts working days, both with the moved working weekends."""
    assert CALENDAR.due(at_noon(base), days, unit).date() == date.fromisoformat(due)


def test_the_hour_of_the_base_does_not_matter() -> None:
    """DD20: a base one second before midnight counts as its own day."""
    late = datetime(2025, 3, 3, 23, 59, 59, tzinfo=CHINA)
    assert CALENDAR.due(late, 7, "C") == CALENDAR.due(at_noon("2025-03-03"), 7, "C")


def test_the_day_of_the_base_is_that_in_china() -> None:
    """At 16:00 UTC the next day begins in China."""
    assert CALENDAR.due(datetime(2025, 3, 3, 15, 59, tzinfo=UTC), 7, "C").date() == date(2025, 3, 10)
    assert CALENDAR.due(datetime(2025, 3, 3, 16, 0, tzinfo=UTC), 7, "C").date() == date(2025, 3, 11)


def test_in_time_to_the_end_of_the_day_and_late_at_midnight() -> None:
    """The last microsecond of the day is in time, 00:00 of the next day is late."""
    due = CALENDAR.due(at_noon("2025-03-03"), 7, "C")
    assert datetime(2025, 3, 10, 23, 59, 59, 999999, CHINA) <= due
    assert datetime(2025, 3, 11, tzinfo=CHINA) > due
    assert due.utcoffset() == timedelta(hours=8)


@given(BASES, LIMITS, UNITS)
def test_due_on_a_working_day(base: datetime, days: int, unit: Unit) -> None:
    """Nothing falls due on a holiday."""
    assert CALENDAR.is_working_day(CALENDAR.due(base, days, unit).date())


@given(BASES, BASES, LIMITS, UNITS)
def test_a_later_base_is_never_due_earlier(one: datetime, other: datetime, days: int, unit: Unit) -> None:
    """The due date is monotonic in the base."""
    first, second = sorted((one, other))
    assert CALENDAR.due(first, days, unit) <= CALENDAR.due(second, days, unit)


@given(BASES, LIMITS)
def test_working_days_are_counted_one_by_one(base: datetime, days: int) -> None:
    """After the base's day and up to the due day there are exactly N working days."""
    start, due = base.date(), CALENDAR.due(base, days, "W").date()
    span = [start + n * DAY for n in range(1, (due - start).days + 1)]
    assert sum(CALENDAR.is_working_day(day) for day in span) == days


@given(BASES, LIMITS)
def test_calendar_days_roll_to_the_first_working_day(base: datetime, days: int) -> None:
    """The due day is day N or the first working day after it: none lies between."""
    nth, due = base.date() + days * DAY, CALENDAR.due(base, days, "C").date()
    assert due >= nth
    assert not any(CALENDAR.is_working_day(nth + n * DAY) for n in range((due - nth).days))


def test_outside_the_covered_years_it_warns_and_takes_monday_to_friday() -> None:
    """A year without published holidays is loud, and counted by the week alone; a covered one is silent."""
    assert [CALENDAR.covers(year) for year in (2003, 2004, 2026, CALENDAR.last_year + 1)] == [False, True, True, False]
    with pytest.warns(UncoveredYearWarning, match="2001"):
        assert CALENDAR.due(at_noon("2001-09-28"), 1, "W").date() == date(2001, 10, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CALENDAR.due(at_noon("2025-09-28"), 5, "W")


def test_a_limit_that_reaches_into_an_uncovered_year_warns() -> None:
    """It is the day reached that may be wrong, not only the base."""
    calendar = WorkingCalendar("test", 2025, 2025, frozenset(), frozenset())
    with pytest.warns(UncoveredYearWarning, match="2026"):
        calendar.due(at_noon("2025-12-20"), 30, "C")


@pytest.mark.parametrize(("base", "days"), [(datetime(2025, 3, 3), 7), (at_noon("2025-03-03"), 0)])
def test_senseless_questions_are_refused(base: datetime, days: int) -> None:
    """A stamp without a time zone and a limit of no days have no due date."""
    with pytest.raises(ValueError, match=r"time zone|at least one"):
        CALENDAR.due(base, days, "C")


def test_the_edition_is_named() -> None:
    """A due date can be explained later by the version of the calendar that gave it."""
    assert CALENDAR.version.startswith("chinesecalendar ")
