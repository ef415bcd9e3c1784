"""Loading people from JSON Lines: everything or nothing, and loading the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, bindparam, create_engine, delete, event, inspect, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from adapters.register import settings
from adapters.register.loader.entries import Entry, read
from adapters.register.loader.growth import make_tables
from adapters.register.loader.rows import KIN_ROWS, person
from adapters.register.settings import RegisterAwayError
from adapters.register.tables import KIN, PERSON
from hub.contract.lookup import BadLine, Loaded
from hub.transports.database import reading

CHUNK: Final = 500
MOST_BAD: Final = 1000
"""So many bad lines are told of; a file with more is no register file."""
_LONGEST: Final = 1024 * 1024
_KNOWN: Final = select(PERSON.c.person_id, PERSON.c.digest).where(PERSON.c.person_id.in_(bindparam("ids", expanding=True)))


def load(given: Mapping[str, str], file: Path, dry_run: bool) -> Loaded:
    """Implements `hub.contract.lookup.Loader`: reads the whole file, then writes it in one transaction.

    Raises OSError when the file cannot be read or the register not be opened, ValueError for unusable settings.
    """
    values = settings.read(given)
    lines, entries, bad = _read(file)
    if bad:
        return Loaded(lines, bad=tuple(bad))
    try:
        return _dry(values, entries) if dry_run else _write(values, entries)
    except SQLAlchemyError as fault:
        raise RegisterAwayError(f"register: {type(fault).__name__}") from None


def _read(file: Path) -> tuple[int, dict[str, Entry], list[BadLine]]:
    entries: dict[str, Entry] = {}
    bad: list[BadLine] = []
    number = 0
    with file.open("rb") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(_LONGEST + 1), b""), 1):
            if not line.strip():
                continue
            found = BadLine(number, "too-long") if len(line) > _LONGEST else read(number, line)
            if isinstance(found, dict) and found["personId"] in entries:
                found = BadLine(number, "twice", "personId")
            if isinstance(found, BadLine):
                bad.append(found)
                if len(bad) >= MOST_BAD:
                    break
            else:
                entries[found["personId"]] = found
    return number, entries, bad


def _write(values: Mapping[str, str], entries: Mapping[str, Entry]) -> Loaded:
    engine = _writing(values)
    try:
        with engine.begin() as connection:
            make_tables(connection, lambda kept: _replace(connection, [person(one) for one in kept.values()], list(kept), kept))
            return _apply(connection, entries, write=True)
    finally:
        engine.dispose()


def _writing(values: Mapping[str, str]) -> Engine:
    """An engine for loading. A SQLite file is made, for the owner alone, when it is not there."""
    url = make_url(values["url"])
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
    engine = create_engine(url)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA journal_mode=wal").close())
    return engine


def _dry(values: Mapping[str, str], entries: Mapping[str, Entry]) -> Loaded:
    engine = reading(values)
    try:
        with engine.connect() as connection:
            if inspect(connection).has_table(PERSON.name):
                return _apply(connection, entries, write=False)
    except SQLAlchemyError:
        if engine.dialect.name != "sqlite":
            raise
    finally:
        engine.dispose()
    return Loaded(len(entries), added=len(entries))


def _apply(connection: Connection, entries: Mapping[str, Entry], *, write: bool) -> Loaded:
    added = changed = same = 0
    for chunk in _chunks([person(entry) for entry in entries.values()]):
        known = {row.person_id: row.digest for row in connection.execute(_KNOWN, {"ids": [row["person_id"] for row in chunk]})}
        fresh = [row for row in chunk if known.get(row["person_id"]) != row["digest"]]
        old = [row["person_id"] for row in fresh if row["person_id"] in known]
        added, changed, same = added + len(fresh) - len(old), changed + len(old), same + len(chunk) - len(fresh)
        if write and fresh:
            _replace(connection, fresh, old, entries)
    return Loaded(len(entries), added, changed, same)


def _replace(connection: Connection, fresh: Sequence[Mapping[str, Any]], old: Sequence[str], entries: Mapping[str, Entry]) -> None:
    if old:
        for table, owner in (*KIN, (PERSON, PERSON.c.person_id)):
            connection.execute(delete(table).where(owner.in_(old)))
    connection.execute(PERSON.insert(), fresh)
    for table, rows_of in KIN_ROWS:
        if rows := [row for one in fresh for row in rows_of(entries[one["person_id"]])]:
            connection.execute(table.insert(), rows)


def _chunks(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
