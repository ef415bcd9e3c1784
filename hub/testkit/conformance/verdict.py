"""A check, and how it says that a rule is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.testkit.conformance.bench import Bench


class Failed(AssertionError):
    """The adapter breaks a rule of the suite; the text says which, where, and what was found instead."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule tried on one thing. ``run`` raises `Failed`; what it returns, if anything, is a figure to report."""

    name: str
    run: Callable[[Bench], str | None]

    @property
    def rule(self) -> str:
        """The rule in a sentence."""
        return (getattr(self.run, "func", self.run).__doc__ or "").strip()


def demand(kept: object, sentence: str) -> None:
    """Raise `Failed` with the sentence unless the rule is kept."""
    if not kept:
        raise Failed(sentence)
