"""What has stood still for too long: tickets, batches that come in, parts of batches that went out. By index, bounded, ids and counts only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from hub.backends.sql.tables import BATCH, BATCH_SENT, DELIVERY

MOST = 100
"""Batches told at the most."""
_NEWEST = 1000
"""Batches that went out and are looked through."""


class OldTickets(NamedTuple):
    """``number`` parts of a system whose ticket is older than was asked for, the oldest made at ``oldest`` (UTC ms)."""

    system: str
    number: int
    oldest: int


class Stuck(NamedTuple):
    """A batch that does not move: its hub id, its kind, its state, and why it stopped, where that is known."""

    id: int
    name: str
    state: str
    code: str | None


def old_tickets(connection: Connection, systems: Iterable[str], before: int) -> Sequence[OldTickets]:
    """Parts that were made before that moment (UTC ms), wait with a ticket and are not judged, by system."""
    of, found = DELIVERY.c, []
    for system in systems:
        query = select(func.count(), func.min(of.created_at)).where(
            of.recipient == f"system:{system}", of.state == "pending", of.ticket.is_not(None), of.created_at < before
        )
        number, oldest = connection.execute(query).one()
        if number:
            found.append(OldTickets(system, number, oldest))
    return found


def stuck_batches(connection: Connection, before: int) -> Sequence[Stuck]:
    """Batches that came in and stopped, or were accepted before that moment, are not done and that nobody is splitting."""
    of = BATCH.c
    idle = and_(of.state.in_(("accepted", "running")), of.accepted_at < before, of.lease_until < before)
    query = select(of.id, of.name, of.state, of.code).where(or_(of.state == "failed", idle)).order_by(of.id).limit(MOST)
    return [Stuck(*row) for row in connection.execute(query)]


def stuck_sent(connection: Connection) -> Sequence[Stuck]:
    """Of the newest batches that went out those with a part that is dead or of which nobody knows."""
    newest = select(BATCH_SENT.c.message_id, BATCH_SENT.c.name).order_by(BATCH_SENT.c.message_id.desc()).limit(_NEWEST).subquery()
    query = (
        select(newest.c.message_id, newest.c.name, func.min(DELIVERY.c.state), func.min(DELIVERY.c.code))
        .join(DELIVERY, DELIVERY.c.message_id == newest.c.message_id)
        .where(DELIVERY.c.state.in_(("dead", "unknown")))
        .group_by(newest.c.message_id, newest.c.name)
        .order_by(newest.c.message_id)
        .limit(MOST)
    )
    return [Stuck(*row) for row in connection.execute(query)]
