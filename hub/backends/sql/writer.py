"""One writer thread per process: group commit without linger. It commits what queued while the last commit ran.

An error inside a transaction rolls back and runs each item alone, so that one bad item never costs its neighbours.
An error *from the commit* means unknown, not failed: every caller is told so and the process stops itself.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, Table, Update
from sqlalchemy.sql import ClauseElement

from hub.backends.sql.chain import Chain, Heads
from hub.backends.sql.engine import Gate
from hub.backends.sql.prepared import SelectIn, Statements
from hub.backends.sql.tables import AUDIT, METADATA
from hub.contract.errors import BUSY, ServerError
from hub.ports.clock import Clock
from hub.ports.keyring import Keyring
from hub.ports.meter import Meter
from hub.ports.promise import Promise
from hub.ports.records import Conflict

MAX_GROUP = 512
_ORDER = {table.name: place for place, table in enumerate(METADATA.sorted_tables)}


class Transaction:
    """One group commit in the making: rows and updates queued per statement, the pending chain, the moment."""

    def __init__(self, statements: Statements, chain: Chain, now: int) -> None:
        self.chain, self.now = chain, now
        self._statements = statements
        self._rows: dict[Table, list[dict[str, Any]]] = {}
        self._updates: dict[str, tuple[Update, bool, list[dict[str, Any]]]] = {}

    def insert(self, table: Table, row: dict[str, Any]) -> None:
        """Queue a row; it is written by `flush`, parents before children."""
        self._rows.setdefault(table, []).append(row)

    def update(self, what: str, statement: Update, row: dict[str, Any], *, exact: bool = True) -> None:
        """Queue an update. With ``exact`` each must change one row, or the group is rolled back with ``Conflict(what)``."""
        self._updates.setdefault(what, (statement, exact, []))[2].append(row)

    def run(self, statement: ClauseElement, *rows: dict[str, Any]) -> int:
        """Run a statement now, before what is queued; the number of rows changed."""
        return self._statements.run(statement, rows)

    def select(self, statement: Select[Any], row: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Read inside the transaction."""
        return self._statements.select(statement, row)

    def select_in(self, make: SelectIn, values: Collection[Any]) -> list[tuple[Any, ...]]:
        """Read the rows whose column is one of the values."""
        return self._statements.select_in(make, values)

    def flush(self) -> None:
        """Write what is queued, one executemany per statement.

        Exact updates come first: they find out conflicts. Then rows, parents before children; then the other updates,
        which may point at those rows.
        """
        self._flush_updates(exact=True)
        for table in sorted(self._rows, key=lambda t: _ORDER[t.name]):
            self._statements.insert(table, self._rows[table])
        self._rows.clear()
        self._flush_updates(exact=False)
        self._updates.clear()

    def _flush_updates(self, *, exact: bool) -> None:
        for what, (statement, is_exact, rows) in self._updates.items():
            if is_exact is exact and self._statements.run(statement, rows) != len(rows) and exact:
                raise Conflict(what)

    def audit(self, who: str, action: str, subject: str, result: str) -> None:
        """Append an audit record in this transaction."""
        self.insert(AUDIT, self.chain.audit(self.now, who, action, subject, result))


Handler = Callable[[Transaction, Sequence[Any]], Sequence[Any]]
"""Applies a group of like items and gives one result per item; an Exception as a result goes to that item's future."""


@dataclass(slots=True)
class _Job:
    handler: Handler
    item: Any
    future: Promise[Any]


class Writer:
    """Owns the only writing connection of the process."""

    def __init__(
        self, engine: Engine, clock: Clock, keyring: Keyring, segment: int, on_fatal: Callable[[str], None], meter: Meter
    ) -> None:
        self.committed: Callable[[], None] = lambda: None
        self._meter = meter
        self._engine, self._clock, self._keyring, self._segment = engine, clock, keyring, segment
        self._on_fatal = on_fatal
        self._gate = Gate(engine)
        self._driver_error: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._heads = Heads()
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._gateway = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, handler: Handler, item: Any) -> Promise[Any]:
        """Queue an item; its future is done after the commit that holds it."""
        future: Promise[Any] = Promise()
        with self._gateway:
            if not self._closed:
                self._queue.put(_Job(handler, item, future))
                return future
        future.set_exception(RuntimeError("the writer is closed"))
        return future

    def queued(self) -> int:
        """How many items wait for a commit."""
        return self._queue.qsize()

    def close(self) -> None:
        """Commit what is queued, then end the thread."""
        with self._gateway:
            self._closed = True
            self._queue.put(None)
        self._thread.join(timeout=30)

    def _run(self) -> None:
        """A writer that ended by a fault would leave callers waiting for ever: the process ends with it."""
        try:
            self._write()
        except BaseException:
            self._on_fatal("writer")
            raise

    def _write(self) -> None:
        with self._engine.connect() as connection:
            self._statements = Statements(connection)
            while (job := self._queue.get()) is not None:
                group = [job]
                while len(group) < MAX_GROUP:
                    try:
                        more = self._queue.get_nowait()
                    except queue.Empty:
                        break
                    if more is None:
                        self._queue.put(None)
                        break
                    group.append(more)
                self._commit(group)

    def _commit(self, group: list[_Job]) -> None:
        began = time.perf_counter()
        try:
            results = self._attempt(group)
        except _CommitFailed:
            for job in group:
                job.future.set_exception(ServerError(BUSY))
            self._on_fatal("commit")
            return
        except Exception as fault:  # noqa: BLE001 - whatever it is, it belongs to one of the items
            if len(group) > 1:
                for job in group:
                    self._commit([job])
                return
            results = [Conflict(type(fault).__name__) if isinstance(fault, self._driver_error) else fault]
        took = time.perf_counter() - began
        for job, result in zip(group, results, strict=True):
            if isinstance(result, Exception):
                job.future.set_exception(result)
            else:
                job.future.set_result(result)
        self.committed()
        self._meter.committed([(job.item, result) for job, result in zip(group, results, strict=True)], took)

    def _attempt(self, group: list[_Job]) -> list[Any]:
        """Apply the group in one transaction: like items together, in the order in which their kinds first came."""
        results: dict[int, Any] = {}
        kinds: dict[Handler, list[tuple[int, _Job]]] = {}
        for place, job in enumerate(group):
            kinds.setdefault(job.handler, []).append((place, job))
        chain = Chain(self._segment, self._heads, self._keyring.sign, self._keyring.signer)
        with self._gate.turn():
            statements = self._statements
            statements.begin()
            try:
                transaction = Transaction(statements, chain, self._clock.now())
                for handler, jobs in kinds.items():
                    answers = handler(transaction, [job.item for _, job in jobs])
                    transaction.flush()
                    results.update({place: answer for (place, _), answer in zip(jobs, answers, strict=True)})
            except BaseException:
                statements.rollback()
                raise
            try:
                statements.commit()
            except Exception as fault:
                raise _CommitFailed from fault
        self._heads = chain.heads
        return [results[place] for place in range(len(group))]


class _CommitFailed(Exception):
    """Whether the transaction is on disk is not known."""
