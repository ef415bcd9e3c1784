"""`hub.ports.query_store.QueryStore` on the store's tables, over the writer of the process."""

from __future__ import annotations

import json
from collections import Counter as Count
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Engine, Select, bindparam, or_, select, update

from hub.backends.sql.tables import CASE, OBLIGATION, QUERY, QUERY_COUNT
from hub.backends.sql.writer import Handler, Transaction
from hub.contract.message import show_hub_id
from hub.ports.promise import Promise
from hub.ports.query_store import Asked, CaseFound, CaseWanted, Ended

_ADD = (
    update(QUERY_COUNT).where(QUERY_COUNT.c.hash == bindparam("what")).values(n=QUERY_COUNT.c.n + bindparam("more"))
)  # fmt: skip
_END = (
    update(QUERY)
    .where(QUERY.c.id == bindparam("query"))
    .values(state=bindparam("now"), code=bindparam("why"), rows=bindparam("shown"), ended_at=bindparam("moment"))
)


class QueryStoreSql:
    """``submit`` queues an item for the writer of this process."""

    def __init__(self, engine: Engine, submit: Callable[[Handler, Any], Promise[Any]]) -> None:
        self._engine, self._submit = engine, submit

    def ask(self, asked: Asked) -> Promise[str | None]:
        """Count it and put it on record."""
        return self._submit(_ask, asked)

    def end(self, ended: Ended) -> Promise[None]:
        """Put on record how it ended."""
        return self._submit(_end, ended)

    def cases(self, wanted: CaseWanted) -> Sequence[CaseFound]:
        """Newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(_wanted(wanted)).fetchall()
            owed = _owed(connection, [row.id for row in rows])
        return [
            CaseFound(
                row.opened_by or 0, row.owner_div, row.state, row.opened_at, json.loads(row.data), *owed.get(row.id, (None, None))
            )
            for row in rows
        ]


def _ask(tx: Transaction, items: Sequence[Asked]) -> Sequence[str | None]:
    """Counts are read once for the group; what is refused for a cap is on record as well, and counts nothing."""
    days = {c.hash: c.day for item in items for c in item.counters}
    known = {bytes(hash_): int(n) for hash_, n in tx.select_in(_counts, days)}
    counts = Count(known)
    answers = [_one(tx, item, counts) for item in items]
    for hash_, n in counts.items():
        more = n - known.get(hash_, 0)
        if hash_ not in known:
            tx.insert(QUERY_COUNT, {"hash": hash_, "day": days[hash_], "n": n})
        elif more:
            tx.update("query count", _ADD, {"what": hash_, "more": more})
    return answers


def _one(tx: Transaction, asked: Asked, counts: Count[bytes]) -> str | None:
    over = next((c.kind for c in asked.counters if counts[c.hash] >= c.cap), None)
    said = " ".join(filter(None, (asked.name, asked.from_user, f"cap {over}" if over else None)))
    tx.audit(asked.spoke, "query", show_hub_id(asked.id), said[:60])
    if over is None:
        counts.update(c.hash for c in asked.counters)
        tx.insert(QUERY, {
            "id": asked.id, "at": tx.now, "name": asked.name, "spoke": asked.spoke, "from_div": asked.from_div,
            "from_user": asked.from_user, "purpose": asked.purpose, "subject_hash": asked.subject, "state": "asked",
            "code": None, "rows": None, "ended_at": None,
        })  # fmt: skip
    return over


def _end(tx: Transaction, items: Sequence[Ended]) -> Sequence[None]:
    for item in items:
        asked = item.asked
        row = {"query": asked.id, "now": item.state, "why": item.code, "shown": item.rows, "moment": tx.now}
        tx.update("query end", _END, row, exact=False)
        if item.rows > 1:
            for counter in asked.counters:
                if counter.kind != "subject":
                    tx.update("query count", _ADD, {"what": counter.hash, "more": item.rows - 1}, exact=False)
        tx.audit(asked.spoke, "query end", show_hub_id(asked.id), f"{item.code or item.state} {item.rows}"[:60])
    return [None] * len(items)


def _counts(hashes: list[BindParameter[Any]]) -> Select[Any]:
    return select(QUERY_COUNT.c.hash, QUERY_COUNT.c.n).where(QUERY_COUNT.c.hash.in_(hashes))


def _wanted(wanted: CaseWanted) -> Select[Any]:
    """The indexed part is the key, or type, place and day."""
    query = select(CASE).where(CASE.c.type == wanted.type, CASE.c.owner_system == wanted.system)
    if wanted.places:
        query = query.where(or_(*(CASE.c.owner_div.between(p.ljust(12, "0"), p.ljust(12, "9")) for p in wanted.places)))
    if wanted.keys:
        query = query.where(CASE.c.key_hash.in_(wanted.keys))
    else:
        query = query.where(CASE.c.opened_at >= wanted.since, CASE.c.opened_at < wanted.until)
    if wanted.state is not None:
        query = query.where(CASE.c.state == wanted.state)
    return query.order_by(CASE.c.opened_at.desc(), CASE.c.id.desc()).limit(wanted.limit)


def _owed(connection: Connection, cases: Sequence[int]) -> dict[int, tuple[int | None, str]]:
    found: dict[int, tuple[int | None, str]] = {}
    rows = connection.execute(select(OBLIGATION).where(OBLIGATION.c.case_id.in_(cases))).fetchall() if cases else []
    for row in sorted(rows, key=lambda r: (r.answered_at is None, -r.id)):
        found[row.case_id] = (row.due_at, row.owed_by)
    return found
