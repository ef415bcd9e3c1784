"""The store, read from outside while the hub writes it: how much is under way."""

from __future__ import annotations

import sqlite3
from pathlib import Path


class StoreView:
    """Counts rows through a connection of its own. Not for use by several threads."""

    def __init__(self, home: Path) -> None:
        self._connection = sqlite3.connect(f"file:{home / 'data' / 'pophub.db'}?mode=ro", uri=True, timeout=10)

    def under_way(self) -> int:
        """Deliveries to systems whose outcome is not settled: their messages are after TX1, they before TX3."""
        return self._count("SELECT count(*) FROM delivery WHERE recipient LIKE 'system:%' AND settled_at IS NULL")

    def unplanned(self) -> int:
        """Accepted messages that no rule has looked at yet."""
        return self._count("SELECT count(*) FROM message WHERE state = 'accepted'")

    def waiting(self) -> int:
        """Everything that is not at its end, mailboxes included."""
        return self.unplanned() + self._count("SELECT count(*) FROM delivery WHERE settled_at IS NULL")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _count(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])
