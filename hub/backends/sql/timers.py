"""Timers: found when due, fired once together with what their rule decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from hub.backends.sql.cases import change_case
from hub.backends.sql.tables import TIMER
from hub.backends.sql.writer import Transaction
from hub.ports.records import CaseChange

DUE = (
    select(TIMER.c.id, TIMER.c.case_id, TIMER.c.name)
    .where(TIMER.c.fired_at.is_(None), TIMER.c.at <= bindparam("now"))
    .order_by(TIMER.c.at)
    .limit(bindparam("most"))
)
_FIRE = update(TIMER).where(TIMER.c.id == bindparam("timer"), TIMER.c.fired_at.is_(None)).values(fired_at=bindparam("at"))


@dataclass(frozen=True, slots=True)
class Firing:
    """A timer and what its rule decided."""

    timer: int
    case: CaseChange | None


def fire(tx: Transaction, items: Sequence[Firing]) -> Sequence[None]:
    """Fire each timer once; a second firing conflicts and changes nothing."""
    for item in items:
        tx.update("timer", _FIRE, {"timer": item.timer, "at": tx.now})
        if item.case:
            change_case(tx, item.case, "engine", None, tx.now)
    return [None] * len(items)
