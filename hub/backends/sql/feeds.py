"""Feed cursors, moved in the transaction that accepts what the feed brought."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, update

from hub.backends.sql.tables import FEED_CURSOR
from hub.backends.sql.writer import Transaction
from hub.ports.records import FeedMark

_MOVE = (
    update(FEED_CURSOR)
    .where(FEED_CURSOR.c.adapter == bindparam("a"), FEED_CURSOR.c.feed == bindparam("f"))
    .values(cursor=bindparam("c"), at=bindparam("t"))
)
_FIRST = FEED_CURSOR.insert()


def move_cursor(tx: Transaction, mark: FeedMark) -> None:
    """Set the cursor; the last call in a transaction wins."""
    if tx.run(_MOVE, {"a": mark.adapter, "f": mark.feed, "c": mark.cursor, "t": tx.now}) == 0:
        tx.run(_FIRST, {"adapter": mark.adapter, "feed": mark.feed, "cursor": mark.cursor, "at": tx.now})


def mark_feed(tx: Transaction, items: Sequence[FeedMark]) -> Sequence[None]:
    """Move cursors past pages that brought nothing to accept."""
    for item in items:
        move_cursor(tx, item)
    return [None] * len(items)
