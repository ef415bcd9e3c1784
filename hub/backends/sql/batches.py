"""`hub.ports.batch_store.BatchStore` on the store's tables, over the writer of the process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Engine, Select, func, select

from hub.backends.sql import batch_records
from hub.backends.sql.batch_rows import ROW, by_identities, of_id, read_row
from hub.backends.sql.tables import BATCH, BATCH_RECEIPT, BATCH_RECORD, MESSAGE
from hub.backends.sql.writer import Handler, Transaction
from hub.contract.message import show_hub_id
from hub.ports.batch_store import BatchClaim, BatchRow, Group, Left, NewBatch, Opened, RecordRow, Whole
from hub.ports.clock import Clock
from hub.ports.promise import Promise

_ACCEPT = batch_records.guarded(
    "uploading", state="accepted", total=batch_records.given("all"), accepted_at=batch_records.given("moment")
)
_DROP = BATCH.delete().where(BATCH.c.id == batch_records.given("batch"), BATCH.c.state == "uploading")


class BatchStoreSql:
    """``submit`` queues an item for the writer of this process."""

    def __init__(self, engine: Engine, clock: Clock, submit: Callable[[Handler, Any], Promise[Any]]) -> None:
        self._engine, self._clock, self._submit = engine, clock, submit

    def open(self, new: NewBatch) -> Promise[Opened]:
        """Enter it, or say what is there."""
        return self._submit(_open, new)

    def accept(self, whole: Whole) -> Promise[Opened | None]:
        """Accept it once."""
        return self._submit(_accept, whole)

    def drop(self, batch: int, who: str, code: str) -> Promise[bool]:
        """Delete the row of an upload."""
        return self._submit(_drop, (batch, who, code))

    def of(self, batch: int) -> BatchRow | None:
        """By the primary key."""
        return self._one(ROW.where(BATCH.c.id == batch))

    def by_identity(self, identities: Sequence[bytes]) -> BatchRow | None:
        """By the unique key."""
        return self._one(ROW.where(BATCH.c.identity_hash.in_(identities)))

    def uploads(self, sender: str) -> int:
        """Counted by index."""
        query = select(func.count()).where(BATCH.c.sender == sender, BATCH.c.state == "uploading")
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def abandoned(self, before: int) -> Sequence[int]:
        """Oldest first."""
        query = select(BATCH.c.id).where(BATCH.c.state == "uploading", BATCH.c.created_at < before).order_by(BATCH.c.id).limit(100)
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def finished(self, batches: Sequence[int]) -> Sequence[int]:
        """What the table does not say is needed."""
        needed: set[int] = set()
        with self._engine.connect() as connection:
            for start in range(0, len(batches), 500):
                some = BATCH.c.id.in_(batches[start : start + 500])
                needed.update(
                    connection.execute(select(BATCH.c.id).where(some, BATCH.c.state.not_in(("done", "cancelled")))).scalars()
                )
        return [batch for batch in batches if batch not in needed]

    def records(self, batch: int, after: int, limit: int, *, refused_only: bool = False) -> Sequence[RecordRow]:
        """By the primary key."""
        of = BATCH_RECORD.c
        query = select(of.no, of.state, of.code, of.path, of.outcome, of.message_id).where(of.batch_id == batch, of.no > after)
        query = query.where(of.state == "refused") if refused_only else query
        with self._engine.connect() as connection:
            return [RecordRow(*row) for row in connection.execute(query.order_by(of.no).limit(limit))]

    def claim(self, owner: str, lease_ms: int) -> Promise[BatchClaim | None]:
        """One at a time."""
        return self._submit(batch_records.claim, (owner, lease_ms))

    def crowded(self, most: int) -> bool:
        """No more rows are looked at than asked about."""
        some = select(MESSAGE.c.id).where(MESSAGE.c.state == "accepted").limit(most + 1).subquery()
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(some)).scalar_one()) > most

    def waiting(self) -> bool:
        """A look beside the writer."""
        now = self._clock.now()
        with self._engine.connect() as connection:
            return any(
                connection.execute(batch_records.CANDIDATE, {"was": state, "now": now}).first() for state in batch_records.LIVE
            )

    def take(self, group: Group) -> Promise[Sequence[RecordRow]]:
        """Messages, rows, checkpoint."""
        return self._submit(batch_records.take, group)

    def leave(self, left: Left) -> Promise[None]:
        """End the lease."""
        return self._submit(batch_records.leave, left)

    def _one(self, query: Select[Any]) -> BatchRow | None:
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return read_row(row) if row else None


def _open(tx: Transaction, items: Sequence[NewBatch]) -> Sequence[Opened]:
    known = {bytes(row[-1]): read_row(row) for row in tx.select_in(by_identities, {i.identity for i in items})}
    answers = []
    for item in items:
        if (row := known.get(item.identity)) is not None:
            answers.append(Opened(row, known=True))
            continue
        tx.insert(BATCH, {
            "id": item.id, "name": item.name, "sender": item.sender, "adapter": item.adapter, "identity_hash": item.identity,
            "digest": item.digest, "state": "uploading", "code": None, "stated": item.count, "total": None, "taken": 0, "accepted": 0,
            "duplicate": 0, "refused": 0, "created_at": tx.now, "accepted_at": None, "ended_at": None, "attempts": 0, "not_before": 0,
            "owner": None, "fence": 0, "lease_until": 0, "cancel_asked_by": None,
        })  # fmt: skip
        row = known[item.identity] = BatchRow(
            item.id, item.name, item.sender, item.adapter, item.digest, "uploading", None, item.count, None, 0, 0, 0, 0, tx.now,
            None, None, None,
        )  # fmt: skip
        answers.append(Opened(row, known=False))
    return answers


def _accept(tx: Transaction, items: Sequence[Whole]) -> Sequence[Opened | None]:
    answers: list[Opened | None] = []
    for item in items:
        found = tx.select(of_id, {"batch": item.id})
        row = read_row(found[0]) if found else None
        known = row is None or row.state != "uploading"
        if row is not None and not known:
            shown = show_hub_id(item.id)
            receipt = tx.chain.receipt(item.id, shown, bytes(found[0][-1]), row.digest, None, tx.now)
            tx.run(_ACCEPT, {"batch": item.id, "all": item.total, "moment": tx.now})
            tx.run(BATCH_RECEIPT.insert(), {
                "batch_id": item.id, "segment": receipt["segment"], "no": receipt["no"], "jws": receipt["jws"],
            })  # fmt: skip
            tx.audit(row.sender, "batch accept", shown, f"{row.name} {item.total}"[:60])
            row = read_row(tx.select(of_id, {"batch": item.id})[0])
        answers.append(Opened(row, known) if row else None)
    return answers


def _drop(tx: Transaction, items: Sequence[tuple[int, str, str]]) -> Sequence[bool]:
    answers = []
    for batch, who, code in items:
        gone = tx.run(_DROP, {"batch": batch}) == 1
        if gone:
            tx.audit(who, "batch drop", show_hub_id(batch), code[:60])
        answers.append(gone)
    return answers
