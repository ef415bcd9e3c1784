"""What an operator may read of batches that went out: counts by state and code, numbers of records; a ticket's text stays here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from hub.backends.sql.tables import BATCH_SENT, DELIVERY, MESSAGE, RECORD_SENT
from hub.ports.batch_store import RecordRow


@dataclass(frozen=True, slots=True)
class SentBatch:
    """A batch that went out. ``parts`` and ``records`` count by state, ``codes`` by (state, code).

    ``tickets`` are the parts about which the partner gave one, ``ask_at`` (UTC ms) when the next of them is asked about.
    """

    id: int
    name: str
    period: str
    made_at: int
    count: int
    parts: Mapping[str, int] = field(default_factory=dict)
    records: Mapping[str, int] = field(default_factory=dict)
    codes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    tickets: int = 0
    ask_at: int | None = None


_BATCH = select(
    BATCH_SENT.c.message_id, BATCH_SENT.c.name, BATCH_SENT.c.period, BATCH_SENT.c.count, MESSAGE.c.accepted_at
).join(MESSAGE, MESSAGE.c.id == BATCH_SENT.c.message_id)  # fmt: skip


def sent_list(engine: Engine, name: str | None, limit: int) -> Sequence[SentBatch]:
    """The newest, newest first."""
    query = _BATCH.order_by(BATCH_SENT.c.message_id.desc()).limit(limit)
    query = query.where(BATCH_SENT.c.name == name) if name else query
    with engine.connect() as connection:
        return [_whole(connection, row) for row in connection.execute(query).fetchall()]


def sent_batch(connection: Connection, batch: int) -> SentBatch | None:
    """The batch of that hub id; None when it is no batch that went out."""
    row = connection.execute(_BATCH.where(BATCH_SENT.c.message_id == batch)).first()
    return _whole(connection, row) if row else None


def sent_records(engine: Engine, batch: int, after: int, limit: int, *, bad_only: bool) -> Sequence[RecordRow]:
    """Records after a number, in order; ``bad_only``: those that were rejected or refused."""
    of = RECORD_SENT.c
    query = select(of.number, of.state, of.code).where(of.batch_id == batch, of.number > after)
    query = query.where(of.state.in_(("rejected", "refused"))) if bad_only else query
    with engine.connect() as connection:
        return [RecordRow(*row) for row in connection.execute(query.order_by(of.number).limit(limit))]


def _whole(connection: Connection, row: Any) -> SentBatch:
    batch, name, period, count, made_at = row
    of, part = RECORD_SENT.c, DELIVERY.c
    counted = connection.execute(
        select(of.state, of.code, func.count()).where(of.batch_id == batch).group_by(of.state, of.code)
    ).fetchall()
    parts = connection.execute(select(part.state, func.count()).where(part.message_id == batch).group_by(part.state)).fetchall()
    asked = select(func.count(), func.min(part.not_before)).where(
        part.message_id == batch, part.state == "pending", part.ticket.is_not(None)
    )
    tickets, ask_at = connection.execute(asked).one()
    records: dict[str, int] = {}
    for state, _, number in counted:
        records[state] = records.get(state, 0) + number
    codes = {(state, code): number for state, code, number in counted if code is not None}
    return SentBatch(batch, name, period, made_at, count, dict(tuple(row) for row in parts), records, codes, tickets, ask_at)
