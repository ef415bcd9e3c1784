"""Opening a database so that the promise holds: log flushed at commit, foreign keys on, writers queued fairly.

Refuses unsafe settings at start instead of running with them.
"""

from __future__ import annotations

import fcntl
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

_PRAGMAS = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}


class UnsafeStore(Exception):
    """The database is not set so that an acknowledged message survives."""


def open_engine(url: str) -> Engine:
    """An engine for the store URL. SQLite: WAL, synchronous=FULL, foreign keys, explicit BEGIN. Creates the folder."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, pool_size=16)
    if not parsed.database or parsed.database == ":memory:":
        raise UnsafeStore("a file is needed: an in-memory database cannot keep what it acknowledges")
    Path(parsed.database).resolve().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, pool_size=16, max_overflow=64, connect_args={"timeout": 10, "check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(raw: Any, _record: object) -> None:
    raw.isolation_level = None
    cursor = raw.cursor()
    for pragma, value in _PRAGMAS.items():
        cursor.execute(f"PRAGMA {pragma}={value}")
        found = cursor.execute(f"PRAGMA {pragma}").fetchone()
        if str(found[0]).lower() != value:
            raise UnsafeStore(f"PRAGMA {pragma} is {found[0]}, must be {value}")
    cursor.execute("PRAGMA cache_size=-16000")
    cursor.execute("PRAGMA wal_autocheckpoint=4000")
    cursor.close()


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def check_safe(engine: Engine) -> None:
    """Raises `UnsafeStore` when the server would acknowledge before its log is on disk."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            for name, wanted in (("fsync", {"on"}), ("full_page_writes", {"on"}), ("synchronous_commit", {"on", "remote_apply"})):
                found = connection.execute(text(f"SHOW {name}")).scalar_one()
                if found not in wanted:
                    raise UnsafeStore(f"{name} is {found}, must be {' or '.join(sorted(wanted))}")


class Gate:
    """Lets the writers of this machine's processes take turns on one SQLite file without busy-waiting (flock)."""

    def __init__(self, engine: Engine) -> None:
        path = f"{engine.url.database}.gate" if engine.dialect.name == "sqlite" else None
        self._fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600) if path else None
        if self._fd is not None:
            weakref.finalize(self, os.close, self._fd)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the writers' turn."""
        if self._fd is None:
            yield
            return
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._fd, fcntl.LOCK_UN)
