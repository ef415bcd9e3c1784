"""Wall time of the hub."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """UTC milliseconds since 1970; a manual double serves tests."""

    def now(self) -> int:
        """The present moment."""
