"""Answers that are owed: made with a delivery, dated when it becomes effective. Times are UTC milliseconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NewObligation:
    """An answer owed; it has no base and no due date until its send becomes effective, then never one before ``floor``."""

    id: int
    kind: str
    rule: str
    days: int
    unit: str
    owed_by: str
    floor: int | None = None


@dataclass(frozen=True, slots=True)
class OpenObligation:
    """An answer that is still owed; without a base its clock has not begun."""

    id: int
    kind: str
    base: int | None
    due_at: int | None
