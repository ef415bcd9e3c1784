"""Where the synthetic people are registered and where they live: real townships, chosen so that each kind of move occurs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Final

from hub.reference.division_code import FlowType, Level, div6, flow_type
from hub.reference.division_files import load_divisions
from hub.reference.divisions import Division

TODAY: Final = date(2025, 3, 1)
"""The day on which the synthetic province stands still; no date in it is later."""

UPDATED: Final = "2025-02-28T18:00:00+08:00"
"""When every entry was last changed."""
FUJIAN: Final = "35"
_NOMINAL_COUNTIES: Final = ("350527",)
_SHARES: Final = {"stay": 30, "districts": 8, "1": 8, "2": 17, "3": 17, "in": 9, "out": 11}


@dataclass(frozen=True, slots=True)
class Move:
    """Place of hukou and of residence (12 digits, with a readable address each) and the flow type between them."""

    hukou: Division
    residence: Division
    flow_type: FlowType | None


def choose_move(rng: Random) -> Move:
    """A move: 30 of 100 stay, 8 live in another district of their city (not floating), 62 float, 20 of them between
    provinces. Other provinces are given to the county, since the table of divisions holds no more of them.
    """
    kind = rng.choices(tuple(_SHARES), tuple(_SHARES.values()))[0]
    map_ = _map()
    if kind == "stay":
        home = rng.choice(map_.townships)
        return Move(home, home, None)
    if kind in ("in", "out"):
        here, there = rng.choice(map_.townships), rng.choice(map_.elsewhere)
        return _move(there, here) if kind == "in" else _move(here, there)
    if kind == "1":
        home, here = rng.sample(rng.choice(map_.counties), 2)
        return _move(home, here)
    first, second = rng.choice(map_.pairs[None if kind == "districts" else kind])
    return _move(rng.choice(first), rng.choice(second))


def any_township(rng: Random) -> Division:
    """Some township of Fujian."""
    return rng.choice(_map().townships)


@dataclass(frozen=True)
class _Map:
    townships: Sequence[Division]
    counties: Sequence[Sequence[Division]]
    pairs: dict[str | None, list[tuple[Sequence[Division], Sequence[Division]]]]
    elsewhere: Sequence[Division]


def _move(hukou: Division, residence: Division) -> Move:
    return Move(hukou, residence, flow_type(hukou.code, residence.code))


@cache
def _map() -> _Map:
    table = load_divisions()
    by_county: dict[str, list[Division]] = defaultdict(list)
    for township in table.under(FUJIAN, Level.TOWNSHIP, TODAY):
        if div6(township.code) not in _NOMINAL_COUNTIES:
            by_county[div6(township.code)].append(township)
    pairs: dict[str | None, list[tuple[Sequence[Division], Sequence[Division]]]] = defaultdict(list)
    for one, home in by_county.items():
        for other, here in by_county.items():
            if one != other:
                pairs[flow_type(one, other)].append((home, here))
    elsewhere = [row for row in table.under("", Level.COUNTY, TODAY) if not row.code.startswith(FUJIAN)]
    return _Map([row for rows in by_county.values() for row in rows], list(by_county.values()), pairs, elsewhere)
