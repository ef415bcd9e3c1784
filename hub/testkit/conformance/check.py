"""A check: one rule of the suite, tried on one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hub.testkit.conformance.bench import Bench


@dataclass(frozen=True, slots=True)
class Check:
    """``run`` raises `Failed` where the rule is broken; what it returns, if anything, is a figure to report."""

    name: str
    run: Callable[[Bench], str | None]

    @property
    def rule(self) -> str:
        """The rule in a sentence."""
        return (getattr(self.run, "func", self.run).__doc__ or "").strip()
