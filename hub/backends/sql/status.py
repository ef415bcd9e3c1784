"""`hub.ports.message_status.MessageStatus` on the store's tables."""

from __future__ import annotations

from sqlalchemy import Engine, bindparam, select

from hub.backends.sql.tables import DELIVERY, MESSAGE, RECEIPT
from hub.ports.message_status import DeliveryStatus, Status

_MESSAGE = (
    select(MESSAGE.c.sender, MESSAGE.c.channel, MESSAGE.c.state, MESSAGE.c.accepted_at, RECEIPT.c.jws)
    .outerjoin(RECEIPT, RECEIPT.c.message_id == MESSAGE.c.id)
    .where(MESSAGE.c.id == bindparam("m"))
)
_DELIVERIES = (
    select(DELIVERY.c.recipient, DELIVERY.c.state, DELIVERY.c.attempts, DELIVERY.c.code)
    .where(DELIVERY.c.message_id == bindparam("m"))
    .order_by(DELIVERY.c.id)
)


class MessageStatusSql:
    """One query for the message, one for its deliveries."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, message: int) -> Status | None:
        """The state of a message, None for an unknown id."""
        with self._engine.connect() as connection:
            row = connection.execute(_MESSAGE, {"m": message}).first()
            if row is None:
                return None
            sent = tuple(DeliveryStatus(*d) for d in connection.execute(_DELIVERIES, {"m": message}))
        return Status(row.sender, row.channel, row.state, row.accepted_at, row.jws, sent)
