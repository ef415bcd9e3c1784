"""Statements over many keys: one for each so many, since no database takes a list without end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Select, bindparam

MOST: Final = 500
"""Keys in one IN list; Oracle takes 1000."""
KEYS: Final[BindParameter[Any]] = bindparam("keys", expanding=True)


def by_key(connection: Connection, statement: Select[Any], keys: Collection[str]) -> Mapping[str, Sequence[Any]]:
    """The rows of a statement over `KEYS`, under the value of their first column; an empty list where there is none."""
    found: dict[str, list[Any]] = defaultdict(list)
    for part in parts(sorted(keys)):
        for row in connection.execute(statement, {KEYS.key: part}):
            found[row[0]].append(row)
    return found


def parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Slices of at most `MOST`."""
    return (keys[start : start + MOST] for start in range(0, len(keys), MOST))
