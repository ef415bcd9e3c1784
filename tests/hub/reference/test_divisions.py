"""The table of divisions by itself, on small made-up tables."""

from datetime import date

import pytest

from hub.reference.divisions import Division, DivisionTable, pad

OLD, NEW = date(2010, 1, 1), date(2020, 1, 1)
LAST, FIRST = date(2014, 12, 31), date(2015, 1, 1)


def row(code: str, *successors: str, since: date | None = None, until: date | None = None) -> Division:
    """A row of the table; its name is its code."""
    return Division(pad(code), code, since, until, tuple(pad(one) for one in successors))


def test_days_of_validity_are_inclusive() -> None:
    """A code is in force on its first and on its last day, not before and not after."""
    table = DivisionTable([row("350101", since=FIRST), row("350102", "350101", until=LAST)])
    assert table.exists("350101", FIRST)
    assert not table.exists("350101", LAST)
    assert table.exists("350102", LAST)
    assert not table.exists("350102", FIRST)


def test_a_chain_of_changes_is_followed_to_the_code_of_the_day() -> None:
    """Two changes one after the other: each day has its own answer."""
    later = date(2018, 6, 30)
    table = DivisionTable(
        [
            row("350101", "350102", until=LAST),
            row("350102", "350103", since=FIRST, until=later),
            row("350103", since=date(2018, 7, 1)),
        ]
    )
    assert table.successor("350101", OLD) == pad("350101")
    assert table.successor("350101", FIRST) == pad("350102")
    assert table.successor("350101", NEW) == pad("350103")


def test_a_township_keeps_its_suffix_when_nothing_better_is_known() -> None:
    """Without rows for the townships of a retired county the suffix decides, and the county where it does not exist."""
    table = DivisionTable([row("350101", "350102", until=LAST), row("350102"), row("350102001"), row("350102001001")])
    assert table.successor("350101001000", NEW) == pad("350102001")
    assert table.successor("350101001007", NEW) == pad("350102001")
    assert table.successor("350101009000", NEW) == pad("350102")


def test_a_listed_township_is_never_moved_by_its_suffix() -> None:
    """Where the old townships are listed, a renumbered one goes where it went, and an unlisted one to the county."""
    table = DivisionTable(
        [
            row("350101", "350102", until=LAST),
            row("350101001", "350102002", until=LAST),
            row("350102"),
            row("350102001"),
            row("350102002"),
            row("350102003"),
        ]
    )
    assert table.successor("350101001", NEW) == pad("350102002")
    assert table.successor("350101003", NEW) == pad("350102")


def test_a_split_gives_the_division_above() -> None:
    """Nobody can say which half a case belongs to: it stays with the level above (本级/未定)."""
    table = DivisionTable(
        [row("3501"), row("350101"), row("350101001", "350101002", "350101003", until=LAST), row("350101002"), row("350101003")]
    )
    assert table.successor("350101001", NEW) == pad("350101")


def test_retired_without_successor_gives_the_division_above() -> None:
    """A retired county whose successor is not known is at least in its prefecture."""
    table = DivisionTable([row("33"), row("3301"), row("330103", until=LAST), row("332201", until=LAST)])
    assert table.successor("330103", NEW) == pad("3301")
    assert table.successor("332201", NEW) == pad("33"), "its prefecture is gone too"


def test_unknown_codes_have_no_successor() -> None:
    """What was never in the table is not guessed, nor is a code that is not yet in force, nor anything malformed."""
    table = DivisionTable([row("35"), row("3501"), row("350101", since=FIRST), row("350101001")])
    assert table.successor("350199", NEW) is None
    assert table.successor("350101999", NEW) is None
    assert table.successor("350101", OLD) is None
    assert table.successor("abc", NEW) is None
    assert not table.exists("35010", NEW)


def test_an_unlisted_village_is_in_its_township() -> None:
    """Lists of villages are never complete: a village code unknown to the table still finds its township."""
    table = DivisionTable([row("350101"), row("350101001"), row("350101001001")])
    assert not table.exists("350101001099", NEW)
    assert table.successor("350101001099", NEW) == pad("350101001")


def test_a_village_is_in_force_with_its_township() -> None:
    """Villages carry no dates of their own."""
    table = DivisionTable([row("350101"), row("350101001", since=FIRST), row("350101001001")])
    assert not table.exists("350101001001", OLD)
    assert table.exists("350101001001", FIRST)


def test_below_what_is_held_the_county_decides() -> None:
    """In a province held to counties a township is taken as given when its county is in force, else it follows the county."""
    table = DivisionTable([row("3501"), row("350101"), row("350101001"), row("440106"), row("440107", "440106", until=LAST)])
    assert table.exists("440106005001", NEW)
    assert table.successor("440106005001", NEW) == "440106005001"
    assert not table.exists("440107005000", NEW)
    assert table.successor("440107005000", NEW) == pad("440106")


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([row("350101"), row("350101000000")], "twice"),
        ([row("350101", "350102", until=LAST)], "not in the table"),
        ([row("350101", "350102", until=LAST), row("350102", "350101", until=LAST)], "outlive"),
    ],
)
def test_a_broken_table_is_refused(rows: list[Division], complaint: str) -> None:
    """A code twice, a successor that is missing, a circle: found when the table is built, not when a message waits."""
    with pytest.raises(ValueError, match=complaint):
        DivisionTable(rows)


def test_the_longest_prefix_is_the_reporting_unit() -> None:
    """平潭 lies inside 3501 by its code and has its own line in reports."""
    table = DivisionTable([], {"3501": "福州市", "350128": "平潭综合实验区"})
    assert table.reporting_unit("350102001000") == ("3501", "福州市")
    assert table.reporting_unit("350128107000") == ("350128", "平潭综合实验区")
    assert table.reporting_unit("360102000000") is None
