"""How the simulated platform answers: how many documents of a kind, when, how many are given back first, how many are found wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from adapters.padis.simulator import notices, people
from adapters.padis.simulator.people import Population
from hub.contract.xml import Element

_WHOLE = 10_000
Answer = Callable[[datetime], Element]


@dataclass
class Manner:
    """Shares from 0 to 1; ``after`` from the moment of work. What befalls a document follows from its name in the ledgers."""

    share: float = 0.5
    after: timedelta = timedelta(milliseconds=300)
    returned: float = 0.0
    wrong: float = 0.0

    def change(self, order: Mapping[str, Any]) -> None:
        """Take over what an order names. Raises ValueError for what is no number."""
        self.share = float(order.get("share", self.share))
        self.after = timedelta(milliseconds=float(order.get("after_ms", self.after.total_seconds() * 1000)))
        self.returned, self.wrong = float(order.get("returned", self.returned)), float(order.get("wrong", self.wrong))

    def answers(self, id_: str) -> bool:
        """Whether a document gets an answer."""
        return int(id_[-4:], 16) % _WHOLE < self.share * _WHOLE

    def gives_back(self, id_: str) -> bool:
        """Whether a document is given back when it first comes."""
        return chance(id_) < self.returned

    def receipt(self, id_: str) -> str:
        """What the receipt of a notice says (T_QRJG)."""
        if int(id_[-12:-8], 16) % _WHOLE < self.wrong * _WHOLE:
            return "CW"
        return "GX" if int(id_[-1], 16) % 4 == 0 else "JS"


def chance(id_: str) -> float:
    """What befalls a document follows from its name in the ledgers: 0 to 1."""
    return int(id_[-8:-4], 16) % _WHOLE / _WHOLE


def answer_to(document: Element, id_: str, manner: Manner | None, known: Population, *, back: bool) -> Answer | None:
    """What answers a document that was worked, or given back; None when nothing does."""
    if document.tag == "XCCH":
        return partial(people.removed, document)
    if manner is None:
        return None
    notice = document.tag == "BYTB"
    if back:
        return partial(notices.returned if notice else people.returned, document)
    if not manner.answers(id_):
        return None
    return (
        partial(notices.receipt, document, result=manner.receipt(id_))
        if notice
        else partial(people.feedback, document, known=known)
    )
