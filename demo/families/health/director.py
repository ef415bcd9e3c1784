"""What the health system is told: where the hub is, to push deliveries, to write rows of the vaccination table, in portions."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from itertools import cycle
from typing import Any, Final

from demo.families.portions import Portions, some_townships
from demo.partners.partner import Partner

_PUSHED, _ROWS = 7, 7
"""One delivery, one row, for so many enquiries."""
_TURNS: Final = 12


class HealthDirector:
    """Implements `demo.families.family.Director`."""

    def __init__(self, partners: Mapping[str, Partner], enquiries: int) -> None:
        self._health, self._seed, self._orders = partners["health"], 0, 0
        self._places = some_townships()
        self._pushed: list[Future[dict[str, Any]]] = []
        self._turns = cycle(self._places)
        self._pushes, self._rows = Portions(enquiries // _PUSHED, 10), Portions(enquiries // _ROWS, 6)

    def begin(self, seed: int) -> None:
        """Say where the hub is."""
        self._seed = seed
        hub = self._health.hub
        self._health.order(
            {"hub": {"url": hub.url, "name": hub.name, "secret": hub.secret_file.read_text(encoding="ascii").strip()}}
        )

    def go_on(self, share: float) -> None:
        """A portion of deliveries, a portion of rows, whenever they are due."""
        if count := self._pushes.due(share):
            self._push(count)
        if count := self._rows.due(share):
            self._vaccinate(count)

    def steady(self, turn: int) -> None:
        """One of each now and then."""
        if turn % _TURNS == 3:
            self._push(1)
        if turn % _TURNS == 9:
            self._vaccinate(2)

    def done(self) -> bool:
        """Whether every delivery was pushed and every row was read."""
        if self._pushes.left or self._rows.left or not all(pushed.done() for pushed in self._pushed):
            return False
        for pushed in self._pushed:
            pushed.result()
        state = self._health.state()
        return bool(state["rows"] == state["read"])

    def _push(self, count: int) -> None:
        push = {"count": count, "seed": self._next(), "places": self._places, "twice": 0.1, "corrected": 0.1}
        self._pushed.append(self._health.order_apart({"push": push}))

    def _vaccinate(self, count: int) -> None:
        self._health.order({"vaccinate": {"count": count, "seed": self._next(), "place": next(self._turns), "bad": 0.1}})

    def _next(self) -> int:
        self._orders += 1
        return self._seed * 1000 + self._orders
