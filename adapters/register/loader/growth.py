"""Making the tables, and bringing those of an earlier form to the present one: from the entries that are kept whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, inspect, select
from sqlalchemy.schema import CreateColumn

from adapters.register.loader.entries import Entry
from adapters.register.loader.rows import FORM
from adapters.register.tables import METADATA, PERSON

_CHUNK: Final = 500
_OLDER: Final = (
    select(PERSON.c.person_id, PERSON.c.entry)
    .where(PERSON.c.person_id > bindparam("after"), ~PERSON.c.digest.startswith(FORM))
    .order_by(PERSON.c.person_id)
    .limit(_CHUNK)
)


def make_tables(connection: Connection, replace: Callable[[Mapping[str, Entry]], None]) -> None:
    """Make what is missing, in the caller's transaction; ``replace`` writes the rows of entries anew."""
    known = inspect(connection)
    grown = known.has_table(PERSON.name)
    if grown:
        there = {column["name"] for column in known.get_columns(PERSON.name)}
        for column in PERSON.columns:
            if column.name not in there:
                made = CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {PERSON.name} ADD {made}")
    METADATA.create_all(connection)
    if grown:
        for index in PERSON.indexes:
            index.create(connection, checkfirst=True)
        _remake(connection, replace)


def _remake(connection: Connection, replace: Callable[[Mapping[str, Entry]], None]) -> None:
    after = ""
    while rows := connection.execute(_OLDER, {"after": after}).all():
        replace({row.person_id: json.loads(row.entry) for row in rows})
        after = rows[-1].person_id
