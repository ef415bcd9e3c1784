"""Statements compiled once per connection and run on the driver's own cursor with plain rows.

SQLAlchemy Core writes the SQL for every dialect; what is left out is only its work per execution (parameter dictionaries,
bind processors, result objects), which cost several times what the database did. Rows hold what every driver takes as it is:
int, str, bytes, None.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam
from sqlalchemy.sql import ClauseElement

Row = dict[str, Any]
SelectIn = Callable[[list[Any]], Select[Any]]
"""Makes a select for a list of bind parameters, to stand in an IN."""


class Prepared:
    """One statement for one dialect."""

    def __init__(self, connection: Connection, statement: ClauseElement, columns: Sequence[str] | None = None) -> None:
        compiled: Any = statement.compile(dialect=connection.dialect, column_keys=columns)
        self.sql = str(compiled)
        wanted = set(columns or ())
        fixed = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required and name not in wanted}
        self.shape = _shape(compiled.positiontup if compiled.positional else None, fixed)


def _shape(names: Sequence[str] | None, fixed: Row) -> Callable[[Row], Any]:
    """How a row becomes the driver's parameters: a tuple in the order of the placeholders, or a mapping."""
    if names is None:
        return lambda row: {**fixed, **row}
    if not names:
        return lambda _row: ()
    if len(names) == 1:
        return lambda row: ({**fixed, **row}[names[0]],)
    pick = itemgetter(*names)
    return (lambda row: pick({**fixed, **row})) if fixed else pick


class Statements:
    """The prepared statements of one connection, made when first used, and its transactions.

    The connection is this object's alone: SQLAlchemy knows nothing of what is begun here. Drivers begin by themselves at the
    first statement, but for SQLite, where a transaction that will write must say so first or fail later.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._made: dict[object, Prepared] = {}
        self._driver: Any = connection.connection.driver_connection
        self._cursor: Any = connection.connection.cursor()
        self._begin = "BEGIN IMMEDIATE" if connection.dialect.name == "sqlite" else None

    def begin(self) -> None:
        """Begin a transaction that writes."""
        if self._begin:
            self._cursor.execute(self._begin)

    def commit(self) -> None:
        """Commit; when this raises, whether the transaction is on disk is not known."""
        self._driver.commit()

    def rollback(self) -> None:
        """Undo."""
        self._driver.rollback()

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows that all have the same columns."""
        if table not in self._made:
            self._made[table] = Prepared(self._connection, table.insert(), list(rows[0]))
        made = self._made[table]
        self._cursor.executemany(made.sql, [made.shape(row) for row in rows])

    def run(self, statement: ClauseElement, rows: Sequence[Row]) -> int:
        """Run a statement that changes something for rows of bind values; the number of rows changed."""
        made = self._prepared(statement)
        self._cursor.executemany(made.sql, [made.shape(row) for row in rows])
        return int(self._cursor.rowcount)

    def select(self, statement: Select[Any], row: Row) -> list[tuple[Any, ...]]:
        """All rows of a select."""
        made = self._prepared(statement)
        self._cursor.execute(made.sql, made.shape(row))
        return list(self._cursor.fetchall())

    def select_in(self, make: SelectIn, values: Collection[Any]) -> list[tuple[Any, ...]]:
        """All rows of a select with an IN list; lists are padded to a power of two, so that few statements are compiled."""
        wanted = list(values)
        if not wanted:
            return []
        size = 1 << (len(wanted) - 1).bit_length()
        key = (make, size)
        if key not in self._made:
            self._made[key] = Prepared(self._connection, make([bindparam(f"v{n}") for n in range(size)]))
        padded = wanted + wanted[-1:] * (size - len(wanted))
        made = self._made[key]
        self._cursor.execute(made.sql, made.shape({f"v{n}": value for n, value in enumerate(padded)}))
        return list(self._cursor.fetchall())

    def _prepared(self, statement: ClauseElement) -> Prepared:
        if statement not in self._made:
            self._made[statement] = Prepared(self._connection, statement)
        return self._made[statement]
