"""Reading a system's database: over a connection that cannot write, bounded in time, whichever of three databases it is."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

_STEPS: Final = 20_000
"""SQLite looks at the clock after so many of its instructions."""


def reading(settings: Mapping[str, str]) -> Engine:
    """An engine that cannot write, of the settings ``url`` (SQLAlchemy's: SQLite file, PostgreSQL with psycopg, Oracle with oracledb),
    ``connect_timeout`` and ``statement_timeout`` (seconds) and ``connections`` (the most at once). Nothing is opened yet.
    """
    url = make_url(settings["url"])
    pool = {"pool_size": int(settings["connections"]), "max_overflow": 0, "pool_timeout": float(settings["connect_timeout"])}
    seconds, wait = int(settings["statement_timeout"]), int(settings["connect_timeout"])
    match url.get_backend_name():
        case "sqlite":
            return _sqlite(url, seconds, wait, pool)
        case "postgresql":
            options = f"-c default_transaction_read_only=on -c statement_timeout={seconds * 1000}"
            return create_engine(url, pool_pre_ping=True, connect_args={"options": options, "connect_timeout": wait}, **pool)
        case _:
            return _oracle(url, seconds, wait, pool)


def _sqlite(url: URL, seconds: int, wait: int, pool: Mapping[str, Any]) -> Engine:
    address = f"{Path(str(url.database)).resolve().as_uri()}?mode=ro"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=wait, check_same_thread=False)

    def limit(raw: Any) -> None:
        end = time.monotonic() + seconds
        raw.driver_connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)

    engine = create_engine("sqlite://", creator=connect, **pool, poolclass=QueuePool)
    event.listen(engine, "before_cursor_execute", lambda connection, *_: limit(connection.connection))
    return engine


def _oracle(url: URL, seconds: int, wait: int, pool: Mapping[str, Any]) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, connect_args={"tcp_connect_timeout": wait}, **pool)

    def prepare(raw: Any, _record: object) -> None:
        raw.call_timeout = seconds * 1000

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("SET TRANSACTION READ ONLY"))
    return engine
