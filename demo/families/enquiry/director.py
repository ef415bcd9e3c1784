"""What the national platform is told on a day of enquiries: answer some, give some back, ask for other provinces, in portions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from demo.partners.partner import Partner
from hub.reference.division_code import Level, div6
from hub.reference.division_files import load_divisions

RETURNED, WITHDRAWN = 0.05, 0.18
AFAR: Final = 7
"""One of so many enquiries is asked by another province."""
_ANSWERED: Final = 0.7
_PORTIONS: Final = 8
_NOMINAL_COUNTY: Final = "350527"
_EACH: Final = 37
_TURNS: Final = 10


class EnquiryDirector:
    """Implements `demo.families.family.Director`."""

    def __init__(self, partners: Mapping[str, Partner], enquiries: int) -> None:
        self._padis, self._seed = partners["padis"], 0
        townships = load_divisions().under("35", Level.TOWNSHIP, date(2025, 3, 1))
        self._places = [place.code for place in townships if div6(place.code) != _NOMINAL_COUNTY][::_EACH]
        afar = enquiries // AFAR
        self._portions = [afar // _PORTIONS] * (_PORTIONS - 1) + [afar - afar // _PORTIONS * (_PORTIONS - 1)]
        self._orders = 0

    def begin(self, seed: int) -> None:
        """Answer this share of the enquiries, give some back first, and take some of its own back."""
        self._seed = seed
        answer = {"share": _ANSWERED, "after_ms": 300, "returned": RETURNED}
        self._padis.order({"answer": answer, "withdrawn": WITHDRAWN})

    def go_on(self, share: float) -> None:
        """A portion of other provinces' enquiries whenever it is due; all of them by the middle of the day."""
        if self._portions and share >= (_PORTIONS - len(self._portions)) / _PORTIONS / 2:
            self._originate(self._portions.pop())

    def steady(self, turn: int) -> None:
        """One now and then."""
        if turn % _TURNS == 0:
            self._originate(1)

    def done(self) -> bool:
        """Whether the hub has fetched everything the platform published and it owes no answer."""
        if self._portions:
            return False
        state = self._padis.state()
        return state["published"] == state["acked"] and not state["answers_due"]

    def _originate(self, count: int) -> None:
        """Let other provinces ask so many townships of Fujian."""
        self._orders += 1
        self._padis.order({"originate": {"count": count, "seed": self._seed * 1000 + self._orders, "places": self._places}})
