"""What a message has to do with others: the message it comes of, those it made, the batch it came in, the batch it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, or_, select

from hub.backends.sql.read_sent import SentBatch, sent_batch
from hub.backends.sql.tables import BATCH, BATCH_RECORD, DERIVED, MESSAGE, RECORD_SENT

MOST_MADE = 200
"""Effects shown of one message."""


class Relative(NamedTuple):
    """Another message: hub id, channel, state, and when it was accepted (UTC ms)."""

    id: int
    channel: str
    state: str
    at: int


class CameIn(NamedTuple):
    """The batch that a message was a record of, and its number there."""

    batch: int
    name: str
    number: int


class Judged(NamedTuple):
    """So many records of a part came to a state at one moment (UTC ms)."""

    at: int
    delivery: int
    state: str
    number: int


@dataclass(frozen=True, slots=True)
class Kin:
    """``made`` are at most `MOST_MADE`, in the order in which they were accepted; ``judged`` are those of a batch that went out."""

    cause: Relative | None = None
    made: tuple[Relative, ...] = ()
    came_in: CameIn | None = None
    sent: SentBatch | None = None
    judged: tuple[Judged, ...] = ()


_RELATIVE = select(MESSAGE.c.id, MESSAGE.c.channel, MESSAGE.c.state, MESSAGE.c.accepted_at)


def kin(connection: Connection, message: int, sender: str, at: int) -> Kin:
    """All of it, for a message that ``sender`` sent and that was accepted at ``at``."""
    cause = connection.execute(_RELATIVE.join(DERIVED, DERIVED.c.cause_id == MESSAGE.c.id).where(DERIVED.c.message_id == message))
    made = connection.execute(
        _RELATIVE.join(DERIVED, DERIVED.c.message_id == MESSAGE.c.id)
        .where(DERIVED.c.cause_id == message)
        .order_by(MESSAGE.c.id)
        .limit(MOST_MADE)
    )
    sent = sent_batch(connection, message)
    first = cause.first()
    return Kin(
        Relative(*first) if first else None, tuple(Relative(*row) for row in made), _came_in(connection, message, sender, at),
        sent, _judged(connection, message) if sent else (),
    )  # fmt: skip


def _came_in(connection: Connection, message: int, sender: str, at: int) -> CameIn | None:
    """Rows of records have no index by message: only batches of that sender that were being split at that moment are looked through."""
    split_then = select(BATCH.c.id, BATCH.c.name).where(
        BATCH.c.sender == sender, BATCH.c.accepted_at <= at, or_(BATCH.c.ended_at.is_(None), BATCH.c.ended_at >= at)
    )
    for batch, name in connection.execute(split_then).fetchall():
        row: Row[Any] | None = connection.execute(
            select(BATCH_RECORD.c.no)
            .where(BATCH_RECORD.c.batch_id == batch, BATCH_RECORD.c.message_id == message, BATCH_RECORD.c.state == "accepted")
            .limit(1)
        ).first()
        if row:
            return CameIn(batch, name, row.no)
    return None


def _judged(connection: Connection, batch: int) -> tuple[Judged, ...]:
    of = RECORD_SENT.c
    query = (
        select(of.settled_at, of.delivery_id, of.state, func.count())
        .where(of.batch_id == batch, of.settled_at.is_not(None))
        .group_by(of.settled_at, of.delivery_id, of.state)
    )
    return tuple(Judged(*row) for row in connection.execute(query))
