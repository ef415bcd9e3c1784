"""What the police platform is told: where the hub is, and to push its records, in portions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from demo.families.portions import Portions, some_townships
from demo.partners.partner import Partner

_SHARE: Final = 8
"""One record for so many enquiries."""
_TURNS: Final = 20
_FIRST_OF_OTHERS: Final = "400"
"""Codes of what is no township: written by the police they might be a station's, and somebody must map them first."""


class PoliceDirector:
    """Implements `demo.families.family.Director`."""

    def __init__(self, partners: Mapping[str, Partner], enquiries: int) -> None:
        self._police, self._seed, self._orders = partners["police"], 0, 0
        self._portions = Portions(enquiries // _SHARE, 6)
        self._places = [place for place in some_townships() if place[6:9] < _FIRST_OF_OTHERS]

    def begin(self, seed: int) -> None:
        """Say where the hub is."""
        self._seed = seed
        hub = self._police.hub
        self._police.order({"hub": {"url": f"{hub.url}/soap/police", "name": hub.name, "secret_file": str(hub.secret_file)}})

    def go_on(self, share: float) -> None:
        """A portion of records whenever it is due."""
        if count := self._portions.due(share):
            self._push(count)

    def steady(self, turn: int) -> None:
        """A small batch now and then."""
        if turn % _TURNS == 7:
            self._push(4)

    def done(self) -> bool:
        """Whether every record pushed has its end."""
        return not self._portions.left and not self._police.state()["open"]

    def _push(self, count: int) -> None:
        self._orders += 1
        push = {"count": count, "seed": self._seed * 1000 + self._orders, "places": self._places, "batch": 100, "cancel": 0.05}
        self._police.order({"push": push})
