"""Moments on the wire: xs:dateTime in +08:00, from UTC milliseconds."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


def on_the_wire(moment: int) -> str:
    """``2026-11-22T15:04:05.123+08:00``."""
    return datetime.fromtimestamp(moment / 1000, BEIJING).isoformat(timespec="milliseconds")
