"""Derived messages: what the hub sends of its own accord, a message like an earlier one, with the message that caused it."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from hub.backends.sql.tables import DERIVED, MESSAGE, MESSAGE_BODY, SEARCH_KEY
from hub.backends.sql.writer import Transaction
from hub.contract.message import show_hub_id
from hub.ports.records import NewMessage

_LIKE = select(MESSAGE.c.content_digest, MESSAGE.c.received_digest).where(MESSAGE.c.id == bindparam("like"))
_FOUND_BY = select(SEARCH_KEY.c.name, SEARCH_KEY.c.hash).where(SEARCH_KEY.c.message_id == bindparam("like"))


def derive(tx: Transaction, new: NewMessage, case_id: int | None) -> None:
    """Insert the message: planned at once, in the lane of its cause, found by the same search keys as the one it is like."""
    like, cause = new.like, new.cause
    ((content, received),) = tx.select(_LIKE, {"like": like.id})
    tx.insert(MESSAGE, {
        "id": new.id, "channel": like.channel, "version": like.version, "sender": like.sender, "from_system": like.from_system,
        "from_div": like.from_div, "from_user": like.from_user, "test": int(like.test), "lane_id": cause.lane_id,
        "lane_no": cause.lane_no, "accepted_at": tx.now, "state": "planned", "code": None, "case_id": case_id,
        "correlation_hash": None, "content_digest": content, "received_digest": received,
    })  # fmt: skip
    tx.insert(MESSAGE_BODY, {
        "message_id": new.id, "received_key": new.received.key_id, "received": new.received.data,
        "canonical_key": new.canonical.key_id, "canonical": new.canonical.data,
    })  # fmt: skip
    tx.insert(DERIVED, {"message_id": new.id, "cause_id": cause.id})
    for name, hash_ in tx.select(_FOUND_BY, {"like": like.id}):
        tx.insert(SEARCH_KEY, {"name": name, "hash": hash_, "message_id": new.id})
    tx.audit("engine", "derive", show_hub_id(new.id), show_hub_id(cause.id))
