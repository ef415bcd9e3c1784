"""The floor's store: one SQLite file (WAL, synchronous FULL), one writing thread, group commit of whatever is queued."""

from __future__ import annotations

import asyncio
import sqlite3
import threading

_LINGER = 0.02
"""Seconds after which status updates are committed without an insert beside them."""


class FloorStore:
    """Insert before the acknowledgement, status update after the delivery. Made inside the running loop."""

    def __init__(self, path: str) -> None:
        self._path, self._loop = path, asyncio.get_running_loop()
        self._inserts: list[tuple[bytes, asyncio.Future[int]]] = []
        self._updates: list[tuple[int]] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._run, daemon=True).start()

    def put(self, body: bytes) -> asyncio.Future[int]:
        """Queue a message; the future gives its id after the commit."""
        future: asyncio.Future[int] = self._loop.create_future()
        with self._changed:
            self._inserts.append((body, future))
            self._changed.notify()
        return future

    def delivered(self, number: int) -> None:
        """Queue the status update."""
        with self._changed:
            self._updates.append((number,))

    def _take(self) -> tuple[list[tuple[bytes, asyncio.Future[int]]], list[tuple[int]]]:
        with self._changed:
            while not self._inserts:
                if not self._changed.wait(_LINGER) and self._updates:
                    break
            inserts, self._inserts = self._inserts, []
            updates, self._updates = self._updates, []
        return inserts, updates

    def _run(self) -> None:
        db = sqlite3.connect(self._path, isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE message(id INTEGER PRIMARY KEY, state INTEGER NOT NULL, body BLOB NOT NULL)")
        while True:
            inserts, updates = self._take()
            db.execute("BEGIN IMMEDIATE")
            ids = [db.execute("INSERT INTO message(state, body) VALUES (0, ?)", (body,)).lastrowid or 0 for body, _ in inserts]
            if updates:
                db.executemany("UPDATE message SET state = 1 WHERE id = ?", updates)
            db.execute("COMMIT")
            self._loop.call_soon_threadsafe(_finish, [future for _, future in inserts], ids)


def _finish(futures: list[asyncio.Future[int]], ids: list[int]) -> None:
    for future, number in zip(futures, ids, strict=True):
        if not future.done():
            future.set_result(number)
