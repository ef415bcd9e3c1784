"""Gather what is proved from the settings: folders, schemas, and the spokes of the store where there is one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from hub.backends.clock_system import SystemClock
from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.backends.sql.engine import UnsafeStore, open_engine
from hub.backends.sql.migrate import is_current
from hub.backends.sql.registry import SpokeRegistrySql
from hub.control_bus.check.subject import Subject
from hub.discovery import discover, schema_roots
from hub.ports.spoke_registry import Place, Spoke
from hub.reference.division_files import load_divisions
from hub.settings import Settings, SpokeSettings

Notes = tuple[tuple[str, str], ...]


def gather(settings: Settings) -> tuple[Subject, Notes]:
    """The subject and notes on what could not be had. Changes nothing: a store that is not there is not made."""
    found = discover(settings.folders)
    roots = schema_roots(settings.folders)
    registered, notes = _registered(settings)
    known = {s.name for s in registered}
    planned = tuple(as_spoke(s) for s in settings.spokes if s.name not in known)
    subject = Subject(
        catalogue=found.catalogue, folders=dict(found.folders), unloadable=tuple(found.faults), roots=roots,
        schemas=LxmlSchemaRegistry(roots), settings=settings, divisions=load_divisions(), today=today(),
        spokes=(*registered, *planned), registered=frozenset(known),
    )  # fmt: skip
    return subject, (*notes, *_changed(settings, registered))


def today() -> date:
    """The day in +08:00."""
    return (datetime.now(UTC) + timedelta(hours=8)).date()


def store_exists(settings: Settings) -> bool:
    """Whether there is something to open; a database server is taken to be there."""
    url = make_url(settings.store_url)
    return url.get_backend_name() != "sqlite" or bool(url.database and Path(url.database).is_file())


def _registered(settings: Settings) -> tuple[tuple[Spoke, ...], Notes]:
    if not store_exists(settings):
        return (), (
            ("尚无数据库：只检查了 pophub.toml 中的接入方。", "no database yet: only the spokes of pophub.toml were looked at."),
        )
    try:
        engine = open_engine(settings.store_url)
        try:
            if not is_current(engine):
                return (), (
                    ("数据库不是当前版本：请先运行 pophub init。", "the database is not at this version: run 'pophub init' first."),
                )
            return tuple(SpokeRegistrySql(engine, SystemClock()).all()), ()
        finally:
            engine.dispose()
    except (SQLAlchemyError, UnsafeStore, OSError) as fault:
        kind = type(fault).__name__
        return (), (
            (
                f"数据库无法读取（{kind}）：只检查了 pophub.toml。",
                f"the database cannot be read ({kind}): only pophub.toml was looked at.",
            ),
        )


def as_spoke(given: SpokeSettings) -> Spoke:
    """A spoke of the settings in the form of the registry; it has no secret yet."""
    return Spoke(
        name=given.name, title=given.title, system=given.system, secret_hash=b"", enabled=True, push_url=given.push_url,
        sends=frozenset(given.sends), receives=frozenset(given.receives), asks=frozenset(given.asks), places=tuple(Place(p) for p in given.places),
        speaks=given.speaks,
    )  # fmt: skip


def _changed(settings: Settings, registered: tuple[Spoke, ...]) -> Notes:
    """Spokes whose settings say other than the store: the store wins, and the operator should know."""
    stored = {s.name: s for s in registered}
    names = [
        s.name for given in settings.spokes if (s := stored.get(given.name)) and _essence(as_spoke(given)) != _essence(s)
    ]  # fmt: skip
    return tuple(
        (f"接入方 {n} 的设置与数据库不同，以数据库为准。", f"spoke {n}: the settings differ from the store, which wins.")
        for n in names
    )


def _essence(spoke: Spoke) -> tuple[object, ...]:
    places = frozenset(p.prefix for p in spoke.places)
    return spoke.title, spoke.system, spoke.sends, spoke.receives, spoke.asks, places, spoke.push_url, spoke.speaks
