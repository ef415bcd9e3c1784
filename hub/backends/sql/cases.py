"""Cases in the store: opened, moved and closed in the transaction of the message, settlement or timer that did it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from hub.backends.sql.tables import CASE, CASE_HISTORY, DUPLICATE_KEY, MESSAGE, OBLIGATION, TIMER
from hub.backends.sql.writer import Transaction
from hub.contract.message import show_hub_id
from hub.ports.records import CaseChange, CaseRow, NewTimer

_FACTS = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
_CHANGE = (
    update(CASE)
    .where(CASE.c.id == bindparam("case"), CASE.c.version == bindparam("seen"))
    .values(state=bindparam("to"), version=bindparam("seen") + 1, data=bindparam("facts"), closed_at=bindparam("closed"))
)
_OPEN_KEYS = delete(DUPLICATE_KEY).where(
    DUPLICATE_KEY.c.open_only == 1,
    DUPLICATE_KEY.c.message_id.in_(select(MESSAGE.c.id).where(MESSAGE.c.case_id == bindparam("case"))),
)
_ANSWER = (
    update(OBLIGATION)
    .where(
        OBLIGATION.c.case_id == bindparam("case"),
        OBLIGATION.c.kind == bindparam("what"),
        OBLIGATION.c.answered_at.is_(None),
        OBLIGATION.c.ended_as.is_(None),
    )
    .values(answered_at=bindparam("moment"), answered_by=bindparam("message"))
)
_DUE_TIMER = (
    update(TIMER)
    .where(TIMER.c.case_id == bindparam("case"), TIMER.c.due_of == bindparam("what"), TIMER.c.at.is_(None))
    .values(at=bindparam("moment"))
)
_BASE = (
    update(OBLIGATION)
    .where(OBLIGATION.c.delivery_id == bindparam("delivery"), OBLIGATION.c.base.is_(None))
    .values(base=bindparam("moment"), due_at=bindparam("due"))
)


def case_row(row: Any, case_id: int) -> CaseRow:
    """A case from a row that selects its columns."""
    return CaseRow(case_id, row.type, row.state, row.opened_at, row.version, json.loads(row.data))


def change_case(tx: Transaction, change: CaseChange, who: str, message: int | None, at: int) -> None:
    """Open or move a case; the group conflicts when it is no longer at the version the decision was made on.

    History numbers are ten per version, so that they need no read.
    """
    facts = _FACTS(dict(change.data))
    closed = tx.now if change.closes else None
    if change.new:
        tx.insert(CASE, {"id": change.new.id, "type": change.new.type, "key_hash": change.new.key_hash, "state": change.to_state,
                         "opened_at": at, "closed_at": closed, "version": 1, "data": facts, "opened_by": message,
                         "owner_system": change.new.owner[0], "owner_div": change.new.owner[1]})  # fmt: skip
    else:
        row = {"case": change.id, "seen": change.version, "to": change.to_state, "facts": facts, "closed": closed}
        tx.update("case", _CHANGE, row)
    for no, (from_state, to_state, why) in enumerate(change.moves, 10 * (change.version or 0)):
        tx.insert(CASE_HISTORY, {"case_id": change.id, "no": no, "at": tx.now, "from_state": from_state, "to_state": to_state,
                                 "why": why, "message_id": message})  # fmt: skip
        tx.audit(who, "case", show_hub_id(change.id), f"{from_state}>{to_state}")
    for kind in change.answered:
        tx.update("answer", _ANSWER, {"case": change.id, "what": kind, "moment": at, "message": message}, exact=False)
    if change.closes:
        tx.run(_OPEN_KEYS, {"case": change.id})


def start_clock(tx: Transaction, delivery: int, case: int, kind: str, base: int, due: int) -> None:
    """Give an obligation its base and due date, and date the timers that wait for it."""
    tx.update("base", _BASE, {"delivery": delivery, "moment": base, "due": due}, exact=False)
    tx.update("due timer", _DUE_TIMER, {"case": case, "what": kind, "moment": due}, exact=False)


def set_timers(tx: Transaction, case: int, timers: Sequence[NewTimer]) -> None:
    """Queue the timers a decision sets."""
    for timer in timers:
        tx.insert(
            TIMER, {"id": timer.id, "case_id": case, "name": timer.name, "at": timer.at, "due_of": timer.due_of, "fired_at": None}
        )
