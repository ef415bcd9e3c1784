"""Reads the files in ``data/`` into the table of divisions and the set of address codes. Provenance: data/PROVENANCE.md."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from hub.reference.division_code import pad
from hub.reference.divisions import Division, DivisionTable

_DATA = Path(__file__).parent / "data"
_IN_FORCE = ("divisions.csv", "supplement.csv", "fujian.csv")
_RETIRED = ("counties-retired.csv", "retired.csv")


@cache
def load_divisions() -> DivisionTable:
    """The table shipped with the hub, read once per process (about 0.3 s). Raises ``ValueError`` on a broken file."""
    rows = [_division(row) for name in _IN_FORCE + _RETIRED for row in _rows(name)]
    return DivisionTable(rows, {row["prefix"]: row["name"] for row in _rows("reporting-units.csv")})


@cache
def address_codes() -> frozenset[str]:
    """Every county-level code known to have been issued in citizen numbers at some time, six digits, in force or not."""
    return frozenset(row["code"] for row in _rows("address-codes.csv"))


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _division(row: dict[str, str]) -> Division:
    successors = tuple(pad(code) for code in row.get("successors", "").split())
    return Division(pad(row["code"]), row["name"], _day(row["valid_from"]), _day(row.get("valid_to", "")), successors)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
