"""One family of traffic as a spoke takes part in it: what it submits, how it reads what reaches it, what it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from demo.spokes.facts import Facts, channel_of, family_of
from demo.spokes.submission import Submission
from hub.contract.xml import Element


class Reading(Protocol):
    """How documents of a family are read on arrival. Thread-safe."""

    def facts(self, document: Element, system: str) -> Facts:
        """The names in the ledgers of a document that a system sent."""

    def applies(self, document: Element, system: str) -> bool:
        """Whether the unit keeps it; False for what it will give back."""

    def answered(self, channel: str) -> bool:
        """Whether documents of the channel may want an answer."""


class Side(Reading, Protocol):
    """The whole part of one spoke. Never used by two threads at once, but for `Reading`."""

    def submissions(self) -> Iterator[Submission]:
        """What it sends of its own accord, in order; without end when the spoke's settings say so."""

    def answers(self, document: Element, system: str) -> Iterator[Submission]:
        """What it answers to a document that reached it, in the order of sending; nothing when it stays silent."""

    def after(self, submission: Submission) -> None:
        """Told of each submission of any family once it is settled; the moment for questions. Called by several threads at once."""


class Readings:
    """The readings of several families as one, told apart by the channel."""

    def __init__(self, families: Mapping[str, Reading]) -> None:
        self._families = families

    def facts(self, document: Element, system: str) -> Facts:
        """See `Reading`."""
        return self._of(document).facts(document, system)

    def applies(self, document: Element, system: str) -> bool:
        """See `Reading`."""
        return self._of(document).applies(document, system)

    def answered(self, channel: str) -> bool:
        """See `Reading`."""
        return self._families[family_of(channel)].answered(channel)

    def _of(self, document: Element) -> Reading:
        return self._families[family_of(channel_of(document))]
