"""What the national platform is told on a day of enquiries: answer some, give some back, ask for other provinces, in portions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from demo.families.portions import Portions, some_townships
from demo.partners.partner import Partner

RETURNED, WITHDRAWN = 0.05, 0.22
AFAR: Final = 7
"""One of so many enquiries is asked by another province."""
_ANSWERED: Final = 0.7
_TURNS: Final = 10


class EnquiryDirector:
    """Implements `demo.families.family.Director`."""

    def __init__(self, partners: Mapping[str, Partner], enquiries: int) -> None:
        self._padis, self._seed = partners["padis"], 0
        self._places, self._portions, self._orders = some_townships(), Portions(enquiries // AFAR), 0

    def begin(self, seed: int) -> None:
        """Answer this share of the enquiries, give some back first, and take some of its own back."""
        self._seed = seed
        answer = {"share": _ANSWERED, "after_ms": 300, "returned": RETURNED}
        self._padis.order({"answer": answer, "withdrawn": WITHDRAWN})

    def go_on(self, share: float) -> None:
        """A portion of other provinces' enquiries whenever it is due."""
        if count := self._portions.due(share):
            self._originate(count)

    def steady(self, turn: int) -> None:
        """One now and then."""
        if turn % _TURNS == 0:
            self._originate(1)

    def done(self) -> bool:
        """Whether the hub has fetched everything the platform published and it owes no answer."""
        return not self._portions.left and all_fetched(self._padis)

    def _originate(self, count: int) -> None:
        """Let other provinces ask so many townships of Fujian."""
        self._orders += 1
        self._padis.order({"originate": {"count": count, "seed": self._seed * 1000 + self._orders, "places": self._places}})


def all_fetched(padis: Partner) -> bool:
    """Whether the hub has fetched everything the platform published and it owes no answer. Raises NoAnswerError."""
    state = padis.state()
    return bool(state["published"] == state["acked"] and not state["answers_due"])
