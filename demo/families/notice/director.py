"""What the national platform is told on a day of notices: receive most of ours, give some back, tell of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from demo.families.enquiry.director import all_fetched
from demo.families.portions import Portions, some_townships
from demo.partners.partner import Partner

_AFAR: Final = 14
"""One notice of another province for so many enquiries."""
_MANNER: Final = {"share": 0.7, "after_ms": 300, "returned": 0.05, "wrong": 0.05}
_TURNS: Final = 14


class NoticeDirector:
    """Implements `demo.families.family.Director`."""

    def __init__(self, partners: Mapping[str, Partner], enquiries: int) -> None:
        self._padis, self._seed, self._orders = partners["padis"], 0, 0
        self._places, self._portions = some_townships(), Portions(enquiries // _AFAR)

    def begin(self, seed: int) -> None:
        """Answer as `_MANNER` says."""
        self._seed = seed
        self._padis.order({"receipts": _MANNER})

    def go_on(self, share: float) -> None:
        """A portion of other provinces' notices whenever it is due."""
        if count := self._portions.due(share):
            self._notify(count)

    def steady(self, turn: int) -> None:
        """One now and then."""
        if turn % _TURNS == 5:
            self._notify(1)

    def done(self) -> bool:
        """Whether the hub has fetched everything the platform published and it owes no answer."""
        return not self._portions.left and all_fetched(self._padis)

    def _notify(self, count: int) -> None:
        self._orders += 1
        self._padis.order({"notify": {"count": count, "seed": self._seed * 1000 + self._orders, "places": self._places}})
