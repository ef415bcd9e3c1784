"""The database: reachable, safe at commit, at this build's version, and not ahead of the clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from hub.backends.sql.engine import UnsafeStore, check_safe, open_engine
from hub.backends.sql.migrate import is_current
from hub.backends.sql.tables import MESSAGE
from hub.control_bus.check.gather import store_exists
from hub.control_bus.diagnosis.finding import Finding
from hub.settings import Settings

_INIT = "请运行 pophub init。 Run 'pophub init'."
_WAL_LARGE = 256 * 1024 * 1024
_SLACK_MS = 5000
_SHOWN = ("journal_mode", "synchronous", "foreign_keys")


def store(settings: Settings) -> Iterator[Finding]:
    """What an acknowledged message depends on."""
    if not store_exists(settings):
        yield Finding("fail", "store", "尚无数据库。", "there is no database yet.", _INIT)
        return
    try:
        engine = open_engine(settings.store_url)
        try:
            yield from _opened(engine)
        finally:
            engine.dispose()
    except UnsafeStore as fault:
        yield Finding(
            "fail",
            "store",
            f"设置不安全：{fault}。",
            "it would lose what it acknowledged.",
            "请改正数据库设置。 Correct its settings.",
        )
    except SQLAlchemyError as fault:
        yield Finding(
            "fail",
            "store",
            f"无法访问：{type(fault).__name__}。",
            "it cannot be reached.",
            "请检查 store 设置与数据库服务。 Check the setting and the server.",
        )


def _opened(engine: Engine) -> Iterator[Finding]:
    check_safe(engine)
    yield Finding("ok", "store", f"可用且提交即落盘：{_settings(engine)}。", "reachable, and safe at commit.")
    if is_current(engine):
        yield Finding("ok", "migration", "数据库为当前版本。", "the database is at this build's version.")
        yield from _clock(engine)
    else:
        yield Finding("fail", "migration", "数据库不是当前版本。", "the database is not at this build's version.", _INIT)
    wal = Path(f"{engine.url.database}-wal")
    if engine.dialect.name == "sqlite" and wal.exists() and wal.stat().st_size > _WAL_LARGE:
        yield Finding(
            "warn",
            "store",
            f"WAL 文件 {wal.stat().st_size >> 20} MiB。",
            "the write-ahead log is large.",
            "是否有长时间不关闭的读取？ Is a reader left open?",
        )


def _settings(engine: Engine) -> str:
    if engine.dialect.name != "sqlite":
        return engine.dialect.name
    with engine.connect() as connection:
        return ", ".join(f"{name}={connection.execute(text(f'PRAGMA {name}')).scalar_one()}" for name in _SHOWN)


def _clock(engine: Engine) -> Iterator[Finding]:
    """The newest message was not accepted in the future."""
    with engine.connect() as connection:
        last = connection.execute(select(MESSAGE.c.accepted_at).order_by(MESSAGE.c.id.desc()).limit(1)).scalar_one_or_none()
    ahead = (last or 0) - time.time() * 1000
    if ahead > _SLACK_MS:
        yield Finding(
            "fail",
            "clock",
            f"系统时钟比最近受理的报文早 {ahead / 1000:.0f} 秒。",
            "the clock is behind the newest message.",
            "请校时。 Set the clock.",
        )
