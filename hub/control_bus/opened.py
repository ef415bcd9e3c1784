"""The store, opened for an operator: only where it was made before, at this build's version; nothing is migrated here."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from hub.backends.clock_system import SystemClock
from hub.backends.sql.engine import open_engine
from hub.backends.sql.migrate import is_current
from hub.backends.sql.operator_audit import record
from hub.control_bus.check.gather import store_exists
from hub.control_bus.refusals import Refused
from hub.settings import Settings

_INIT = "请先运行 pophub init。 Run 'pophub init' first."


@contextmanager
def opened(settings: Settings) -> Iterator[Engine]:
    """The engine of the store. Raises `Refused` when there is none, or one of another version."""
    if not store_exists(settings):
        raise Refused("尚无数据库。", "there is no database yet.", _INIT)
    engine = open_engine(settings.store_url)
    try:
        if not is_current(engine):
            raise Refused("数据库不是当前版本。", "the database is not at this build's version.", _INIT)
        yield engine
    finally:
        engine.dispose()


def put_on_record(engine: Engine, action: str, subject: str, result: str) -> None:
    """Audit an operator's act under the name of the system account; raises when it cannot be kept."""
    record(engine, SystemClock(), operator(), action, subject, result)


def operator() -> str:
    """Who is at the terminal: ``cli:<account>``."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError, ImportError):
        return f"cli:uid{os.getuid()}"
