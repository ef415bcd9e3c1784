"""Where a record's place is: police codes to divisions by a dated table, and who counts as floating between two places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

_PROVINCE, _CITY, _COUNTY, _TOWNSHIP, _WHOLE = 2, 4, 6, 9, 12
_TOWNSHIPS: Final = range(1, 400)
"""GB/T 10114: 001–099 streets, 100–199 towns, 200–399 townships. From 400 on a code of the police may mean a station."""
_URBAN: Final = range(1, 21)
"""County digits of urban districts (市辖区)."""


@dataclass(frozen=True, slots=True)
class Station:
    """A police station's code (12 digits), the township it serves (9 digits), and the days on which that holds."""

    code: str
    township: str
    since: date = date(2012, 1, 1)
    until: date = date.max


STATIONS: Final = (
    Station("350203610000", "350203001"),
    Station("350203620000", "350203007", until=date(2025, 12, 31)),
    Station("350203620000", "350203008", since=date(2026, 1, 1)),
    Station("350102610000", "350102001"),
    Station("350582620000", "350582101"),
)
"""Made up, to be replaced by the province's own table; a station that moves gets a second line, history keeps the first."""


def resolve(code: str, on: date, table: tuple[Station, ...] = STATIONS) -> str | None:
    """The division (12 digits) of a police code on a day: a station's township, or the code itself where it is a division at
    township level or below; None for everything else, which somebody must add to the table.
    """
    for station in table:
        if station.code == code and station.since <= on <= station.until:
            return station.township.ljust(_WHOLE, "0")
    return code if int(code[_COUNTY:_TOWNSHIP]) in _TOWNSHIPS else None


def township(division: str) -> str:
    """The nine digits of the unit that acts."""
    return division[:_TOWNSHIP]


def floating(hukou: str, residence: str) -> bool:
    """Whether somebody of one place who lives at the other is a floating person.

    Not inside one township, and not between two urban districts of one city (State Council Order 555, article 2).
    """
    if hukou[:_COUNTY] == residence[:_COUNTY]:
        return township(hukou) != township(residence)
    if hukou[:_CITY] != residence[:_CITY]:
        return True
    return not all(int(place[_CITY:_COUNTY]) in _URBAN for place in (hukou, residence))
