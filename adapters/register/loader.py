"""Loading people from JSON Lines: everything or nothing, and loading the same file again changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from adapters.register import settings
from adapters.register.engine import reading, writing
from adapters.register.entries import Entry, read, roles
from adapters.register.keys import name_key, number_key
from adapters.register.reader import RegisterAwayError
from adapters.register.tables import METADATA, PERSON, ROLE
from hub.contract.lookup import BadLine, Loaded

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
    engine = writing(values)
    try:
        with engine.begin() as connection:
            METADATA.create_all(connection)
            return _apply(connection, entries, write=True)
    finally:
        engine.dispose()


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
    for chunk in _chunks([_person(entry) for entry in entries.values()]):
        known = {row.person_id: row.digest for row in connection.execute(_KNOWN, {"ids": [row["person_id"] for row in chunk]})}
        fresh = [row for row in chunk if known.get(row["person_id"]) != row["digest"]]
        old = [row["person_id"] for row in fresh if row["person_id"] in known]
        added, changed, same = added + len(fresh) - len(old), changed + len(old), same + len(chunk) - len(fresh)
        if write and fresh:
            _replace(connection, fresh, old, entries)
    return Loaded(len(entries), added, changed, same)


def _replace(connection: Connection, fresh: Sequence[Mapping[str, Any]], old: Sequence[str], entries: Mapping[str, Entry]) -> None:
    if old:
        connection.execute(delete(ROLE).where(ROLE.c.person_id.in_(old)))
        connection.execute(delete(PERSON).where(PERSON.c.person_id.in_(old)))
    connection.execute(PERSON.insert(), fresh)
    connection.execute(ROLE.insert(), [side for row in fresh for side in _sides(row["person_id"], entries[row["person_id"]])])


def _person(entry: Entry) -> Mapping[str, Any]:
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    number = entry.get("idNo")
    return {
        "person_id": entry["personId"], "name_key": name_key(entry["name"]), "number_key": number_key(number) if number else None,
        "hukou_div": entry["hukouDiv"], "residence_div": entry.get("residenceDiv"),
        "digest": hashlib.sha256(text.encode()).hexdigest(), "entry": text,
    }  # fmt: skip


def _sides(person: str, entry: Entry) -> Iterator[Mapping[str, str]]:
    for role in roles(entry):
        yield {
            "person_id": person, "side": role["side"], "managed_type": role["managedType"], "managed_div": role["managedDiv"],
            "record_status": role["recordStatus"], "update_time": role["updateTime"],
        }  # fmt: skip


def _chunks(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
