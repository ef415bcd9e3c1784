"""A day's orders to a simulator, given in portions while the day goes on, and the townships that they are about."""

from __future__ import annotations

from datetime import date
from typing import Final

from hub.reference.division_code import Level, div6
from hub.reference.division_files import load_divisions

_NOMINAL_COUNTY: Final = "350527"
_EACH: Final = 37


class Portions:
    """``whole`` in so many portions, all of them due by the middle of the day."""

    def __init__(self, whole: int, portions: int = 8) -> None:
        self._many, (each, rest) = portions, divmod(whole, portions)
        self._left = [each] * (portions - rest) + [each + 1] * rest

    def due(self, share: float) -> int:
        """How much is due now that about so much of the day (0 to 1) was sent; at most one portion at a time."""
        given = self._many - len(self._left)
        return self._left.pop() if self._left and share >= given / self._many / 2 else 0

    @property
    def left(self) -> bool:
        """Whether something is not ordered yet."""
        return bool(self._left)


def some_townships() -> list[str]:
    """Townships of Fujian, from all over it (12 digits)."""
    townships = load_divisions().under("35", Level.TOWNSHIP, date(2025, 3, 1))
    return [place.code for place in townships if div6(place.code) != _NOMINAL_COUNTY][::_EACH]
