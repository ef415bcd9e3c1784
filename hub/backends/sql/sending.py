"""`hub.ports.sending.SendingStore` on the store's tables, over the writer of the process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, bindparam, select, update

from hub.backends.sql.accept import accept
from hub.backends.sql.cases import case_row, change_case
from hub.backends.sql.plan import insert_delivery
from hub.backends.sql.tables import BATCH_SENT, CASE, MESSAGE, RECORD_SENT, SCHEDULE_RUN
from hub.backends.sql.writer import Handler, Transaction
from hub.contract.message import show_hub_id
from hub.ports.promise import Promise
from hub.ports.records import Accepted, Conflict, RecordSettled
from hub.ports.sending import NewBatchSent, RecordWaiting, ScheduleRun

_PLANNED = update(MESSAGE).where(MESSAGE.c.id == bindparam("batch")).values(state="planned")
_RESULT = (
    update(RECORD_SENT)
    .where(
        RECORD_SENT.c.batch_id == bindparam("batch"), RECORD_SENT.c.number == bindparam("no"),
        RECORD_SENT.c.state == bindparam("was"),
    )
    .values(state=bindparam("now"), code=bindparam("why"), settled_at=bindparam("moment"))
)  # fmt: skip
_RUN = select(SCHEDULE_RUN.c.no).where(
    SCHEDULE_RUN.c.name == bindparam("schedule"),
    SCHEDULE_RUN.c.period == bindparam("month"),
    SCHEDULE_RUN.c.no == bindparam("step"),
)


class SendingStoreSql:
    """``submit`` queues an item for the writer of this process."""

    def __init__(self, engine: Engine, submit: Callable[[Handler, Any], Promise[Any]]) -> None:
        self._engine, self._submit = engine, submit

    def taken(self, keys: Collection[bytes]) -> frozenset[bytes]:
        """Record keys that are not sent again."""
        query = select(RECORD_SENT.c.key_hash).where(
            RECORD_SENT.c.key_hash.in_(list(keys)), RECORD_SENT.c.state.in_(("waiting", "accepted"))
        )
        with self._engine.connect() as connection:
            return frozenset(bytes(row[0]) for row in connection.execute(query)) if keys else frozenset()

    def send(self, batch: NewBatchSent) -> Promise[None]:
        """Commit a batch."""
        return self._submit(_send, batch)

    def mark(self, run: ScheduleRun) -> Promise[None]:
        """Commit a step that made no batch."""
        return self._submit(_mark, run)

    def runs(self, schedule: str) -> Mapping[str, ScheduleRun]:
        """The last step of each period."""
        query = select(SCHEDULE_RUN).where(SCHEDULE_RUN.c.name == schedule).order_by(SCHEDULE_RUN.c.no)
        with self._engine.connect() as connection:
            return {
                row.period: ScheduleRun(row.name, row.period, row.no, row.after, bool(row.done))
                for row in connection.execute(query)
            }

    def waiting(self, delivery: int) -> Sequence[RecordWaiting]:
        """The records of a part that have no result."""
        columns = select(
            RECORD_SENT.c.number, RECORD_SENT.c.case_id, CASE.c.type, CASE.c.state, CASE.c.opened_at, CASE.c.version, CASE.c.data
        )
        query = (
            columns.outerjoin(CASE, CASE.c.id == RECORD_SENT.c.case_id)
            .where(RECORD_SENT.c.delivery_id == delivery, RECORD_SENT.c.state == "waiting")
            .order_by(RECORD_SENT.c.number)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).fetchall()
        return [RecordWaiting(row.number, case_row(row, row.case_id) if row.case_id is not None else None) for row in rows]


def _send(tx: Transaction, items: Sequence[NewBatchSent]) -> Sequence[None]:
    answers = accept(tx, [item.message for item in items])
    for item, answer in zip(items, answers, strict=True):
        if not isinstance(answer, Accepted) or answer.duplicate:
            raise Conflict("run")
        _step(tx, item.run, item.message.id)
        _batch(tx, item)
    return [None] * len(items)


def _batch(tx: Transaction, item: NewBatchSent) -> None:
    batch = item.message.id
    tx.update("planned batch", _PLANNED, {"batch": batch}, exact=False)
    tx.insert(BATCH_SENT, {
        "message_id": batch, "name": item.name, "period": item.period, "count": len(item.records), "parts": len(item.deliveries),
    })  # fmt: skip
    for delivery in item.deliveries:
        insert_delivery(tx, delivery, batch)
    for record in item.records:
        tx.insert(RECORD_SENT, {
            "batch_id": batch, "number": record.number, "delivery_id": record.delivery, "key_hash": record.key_hash,
            "case_id": record.case.id if record.case else None, "state": "waiting" if record.delivery else "refused",
            "code": record.code, "settled_at": None if record.delivery else tx.now,
        })  # fmt: skip
        if record.case:
            change_case(tx, record.case, "engine", batch, tx.now)
    tx.audit("engine", "batch", show_hub_id(batch), f"{item.name} {len(item.records)}")


def _mark(tx: Transaction, items: Sequence[ScheduleRun]) -> Sequence[None]:
    for item in items:
        _step(tx, item, None)
    return [None] * len(items)


def _step(tx: Transaction, run: ScheduleRun, batch: int | None) -> None:
    if tx.select(_RUN, {"schedule": run.name, "month": run.period, "step": run.no}):
        raise Conflict("run")
    tx.insert(SCHEDULE_RUN, {
        "name": run.name, "period": run.period, "no": run.no, "at": tx.now, "after": run.after, "done": int(run.done), "batch_id": batch,
    })  # fmt: skip


def settle_record(tx: Transaction, batch: int, record: RecordSettled) -> None:
    """The result of one record, in the settlement of its part; conflicts when it has one already."""
    row = {"batch": batch, "no": record.number, "was": "waiting", "now": record.state, "why": record.code, "moment": tx.now}
    tx.update("record", _RESULT, row)
    if record.case:
        change_case(tx, record.case, "engine", batch, tx.now)
