"""The divisions and address codes that are shipped."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.reference.division_files import address_codes, load_divisions
from hub.reference.divisions import Level, div2, div4, pad

TODAY = date(2026, 11, 1)
TABLE = load_divisions()


@pytest.mark.parametrize(
    ("old", "last_day", "new"),
    [
        ("350784", date(2013, 12, 31), "350703"),
        ("350822", date(2013, 12, 31), "350803"),
        ("350182", date(2016, 12, 31), "350112"),
        ("350681", date(2020, 12, 31), "350604"),
        ("350625", date(2020, 12, 31), "350605"),
        ("350402", date(2020, 12, 31), "350404"),
        ("350403", date(2020, 12, 31), "350404"),
        ("350427", date(2020, 12, 31), "350405"),
    ],
)
def test_retired_counties_of_fujian(old: str, last_day: date, new: str) -> None:
    """Each retired county stands for itself to its last day and for its successor from the next day on."""
    assert TABLE.successor(old, last_day) == pad(old)
    assert TABLE.successor(old, last_day + timedelta(days=1)) == pad(new)
    assert TABLE.successor(old, TODAY) == pad(new)
    assert not TABLE.exists(new, last_day)


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        pytest.param("350784001", "350703001", "潭城街道", id="RO6-suffix-kept"),
        pytest.param("350784001006", "350703001", "潭城街道", id="village-goes-with-its-township"),
        pytest.param("350784999", "350703", "建阳区", id="no-such-suffix"),
        pytest.param("350681101", "350604100", "海澄镇", id="renumbered"),
        pytest.param("350403001", "350404004", "城关街道", id="renumbered-in-a-merger"),
        pytest.param("350402001", "350404001", "列东街道", id="not-renumbered-in-a-merger"),
        pytest.param("350427102", "350405101", "夏茂镇", id="gap-closed"),
        pytest.param("350182107", "350112005", "文武砂街道", id="two-changes"),
        pytest.param("350128100", "350128001", "海坛街道", id="merged-inside-its-county"),
        pytest.param("350213102", "350213", "翔安区", id="split"),
    ],
)
def test_townships_go_where_their_people_went(old: str, new: str, name: str) -> None:
    """A township's successor holds its villages; a suffix that another township now has is not followed."""
    successor = TABLE.successor(old, TODAY)
    assert successor == pad(new)
    row = TABLE.get(successor)
    assert row is not None
    assert row.name == name


CODES = st.sampled_from([row.code for level in Level for row in TABLE.under("", level, date(2015, 1, 1))])


@given(CODES, st.dates(min_value=date(2015, 1, 1), max_value=date(2030, 1, 1)))
def test_a_successor_is_in_force_and_near(code: str, on: date) -> None:
    """Whatever was once in force leads to a code in force on the day, its own successor, and in Fujian in the same prefecture."""
    successor = TABLE.successor(code, on)
    assert successor is not None
    assert TABLE.exists(successor, on)
    assert TABLE.successor(successor, on) == successor
    assert div2(successor) == div2(code)
    assert div2(code) != "35" or div4(successor) == div4(code)


def test_levels_of_fujian() -> None:
    """84 counties are in the edition of 2023; townships and villages are there for all of them but the nominal 金门."""
    counties = {row.code[:6] for row in TABLE.under("35", Level.COUNTY, TODAY)}
    townships = Counter(row.code[:6] for row in TABLE.under("35", Level.TOWNSHIP, TODAY))
    villages = {row.code[:6] for row in TABLE.under("35", Level.VILLAGE, TODAY)}
    assert len(counties) == 84
    assert set(townships) == villages == counties - {"350527"}


def test_all_of_china_is_there_to_the_county() -> None:
    """34 provinces, 台湾 香港 澳门 among them; 东莞 has no county level."""
    assert len(TABLE.under("", Level.PROVINCE, TODAY)) == 34
    assert TABLE.exists("440106000000", TODAY)
    assert TABLE.exists("441900000000", TODAY)
    assert not TABLE.exists("440199000000", TODAY)


def test_ten_reporting_units() -> None:
    """Every county of Fujian is counted in exactly one of ten units, 平潭 by itself."""
    units = Counter(TABLE.reporting_unit(row.code) for row in TABLE.under("35", Level.COUNTY, TODAY))
    assert len(units) == 10
    assert units["350128", "平潭综合实验区"] == 1
    assert None not in units


def test_address_codes_reach_back() -> None:
    """Citizen numbers carry codes long gone: 352101 南平 and 352221 宁德 are known, the synthetic 3599xx never."""
    known = address_codes()
    assert {"352101", "352221", "350784", "350104", "110105", "440524"} <= known
    assert not any(code.startswith("3599") for code in known)
    assert all(row.code[:6] in known for row in TABLE.under("", Level.COUNTY, TODAY))
