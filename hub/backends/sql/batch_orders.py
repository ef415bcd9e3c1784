"""What an operator may order of batches, and lists of them: short transactions beside the serving processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Engine, select, update

from hub.backends.sql.batch_rows import ROW, read_row
from hub.backends.sql.engine import Gate
from hub.backends.sql.tables import BATCH
from hub.ports.batch_store import BatchRow
from hub.ports.clock import Clock

Cancelled = Literal["asked", "same person", "cancelled", "over"]
_OPEN = ("accepted", "running", "failed")


def listed(engine: Engine, state: str | None, name: str | None, limit: int) -> Sequence[BatchRow]:
    """The newest, newest first."""
    query = ROW.order_by(BATCH.c.id.desc()).limit(limit)
    query = query.where(BATCH.c.state == state) if state else query
    query = query.where(BATCH.c.name == name) if name else query
    with engine.connect() as connection:
        return [read_row(row) for row in connection.execute(query)]


def resume(engine: Engine, batch: int) -> bool:
    """Let a batch that failed, or waits, go on at its checkpoint now; whether there was one."""
    statement = (
        update(BATCH)
        .where(BATCH.c.id == batch, BATCH.c.state.in_(("failed", "accepted")))
        .values(state="accepted", code=None, attempts=0, not_before=0, lease_until=0)
    )
    with Gate(engine).turn(), engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
        return connection.execute(statement).rowcount == 1


def cancel(engine: Engine, clock: Clock, batch: int, who: str) -> Cancelled:
    """Ask for the end of a batch, or confirm what another person asked. Records that have their outcome keep it.

    Whoever is splitting it finds the fence moved, and lets go.
    """
    with Gate(engine).turn(), engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
        row = connection.execute(
            select(BATCH.c.state, BATCH.c.cancel_asked_by).where(BATCH.c.id == batch).with_for_update()
        ).first()
        if row is None or row.state not in _OPEN:
            return "over"
        if row.cancel_asked_by == who:
            return "same person"
        if row.cancel_asked_by is None:
            connection.execute(update(BATCH).where(BATCH.c.id == batch).values(cancel_asked_by=who))
            return "asked"
        ended = {"state": "cancelled", "fence": BATCH.c.fence + 1, "lease_until": 0, "owner": None, "ended_at": clock.now()}
        connection.execute(update(BATCH).where(BATCH.c.id == batch).values(**ended))
        return "cancelled"
