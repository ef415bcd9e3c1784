"""The systems that answer lookups, as the planner sees them: asked in bulk, remembered while they are away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from hub.contract.lookup import Fact, Question


class FactSources(Protocol):
    """Thread-safe. Never raises: a system that cannot answer is away."""

    def answers(self, lookup: str) -> bool:
        """Whether a configured system answers this lookup."""

    def ask(self, lookup: str, questions: Sequence[Question]) -> Mapping[Question, tuple[Fact, ...]] | None:
        """The facts for each question; None when the system is away."""

    def away(self) -> frozenset[str]:
        """The lookups that are not to be asked again yet."""


class NoFactSources:
    """No system answers anything: rules decide without facts."""

    def answers(self, _lookup: str) -> bool:
        """Never."""
        return False

    def ask(self, _lookup: str, _questions: Sequence[Question]) -> Mapping[Question, tuple[Fact, ...]] | None:
        """Nobody is there."""
        return None

    def away(self) -> frozenset[str]:
        """Nothing is waited for."""
        return frozenset()
