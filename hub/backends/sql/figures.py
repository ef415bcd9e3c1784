"""What waits in the store, for the figures: counts and the oldest, by indexed reads that grow with the queue, not the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, bindparam, func, select

from hub.backends.sql.tables import DELIVERY, FEED_CURSOR, MESSAGE

WAITING = ("queued", "claimed", "released", "pending")
SYSTEM = "system:"
HOLDING = ("dead", "unknown")

_NEXT_OUTLET = select(func.min(DELIVERY.c.outlet)).where(DELIVERY.c.outlet > bindparam("after"))
_OF_OUTLET = select(func.count(), func.min(DELIVERY.c.id)).where(
    DELIVERY.c.outlet == bindparam("outlet"), DELIVERY.c.state == bindparam("state")
)
_CREATED = select(DELIVERY.c.created_at).where(DELIVERY.c.id == bindparam("delivery"))
_HELD = select(func.count()).select_from(
    select(DELIVERY.c.lane_id, DELIVERY.c.recipient)
    .where(DELIVERY.c.outlet == bindparam("outlet"), DELIVERY.c.state.in_(HOLDING), DELIVERY.c.lane_id.is_not(None))
    .distinct()
    .subquery()
)
_TICKETS = select(func.count()).where(
    DELIVERY.c.outlet == bindparam("outlet"), DELIVERY.c.state == "pending", DELIVERY.c.ticket.is_not(None)
)
_UNPLANNED = select(func.count(), func.min(MESSAGE.c.id)).where(MESSAGE.c.state == "accepted")
_ACCEPTED_AT = select(MESSAGE.c.accepted_at).where(MESSAGE.c.id == bindparam("message"))
_DEAD = select(func.count(MESSAGE.c.lane_id.distinct())).where(MESSAGE.c.state == "dead")


@dataclass(frozen=True, slots=True)
class Queue:
    """So many wait, the oldest since ``oldest`` (UTC ms; None when none waits)."""

    number: int
    oldest: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """``deliveries`` by (outlet, state), ``held`` lanes by outlet (``plan``: by a message whose rules failed), ``feeds`` moved at; ``tickets`` that wait for a system's word, by system."""

    unplanned: Queue
    deliveries: dict[tuple[str, str], Queue]
    held: dict[str, int]
    feeds: dict[tuple[str, str], int]
    tickets: dict[str, int] = field(default_factory=dict)


def standing(engine: Engine) -> Standing:
    """Read it all, in one read transaction."""
    with engine.connect() as connection:
        number, oldest = connection.execute(_UNPLANNED).one()
        since = connection.execute(_ACCEPTED_AT, {"message": oldest}).scalar_one_or_none() if number else None
        outlets = list(_outlets(connection))
        held = {outlet: int(connection.execute(_HELD, {"outlet": outlet}).scalar_one()) for outlet in outlets}
        return Standing(
            Queue(number, since),
            {(outlet, state): _queue(connection, outlet, state) for outlet in outlets for state in WAITING},
            {**held, "plan": int(connection.execute(_DEAD).scalar_one())},
            {(row.adapter, row.feed): row.at for row in connection.execute(select(FEED_CURSOR))},
            {
                outlet.removeprefix(SYSTEM): int(connection.execute(_TICKETS, {"outlet": outlet}).scalar_one())
                for outlet in outlets
                if outlet.startswith(SYSTEM)
            },
        )


def _outlets(connection: Connection) -> Iterator[str]:
    """Every outlet that ever had a delivery: one index step each."""
    outlet = connection.execute(_NEXT_OUTLET, {"after": ""}).scalar_one()
    while outlet is not None:
        yield outlet
        outlet = connection.execute(_NEXT_OUTLET, {"after": outlet}).scalar_one()


def _queue(connection: Connection, outlet: str, state: str) -> Queue:
    number, oldest = connection.execute(_OF_OUTLET, {"outlet": outlet, "state": state}).one()
    since = connection.execute(_CREATED, {"delivery": oldest}).scalar_one_or_none() if number else None
    return Queue(number, since)
