"""Mailboxes: deliveries waiting for a spoke that fetches. In the mailbox = pending; acknowledged = delivered."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update

from hub.backends.sql.tables import DELIVERY, DELIVERY_BODY, MESSAGE, OBLIGATION
from hub.backends.sql.writer import Transaction
from hub.contract.message import show_hub_id
from hub.ports.mail import MailItem
from hub.ports.records import Sealed

_WAITING = (
    select(
        DELIVERY.c.id, DELIVERY.c.message_id, MESSAGE.c.channel, MESSAGE.c.version, MESSAGE.c.from_system,
        DELIVERY.c.effective_at, DELIVERY_BODY.c.body_key, DELIVERY_BODY.c.body,
        select(func.min(OBLIGATION.c.due_at)).where(OBLIGATION.c.delivery_id == DELIVERY.c.id).scalar_subquery().label("due_at"),
    )
    .join(DELIVERY_BODY, DELIVERY_BODY.c.delivery_id == DELIVERY.c.id)
    .join(MESSAGE, MESSAGE.c.id == DELIVERY.c.message_id)
    .where(
        DELIVERY.c.recipient == bindparam("spoke"), DELIVERY.c.state == "pending", DELIVERY.c.lease_until < bindparam("now")
    )
    .order_by(DELIVERY.c.id)
    .limit(bindparam("most"))
)  # fmt: skip
_LEASE = (
    update(DELIVERY).where(DELIVERY.c.id == bindparam("delivery")).values(owner=bindparam("who"), lease_until=bindparam("until"))
)
_ACKNOWLEDGE = (
    update(DELIVERY)
    .where(
        DELIVERY.c.message_id == bindparam("message"), DELIVERY.c.recipient == bindparam("spoke"),
        DELIVERY.c.state == "pending", DELIVERY.c.owner == bindparam("lease"),
    )
    .values(state="delivered", owner=None, lease_until=0, settled_at=bindparam("at"))
)  # fmt: skip
_SETTLED = select(DELIVERY.c.id).where(
    DELIVERY.c.message_id == bindparam("message"), DELIVERY.c.recipient == bindparam("spoke"), DELIVERY.c.state == "delivered"
)


class _Row(NamedTuple):
    """A row of `_WAITING`, in the order of its columns."""

    id: int
    message_id: int
    channel: str
    version: str
    from_system: str
    effective_at: int
    body_key: int
    body: bytes
    due_at: int | None


@dataclass(frozen=True, slots=True)
class Fetch:
    """A spoke asks for up to ``limit`` items, leased for ``lease_ms``."""

    spoke: str
    limit: int
    lease_ms: int


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A spoke has taken these (message id, lease). ``taken`` is filled with what no earlier acknowledgement had settled."""

    spoke: str
    items: tuple[tuple[int, str], ...]
    taken: list[int] = field(default_factory=list)


def fetch(tx: Transaction, items: Sequence[Fetch]) -> Sequence[Sequence[MailItem]]:
    """Lease what waits; an item under somebody's lease is not shown."""
    return [_fetch(tx, item) for item in items]


def _fetch(tx: Transaction, item: Fetch) -> list[MailItem]:
    wanted = {"spoke": f"spoke:{item.spoke}", "now": tx.now, "most": item.limit}
    rows = [_Row._make(row) for row in tx.select(_WAITING, wanted)]
    lease = secrets.token_hex(12)
    if rows:
        until = tx.now + item.lease_ms
        tx.run(_LEASE, *({"delivery": row.id, "who": lease, "until": until} for row in rows))
    return [
        MailItem(
            delivery=row.id, message=row.message_id, channel=row.channel, version=row.version, from_system=row.from_system,
            lease=lease, effective_at=row.effective_at, due_at=row.due_at, body=Sealed(row.body_key, bytes(row.body)),
        )
        for row in rows
    ]  # fmt: skip


def acknowledge(tx: Transaction, items: Sequence[Acknowledgement]) -> Sequence[Sequence[int]]:
    """Settle what was taken. An item acknowledged before counts as settled; a lost lease does not."""
    for item in items:
        item.taken.clear()
    return [[message for message, lease in item.items if _acknowledge(tx, item, message, lease)] for item in items]


def _acknowledge(tx: Transaction, item: Acknowledgement, message: int, lease: str) -> bool:
    spoke = item.spoke
    row = {"message": message, "spoke": f"spoke:{spoke}", "lease": lease, "at": tx.now}
    if tx.run(_ACKNOWLEDGE, row) == 1:
        tx.audit(spoke, "take", show_hub_id(message), "delivered")
        item.taken.append(message)
        return True
    return bool(tx.select(_SETTLED, {"message": message, "spoke": f"spoke:{spoke}"}))
