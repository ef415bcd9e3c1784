"""Splitting in the store: claim by lease and fence; a group's messages, its record rows and the checkpoint in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Update, bindparam, select, update

from hub.backends.sql import accept
from hub.backends.sql.tables import BATCH, BATCH_RECORD
from hub.backends.sql.writer import Transaction
from hub.contract.errors import CONFLICT, ID_CONFLICT
from hub.contract.message import show_hub_id
from hub.ports.batch_store import BatchClaim, Group, Left, RecordRow, Sorted
from hub.ports.records import Accepted, Conflict, Conflicting

LIVE = ("running", "accepted")
"""What was begun goes first."""
_B = BATCH.c
CANDIDATE = (
    select(_B.id, _B.name, _B.sender, _B.adapter, _B.fence, _B.attempts, _B.taken, _B.total)
    .where(_B.state == bindparam("was"), _B.lease_until < bindparam("now"), _B.not_before <= bindparam("now"))
    .order_by(_B.id)
    .limit(1)
)


def given(name: str) -> BindParameter[Any]:
    """A value given with each run."""
    return bindparam(name)


def guarded(was: str, **values: Any) -> Update:
    """An update of one batch in that state."""
    return update(BATCH).where(_B.id == bindparam("batch"), _B.state == was).values(**values)


_CLAIM = (
    update(BATCH)
    .where(_B.id == bindparam("batch"), _B.fence == bindparam("seen"), _B.state == bindparam("was"))
    .values(
        state="running",
        fence=bindparam("seen") + 1,
        owner=bindparam("who"),
        attempts=bindparam("n"),
        lease_until=bindparam("until"),
    )
)
_MINE = (_B.id == bindparam("batch"), _B.fence == bindparam("mine"), _B.state == "running")
_MOVE = (
    update(BATCH)
    .where(*_MINE, _B.taken == bindparam("after"))
    .values(
        taken=bindparam("upto"), accepted=_B.accepted + bindparam("good"), duplicate=_B.duplicate + bindparam("again"),
        refused=_B.refused + bindparam("bad"), attempts=0, lease_until=bindparam("until"),
    )
)  # fmt: skip
_LEAVE = (
    update(BATCH)
    .where(*_MINE)
    .values(
        state=bindparam("to"), code=bindparam("why"), owner=None, lease_until=0, attempts=0, not_before=bindparam("later"),
        ended_at=bindparam("ended"),
    )
)  # fmt: skip


def claim(tx: Transaction, items: Sequence[tuple[str, int]]) -> Sequence[BatchClaim | None]:
    """Claim the oldest batch with records for each of (owner, lease in ms)."""
    return [_claim(tx, owner, lease_ms) for owner, lease_ms in items]


def _claim(tx: Transaction, owner: str, lease_ms: int) -> BatchClaim | None:
    for state in LIVE:
        for id_, name, sender, adapter, fence, attempts, taken, total in tx.select(CANDIDATE, {"was": state, "now": tx.now}):
            row = {"batch": id_, "seen": fence, "was": state, "who": owner, "n": attempts + 1, "until": tx.now + lease_ms}
            if tx.run(_CLAIM, row) == 1:
                return BatchClaim(id_, name, sender, adapter, fence + 1, attempts + 1, taken, total)
    return None


def take(tx: Transaction, items: Sequence[Group]) -> Sequence[Sequence[RecordRow]]:
    """Apply each group; one whose batch has another owner by now undoes the whole transaction."""
    return [_take(tx, item) for item in items]


def _take(tx: Transaction, item: Group) -> list[RecordRow]:
    good = [r.acceptance for r in item.records if r.acceptance]
    answers = iter(accept.accept(tx, good))
    rows = [_outcome(r, next(answers)) if r.acceptance else r.row for r in item.records]
    tx.flush()
    counts = Counter(row.state for row in rows)
    moved = tx.run(_MOVE, {
        "batch": item.claim.id, "mine": item.claim.fence, "after": item.after, "upto": item.after + len(rows),
        "good": counts["accepted"], "again": counts["duplicate"], "bad": counts["refused"], "until": tx.now + item.lease_ms,
    })  # fmt: skip
    if moved != 1:
        raise Conflict("fence")
    for row in rows:
        tx.insert(BATCH_RECORD, {
            "batch_id": item.claim.id, "no": row.number, "state": row.state, "code": row.code, "path": row.path,
            "outcome": row.outcome, "message_id": row.message,
        })  # fmt: skip
    return rows


def _outcome(record: Sorted, answer: Accepted | Conflicting) -> RecordRow:
    of = record.row
    if isinstance(answer, Conflicting):
        code = (ID_CONFLICT if answer.same_id else CONFLICT).code
        return RecordRow(of.number, "refused", code, outcome=of.outcome, message=answer.first)
    return RecordRow(of.number, "duplicate" if answer.duplicate else "accepted", outcome=of.outcome, message=answer.id)


def leave(tx: Transaction, items: Sequence[Left]) -> Sequence[None]:
    """End the lease and say how the batch stands."""
    for item in items:
        ended = tx.now if item.state == "done" else None
        row = {"batch": item.claim.id, "mine": item.claim.fence, "to": item.state, "why": item.code, "ended": ended}
        if tx.run(_LEAVE, {**row, "later": tx.now + item.pause_ms}) != 1:
            raise Conflict("fence")
        if item.state != "accepted":
            tx.audit("engine", f"batch {item.state}", show_hub_id(item.claim.id), item.code or item.claim.name)
    return [None] * len(items)
