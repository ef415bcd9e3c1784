"""Division codes (区划代码) as text: levels, padding, prefixes, and the flow type that follows from two of them.

A code has 2 (province), 4 (prefecture), 6 (county, GB/T 2260), 9 (township, GB/T 10114) or 12 digits (village); on the bus
it always has 12, padded with zeros on the right. Nothing here knows which codes exist: that is the table in ``divisions.py``.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Literal

FlowType = Literal["1", "2", "3", "4"]

_WELL_FORMED = re.compile(r"[1-9][0-9](?:[0-9]{2}(?:[0-9]{2}(?:[0-9]{3}(?:[0-9]{3})?)?)?)?")
_URBAN_DISTRICTS = range(1, 21)


class Level(IntEnum):
    """What a code names; the value is the number of its digits that say so."""

    PROVINCE = 2
    PREFECTURE = 4
    COUNTY = 6
    TOWNSHIP = 9
    VILLAGE = 12


def is_well_formed(code: str) -> bool:
    """True for 2, 4, 6, 9 or 12 ASCII digits that do not begin with 0."""
    return _WELL_FORMED.fullmatch(code) is not None


def pad(code: str) -> str:
    """The code with 12 digits, zeros on the right. Raises ``ValueError`` when it is not well formed."""
    if not is_well_formed(code):
        raise ValueError("a division code has 2, 4, 6, 9 or 12 digits")
    return code.ljust(Level.VILLAGE, "0")


def level_of(code: str) -> Level:
    """The level of a code: the last group of digits that is not all zeros. Raises ``ValueError`` as :func:`pad`."""
    padded = pad(code)
    for upper, lower in ((9, 12), (6, 9), (4, 6), (2, 4)):
        if padded[upper:lower].strip("0"):
            return Level(lower)
    return Level.PROVINCE


def div2(code: str) -> str:
    """The province: first two digits."""
    return code[:2]


def div4(code: str) -> str:
    """The prefecture (设区市): first four digits."""
    return code[:4]


def div6(code: str) -> str:
    """The county: first six digits, the code of GB/T 2260."""
    return code[:6]


def div9(code: str) -> str:
    """The township, the unit that acts: first nine digits."""
    return code[:9]


def flow_type(hukou: str, residence: str) -> FlowType | None:
    """The flow type (流动类型) between the place of hukou and the place of residence, both at county level or below.

    "1" inside one county, "2" inside one prefecture, "3" inside one province, "4" between provinces. ``None`` means not
    floating: two urban districts (市辖区, county digits 01-20) of one prefecture, which State Council Order 555, article 2,
    left out. 平潭 350128 lies inside 3501 and ends in 28, so 福州 to 平潭 is "2". The codes are compared as they stand:
    resolve retired ones first. Raises ``ValueError`` when a code is not well formed. Source: requirements, data checks.
    """
    home, here = pad(hukou), pad(residence)
    if div6(home) == div6(here):
        return "1"
    if div4(home) == div4(here):
        urban = all(int(code[4:6]) in _URBAN_DISTRICTS for code in (home, here))
        return None if urban else "2"
    return "3" if div2(home) == div2(here) else "4"
