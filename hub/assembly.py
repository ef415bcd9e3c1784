"""Assembly: settings and what was found by folder become a machine. The wiring stands here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from hub.backends.claims_files import ClaimsFiles
from hub.backends.clock_system import SystemClock
from hub.backends.keyring_files import KeyringFiles, create_keys
from hub.backends.log_tap import LogTap
from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.backends.spoke_directory import SpokeDirectoryCached
from hub.backends.sql.batches import BatchStoreSql
from hub.backends.sql.engine import check_safe, open_engine
from hub.backends.sql.migrate import upgrade
from hub.backends.sql.queries import QueryStoreSql
from hub.backends.sql.registry import SpokeRegistrySql
from hub.backends.sql.sending import SendingStoreSql
from hub.backends.sql.store import MessageStoreSql
from hub.cases.due import due_by
from hub.contract.adapter import Adapter
from hub.contract.basis import Basis
from hub.discovery import Found, discover, schema_roots
from hub.pipeline.machine import Machine, Retry
from hub.ports.meter import NO_METER, Meter
from hub.ports.spoke_registry import NewSpoke, Place
from hub.reference.calendar import chinese_working_calendar
from hub.reference.division_files import load_divisions
from hub.settings import Settings


class NotReady(Exception):
    """The hub cannot start; the text says every fault and what to do."""


def initialise(settings: Settings) -> dict[str, str]:
    """Make home, keys and database; register unknown spokes. Returns the secrets that were made, by spoke name.

    Repeatable: what exists is left as it is. Secrets are also written to ``keys/spokes/<name>`` (0600).
    """
    home = settings.home
    for folder in (home, home / "run", home / "data", home / "claims"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    create_keys(home / "keys")
    engine = open_engine(settings.store_url)
    try:
        upgrade(engine)
        registry = SpokeRegistrySql(engine, SystemClock())
        made = {s.name: secret for s in map(_new_spoke, settings.spokes) if (secret := registry.add(s))}
    finally:
        engine.dispose()
    for name, secret in made.items():
        write_secret(home, name, secret)
    return made


def write_secret(home: Path, name: str, secret: str) -> Path:
    """Keep a spoke's secret where only the owner reads it, to be handed over once."""
    folder = home / "keys" / "spokes"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / name
    file.touch(mode=0o600)
    file.write_text(secret, encoding="ascii")
    return file


def _new_spoke(spoke: object) -> NewSpoke:
    of = spoke.model_dump()  # type: ignore[attr-defined]
    places = tuple(Place(prefix) for prefix in of["places"])
    return NewSpoke(of["name"], of["title"], of["system"], tuple(of["sends"]), tuple(of["receives"]), places, of["push_url"],
                    tuple(of["asks"]), of["speaks"])  # fmt: skip


def plugged_in(settings: Settings, adapters: Iterable[Adapter]) -> Iterator[Adapter]:
    """The systems that an engine connects to: those that take or bring messages, and those that the settings name."""
    return (a for a in adapters if a.operations or a.feeds or a.name in settings.adapters)


def open_store(settings: Settings) -> Engine:
    """The store's engine, checked. Raises `NotReady` when it was never initialised."""
    engine = open_engine(settings.store_url)
    check_safe(engine)
    if not (settings.home / "keys" / "kek").exists():
        raise NotReady("keys are missing: run 'pophub init' first")
    upgrade(engine)
    return engine


def find(settings: Settings) -> Found:
    """What stands in the folders. Raises `NotReady` with every fault."""
    found = discover(settings.folders)
    if found.faults:
        raise NotReady("\n".join(found.faults))
    return found


def machine(settings: Settings, found: Found, role: str, on_fatal: Callable[[str], None], meter: Meter = NO_METER) -> Machine:
    """The machine of one process. Opens the store; threads start here, so call it after any fork."""
    engine = open_store(settings)
    clock, divisions, calendar = SystemClock(), load_divisions(), chinese_working_calendar()
    keyring = KeyringFiles(settings.home / "keys", engine)

    def places(code: str) -> tuple[str, ...]:
        heir = divisions.successor(code, (datetime.now(UTC) + timedelta(hours=8)).date())
        return (code,) if heir in (None, code) else (code, str(heir))

    store = MessageStoreSql(engine, clock, keyring, role, on_fatal, meter)
    return Machine(
        store=store,
        queries=QueryStoreSql(engine, store.submit),
        batches=BatchStoreSql(engine, clock, store.submit),
        sending=SendingStoreSql(engine, store.submit),
        claims=ClaimsFiles(settings.home / "claims", keyring),
        keyring=keyring,
        schemas=LxmlSchemaRegistry(schema_roots(settings.folders)),
        directory=SpokeDirectoryCached(SpokeRegistrySql(engine, clock), places),
        clock=clock,
        tap=LogTap(),
        catalogue=found.catalogue,
        due=partial(due_by, calendar),
        synthetic_only=settings.profile == "legacy",
        basis={name: _basis(value) for name, value in settings.basis.items()},
        retry=Retry(settings.retry_first_seconds, settings.retry_cap_seconds),
        answer_timeout=settings.answer_timeout_seconds,
        meter=meter,
        caps={
            q.name: replace(q.caps, **settings.caps[q.name].model_dump(exclude_none=True))
            for q in found.catalogue.queries.values()
            if q.name in settings.caps
        },
    )


def engine_of(machine: Machine) -> Engine:
    """The database engine under a machine's store, for reads beside it."""
    store = machine.store
    if not isinstance(store, MessageStoreSql):
        raise TypeError("only the SQL store has an engine")
    return store.engine


def _basis(value: object) -> Basis:
    of = value.model_dump()  # type: ignore[attr-defined]
    return Basis(
        of["legal_document_no"], of["purpose"], of["approving_body"], of["retention_days"], of["review_date"], of["valid_from"],
        tuple(of["fields"]),
    )  # fmt: skip
