"""The filters: first hit counts, what is not kept is gone, and places mean what the dated table says. Rows of PF by hand."""

from __future__ import annotations

from datetime import date

import pytest

from hub.contract.message import Document
from hub.contract.xml import parse, serialise
from routes.police_share import filters, places
from tests.flows.police_share.records import EMPLOYER, LANDLORD, PREMISES, SIMING, decided, floating_at, record

TODAY = date(2026, 3, 2)


def sifted(**changed: str | None) -> tuple[str, str]:
    """The outcome, and the text of what is kept."""
    made = filters.sift(Document(parse(record(**changed))))
    assert made.document is not None
    return made.outcome, serialise(made.document).decode()


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, "0"),  # PF1
        ({"premisesKind": "07"}, "1"),  # PF2
        ({"premisesKind": "06", "idNo": None}, "2"),  # PF3: first hit
        ({"idNo": None}, "3"),  # PF4
        ({"name": None}, "3"),
        ({"residenceDiv": None}, "3"),
        ({"residenceDiv": "350203690000"}, "0"),  # PF5: unknown, but there
        ({"premisesKind": None}, "0"),
        ({"premisesKind": "07", "opType": "2"}, "1"),
        ({"opType": "3", "premisesKind": "07", "idNo": None}, "0"),  # a cancellation is no candidate
    ],
)
def test_the_record_alone(changed: dict[str, str | None], outcome: str) -> None:
    """1 net bar, 2 hotel, 3 incomplete, in this order."""
    assert sifted(**changed)[0] == outcome


@pytest.mark.parametrize("changed", [{"premisesKind": "07"}, {"premisesKind": "06", "idNo": None}, {"name": None}, {"opType": "3"}])
def test_a_filtered_record_loses_premises_landlord_and_employer_at_once(changed: dict[str, str | None]) -> None:
    """The three are not in what is kept, nor their elements; everything else is."""
    _, kept = sifted(**changed)
    for value in (PREMISES, LANDLORD, EMPLOYER, "premisesName", "landlord", "employer"):
        assert value not in kept
    assert "<policeRecordId>GA-1</policeRecordId>" in kept
    assert "<mobile>" in kept


def test_a_candidate_keeps_everything() -> None:
    """What passes is kept as it came, byte for byte."""
    assert sifted()[1].encode() == record()


def test_sifting_leaves_its_input_alone() -> None:
    """The record that was given still has everything."""
    given = Document(parse(record(premisesKind="07")))
    filters.sift(given)
    assert given.text("landlord") == LANDLORD


@pytest.mark.parametrize(
    ("hukou", "residence", "floats"),
    [
        ("350181001000", "350181100000", True),  # VF1
        ("350102000000", "350104001000", False),  # VF2, PF9
        ("350102000000", "350181100000", True),  # VF3
        ("350102000000", "350128100000", True),  # VF4: 平潭 is no urban district
        ("350102000000", "350203001000", True),  # VF5
        ("350102000000", "440106001000", True),  # VF6
        ("350203001001", "350203001000", False),  # inside one township
    ],
)
def test_who_floats(hukou: str, residence: str, floats: bool) -> None:
    """The table of flow types, by hand."""
    assert places.floating(hukou, residence) is floats


@pytest.mark.parametrize(
    ("code", "on", "division"),
    [
        ("350203610000", TODAY, "350203001000"),
        ("350203620000", date(2025, 12, 31), "350203007000"),
        ("350203620000", date(2026, 1, 1), "350203008000"),
        ("350203001000", TODAY, "350203001000"),
        ("350203001012", TODAY, "350203001012"),
        ("350203690000", TODAY, None),
        ("350203000000", TODAY, None),
    ],
)
def test_stations_become_townships(code: str, on: date, division: str | None) -> None:
    """A station's code is its township's of that day; a township's or village's is itself; a county's or an unknown one is nobody's."""
    assert places.resolve(code, on) == division


@pytest.mark.parametrize(
    ("managed", "status", "ended"),
    [(SIMING, "1", "filtered"), ("350203001012", "1", "filtered"), (SIMING, "2", None), ("350203002000", "1", None)],
)
def test_whoever_is_managed_there_already_is_a_repetition(managed: str, status: str, ended: str | None) -> None:
    """PF8: an active floating entry of the same township filters with 4; a cancelled one, or one elsewhere, does not."""
    decision = decided(record(), floating_at(managed, status))
    assert (decision.ended, decision.reason or None) == ((ended, "filter.4") if ended else (None, None))


def test_a_resident_entry_is_no_repetition() -> None:
    """Only the floating side of the register makes a repetition."""
    assert decided(record(), {"known": ({"side": "1", "managedDiv": SIMING, "recordStatus": "1"},)}).ended is None


def test_a_register_that_is_off_filters_nothing() -> None:
    """Without the lookup the record goes on; the unit sees for itself."""
    assert decided(record(), {}).sends
