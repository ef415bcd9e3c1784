"""A unit's part in what health systems report: it acts on the comparisons that are its own and says what it did."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from typing import Final

from demo.families.health.facts import COMPARISON, facts_of
from demo.province import Person
from demo.province.bodies import as_document, as_stamp, user_of
from demo.province.person import Elements
from demo.spokes.asking import Asking
from demo.spokes.facts import Facts
from demo.spokes.settings import SpokeSettings
from demo.spokes.submission import Submission
from hub.contract.xml import Element, parse
from hub.reference.calendar import CHINA

_ADDED, _CORRECTED, _REGISTERED = "2", "4", "6"
_HANDLINGS: Final = {
    **dict.fromkeys(("A", "F", "G", "R0", "F0"), _ADDED), **dict.fromkeys(("B", "C", "D", "H", "I", "J", "R1", "F1"), _CORRECTED),
    "Z": _REGISTERED,
}  # fmt: skip
"""CL_HANDLE, by outcome."""
_FLOATING: Final = "FJFPIS"
_FLOATING_SIDE: Final = "2"
"""CL_SIDE: anything else at the floating register is a copy for the place of residence."""


class HealthReading:
    """``register`` is the system of the unit that reads."""

    def __init__(self, register: str) -> None:
        self._register = register

    def facts(self, document: Element, _system: str) -> Facts:
        """See `demo.spokes.side.Reading`."""
        return facts_of(document, self._register)

    def applies(self, _document: Element, _system: str) -> bool:
        """Always."""
        return True

    def answered(self, channel: str) -> bool:
        """Comparisons."""
        return channel == COMPARISON


class HealthSide(HealthReading):
    """Implements `demo.spokes.side.Side`."""

    def __init__(self, settings: SpokeSettings, _people: Sequence[Person], _asking: Asking) -> None:
        super().__init__(settings.system)
        self._settings, self._rng = settings, Random(f"{settings.seed}/{settings.name}/health")

    def submissions(self) -> Iterator[Submission]:
        """Nothing of its own accord."""
        return iter(())

    def answers(self, document: Element, _system: str) -> Iterator[Submission]:
        """Most tasks are handled; a copy to the place of residence is not."""
        copied = self._register == _FLOATING and document.findtext("{*}side") != _FLOATING_SIDE
        handling = _HANDLINGS.get(document.findtext("{*}outcome") or "")
        if handling is None or copied or self._rng.random() >= self._settings.mixture.answered:
            return
        unit = document.findtext("{*}assignedDiv") or ""
        body: Elements = {
            "comparisonId": document.findtext("{*}comparisonId") or "", "handlingSeq": document.findtext("{*}version") or "1", "handling": handling,
            "registerRef": "DJ-1", "handleDiv": unit, "handleUser": user_of(unit), "handleTime": as_stamp(datetime.now(CHINA)),
        }  # fmt: skip
        told = as_document("health.handling", body)
        way, version = self._settings.mixture.way(self._rng), self._rng.choice(("1.1", "1.2"))
        yield Submission(
            self.facts(parse(told), ""), "handling-to-hub", "valid", way, told, unit, f"urn:uuid:{uuid.uuid4()}", version
        )

    def after(self, submission: Submission) -> None:
        """Nothing to ask."""
