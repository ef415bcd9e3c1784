"""The wire tap: told after each step which step ran, how it ended and how long it took. Never a body."""

from __future__ import annotations

from typing import Protocol


class WireTap(Protocol):
    """Thread-safe and cheap: called several times per message."""

    def step(self, subject: str, step: str, outcome: str, seconds: float) -> None:
        """``subject`` is a shown hub id or a correlation id; ``outcome`` is ``ok`` or an error code."""

    def event(self, name: str, **facts: str | float | None) -> None:
        """Something worth a log line; facts are codes, counts and hub ids only."""
