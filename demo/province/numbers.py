"""Numbers that belong to nobody: citizen numbers under address codes never issued, and mobiles of one made-up block."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from hub.reference.identity import check_character

ADDRESS_CODES: Final = tuple(str(code) for code in range(359901, 359999))
"""Never issued: GB/T 2260 has had no 3599xx at any time."""
STRANGERS: Final = "359999"
"""Never issued either, and given to nobody of the province: the numbers of people whom no register knows begin with it."""

_TRIES: Final = 1000
_LAST_SEQUENCE: Final = 995
"""996 to 999 mark people of 100 and more."""


class CitizenNumbers:
    """Hands out citizen numbers (GB 11643) with a right check character, each once. Not for use by several threads."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def next(self, birth: date, sex: str) -> str:
        """A number for this birth date; the sequence is odd for sex "1" and even for "2".

        There are some 49,000 for each date and sex. Raises ``ValueError`` when nearly all of them are given.
        """
        for _ in range(_TRIES):
            sequence = self._rng.randrange(1 if sex == "1" else 2, _LAST_SEQUENCE + 1, 2)
            body = f"{self._rng.choice(ADDRESS_CODES)}{birth:%Y%m%d}{sequence:03d}"
            if body not in self._given:
                self._given.add(body)
                return body + check_character(body)
        raise ValueError("too few numbers are left for this birth date and sex")


def stranger_number(rng: Random, birth: date, sex: str) -> str:
    """A citizen number that nobody of the province has; two strangers may have the same."""
    body = f"{STRANGERS}{birth:%Y%m%d}{rng.randrange(1 if sex == '1' else 2, _LAST_SEQUENCE + 1, 2):03d}"
    return body + check_character(body)


def first_card(number: str) -> str:
    """The number of 15 digits that a person born before 2000 had on the first card, of the number of 18."""
    return number[:6] + number[8:17]


def invent_mobile(rng: Random) -> str:
    """A mobile 1390000xxxx: synthetic by agreement of this demo, and not unique."""
    return f"1390000{rng.randrange(10_000):04d}"


def invent_day(rng: Random, first: date, last: date) -> date:
    """A day between two days, both inclusive."""
    return first + timedelta(days=rng.randint(0, (last - first).days))
