"""Due dates in milliseconds: from the moment a send became effective, by the working calendar of the province."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from hub.reference.calendar import Unit, WorkingCalendar


def due_by(calendar: WorkingCalendar, base: int, days: int, unit: str) -> int:
    """The last moment (UTC ms) at which an answer is in time; ``base`` in UTC ms, ``unit`` C (calendar) or W (working days)."""
    due = calendar.due(datetime.fromtimestamp(base / 1000, UTC), days, cast("Unit", unit))
    return int(due.timestamp() * 1000)
