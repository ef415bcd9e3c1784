"""Who is issued a certificate: women of 18 to 49 of our province who have gone out, with a verified number (requirements, 电子婚育证明的发放).

Age and record are those of the last day of the period, whenever the run happens. What counts as gone out within a prefecture
is ours [assumed]: moving between two urban districts of one city does not.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from hub.contract.lookup import Fact
from routes.ehycert.numbers import verified

PROVINCE: Final = "35"
YOUNGEST, OLDEST = 18, 49
WOMAN, ACTIVE = "2", "1"
_FAR: Final = ("3", "4")
"""CL_FLOWTYPE: to another prefecture, to another province."""
_WITHIN_PREFECTURE: Final = "2"
_LAST_URBAN: Final = 20
"""County codes of a prefecture up to here are urban districts (市辖区, GB/T 2260)."""


def number_of(person: Fact, day: date) -> str | None:
    """The verified number of a woman to whom a certificate is issued on that day; None for everybody else."""
    born, out = _day(person.get("birthDate", "")), _day(person.get("outDate", ""))
    if person.get("sex") != WOMAN or born is None or out is None or out > day:
        return None
    if not YOUNGEST <= age(born, day) <= OLDEST or not _active(person, day) or not gone_out(person):
        return None
    return verified(person.get("idNo", ""), person["birthDate"], WOMAN)


def age(born: date, day: date) -> int:
    """Years completed; who was born on 29 February completes them on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def gone_out(person: Fact) -> bool:
    """Hukou here, living elsewhere: beyond the prefecture, or within it unless from one urban district to another."""
    hukou, home, kind = person.get("hukouDiv", ""), person.get("residenceDiv", ""), person.get("flowType")
    if not hukou.startswith(PROVINCE):
        return False
    if kind == _WITHIN_PREFECTURE:
        return not (hukou[:4] == home[:4] and _urban(hukou) and _urban(home))
    return kind in _FAR


def _urban(division: str) -> bool:
    return division[4:6].isdecimal() and 1 <= int(division[4:6]) <= _LAST_URBAN


def _active(person: Fact, day: date) -> bool:
    """In force at the end of the day: an end that came later is not yet known then. What an extract as of that day leaves unsaid is so."""
    ended = _day(person.get("cancelDate", ""))
    return person.get("recordStatus", ACTIVE) == ACTIVE or (ended is not None and ended > day)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
