"""Step 0 of the compare: the forms in which names, numbers and days are held against each other. Rules ours, configurable."""

from __future__ import annotations

import calendar
import unicodedata
from datetime import date
from typing import Final

_DOTS: Final = str.maketrans(dict.fromkeys("•‧・．", "·"))
_FULL_DATE: Final = 10
_UNKNOWN_SEX: Final = frozenset({"0", "9"})


def folded(name: str) -> str:
    """A name as it is compared: NFC, no blanks around, one kind of dot in minority names."""
    return unicodedata.normalize("NFC", name.strip(" \u00a0\u3000")).translate(_DOTS)


def similar(one: str, other: str) -> bool:
    """Equal after folding, or one character more, less or other than it."""
    one, other = sorted((folded(one), folded(other)), key=len)
    if len(other) - len(one) > 1:
        return False
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    return one[same + (len(one) == len(other)) :] == other[same + 1 :]


def apart(day: date, registered: str) -> int:
    """Days between a day and a registered date: ``2024``, ``2024-03`` or ``2024-03-05``; 0 when a partial one contains the day."""
    first, last = _bounds(registered)
    return max((first - day).days, (day - last).days, 0)


def _bounds(registered: str) -> tuple[date, date]:
    if len(registered) == _FULL_DATE:
        whole = date.fromisoformat(registered)
        return whole, whole
    year, _, month = registered.partition("-")
    until = int(month or 12)
    return date(int(year), int(month or 1), 1), date(int(year), until, calendar.monthrange(int(year), until)[1])


def sexes_differ(one: str, other: str) -> bool:
    """Whether two sexes contradict each other; what is unknown or not stated contradicts nothing."""
    return one != other and not {one, other} & _UNKNOWN_SEX


def first_birthday(born: date) -> date:
    """The first birthday; of who was born on 29 February it is 1 March."""
    leap_day = (born.month, born.day) == (2, 29)
    return date(born.year + 1, 3, 1) if leap_day else born.replace(year=born.year + 1)
