"""Claim with intent (TX2) and settle (TX3) deliveries; lease and fence guard against a sleeper that wakes late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import and_, bindparam, select, update

from hub.backends.sql.cases import case_row, change_case, set_timers, start_clock
from hub.backends.sql.sending import settle_record
from hub.backends.sql.tables import ATTEMPT, CASE, DELIVERY, DELIVERY_BODY, MESSAGE, OBLIGATION, RESULT_LENGTH
from hub.backends.sql.writer import Transaction
from hub.contract.message import show_hub_id
from hub.ports.records import FREE_LANE, Claimed, Sealed, Settle

_EARLIER = DELIVERY.alias("earlier")
_FIRST_IN_LANE = ~(
    select(_EARLIER.c.id)
    .where(
        _EARLIER.c.lane_id == DELIVERY.c.lane_id,
        _EARLIER.c.recipient == DELIVERY.c.recipient,
        _EARLIER.c.lane_no < DELIVERY.c.lane_no,
        *(_EARLIER.c.state != state for state in sorted(FREE_LANE)),
    )
    .exists()
)


class _Candidate(NamedTuple):
    """A row of the claim, in the order of its columns."""

    id: int
    message_id: int
    lane_no: int | None
    channel: str
    from_system: str
    route: str
    recipient: str
    operation: str
    op_class: str
    attempts: int
    fence: int
    doubt: int
    attempted_at: int | None
    created_at: int
    case_id: int | None
    body_key: int
    body: bytes
    type: str
    state: str
    opened_at: int
    version: int
    data: str
    kind: str | None
    days: int
    unit: str
    floor: int | None
    part: int | None
    ticket: str | None


_D, _C, _O = DELIVERY.c, CASE.c, OBLIGATION.c
_CANDIDATES = (
    select(
        _D.id, _D.message_id, _D.lane_no, MESSAGE.c.channel, MESSAGE.c.from_system, _D.route, _D.recipient, _D.operation,
        _D.op_class, _D.attempts, _D.fence, _D.doubt, _D.attempted_at, _D.created_at, _D.case_id,
        DELIVERY_BODY.c.body_key, DELIVERY_BODY.c.body,
        _C.type, _C.state, _C.opened_at, _C.version, _C.data, _O.kind, _O.days, _O.unit, _O.floor, _D.part, _D.ticket,
    )
    .join(DELIVERY_BODY, DELIVERY_BODY.c.delivery_id == DELIVERY.c.id)
    .join(MESSAGE, MESSAGE.c.id == DELIVERY.c.message_id)
    .outerjoin(CASE, CASE.c.id == DELIVERY.c.case_id)
    .outerjoin(OBLIGATION, and_(OBLIGATION.c.delivery_id == DELIVERY.c.id, OBLIGATION.c.base.is_(None)))
    .where(
        DELIVERY.c.outlet == bindparam("outlet"), DELIVERY.c.state == bindparam("was"), DELIVERY.c.not_before <= bindparam("now"),
        DELIVERY.c.lease_until < bindparam("now"), _FIRST_IN_LANE,
    )
    .order_by(DELIVERY.c.not_before, DELIVERY.c.id)
    .limit(bindparam("most"))
)  # fmt: skip
"""One state at a time, in the order of the index: the cost does not grow with the queue."""
_TICKETS = _CANDIDATES.where(DELIVERY.c.ticket.is_not(None))
_NEW = ("queued",)
_ALL = ("claimed", "released", "queued")
"""Expired leases first, then what was released and is due, then what is new."""
_CLAIM = (
    update(DELIVERY)
    .where(DELIVERY.c.id == bindparam("delivery"), DELIVERY.c.fence == bindparam("seen"))
    .values(
        state="claimed", fence=bindparam("seen") + 1, owner=bindparam("who"), lease_until=bindparam("until"),
        attempts=bindparam("n"), attempted_at=bindparam("now"), doubt=1,
    )
)  # fmt: skip
_SETTLE = (
    update(DELIVERY)
    .where(DELIVERY.c.id == bindparam("delivery"), DELIVERY.c.fence == bindparam("mine"), DELIVERY.c.state == bindparam("was"))
    .values(
        state=bindparam("to"), code=bindparam("why"), not_before=bindparam("later"), doubt=bindparam("open"), owner=None,
        lease_until=0, effective_at=bindparam("effective"), settled_at=bindparam("settled"), attempted_at=bindparam("called"),
        ticket=bindparam("kept"),
    )
)  # fmt: skip
_ENDED = (
    update(ATTEMPT)
    .where(ATTEMPT.c.delivery_id == bindparam("delivery"), ATTEMPT.c.n == bindparam("attempt"))
    .values(ended_at=bindparam("at"), outcome=bindparam("how"), code=bindparam("why"))
)


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """Up to ``slots`` deliveries of an outlet for this owner."""

    outlet: str
    slots: int
    owner: str
    lease_ms: int
    again: bool
    tickets: bool = False


def claim(tx: Transaction, items: Sequence[ClaimRequest]) -> Sequence[Sequence[Claimed]]:
    """Claim and write the intent of every call that is about to be made."""
    return [_claim(tx, item) for item in items]


def _claim(tx: Transaction, item: ClaimRequest) -> list[Claimed]:
    found: list[_Candidate] = []
    for state in _ALL if item.again else _NEW:
        if len(found) < item.slots:
            wanted = {"outlet": item.outlet, "was": state, "now": tx.now, "most": item.slots - len(found)}
            found += map(_Candidate._make, tx.select(_CANDIDATES, wanted))
    if item.again and item.tickets and len(found) < item.slots:
        wanted = {"outlet": item.outlet, "was": "pending", "now": tx.now, "most": item.slots - len(found)}
        found += map(_Candidate._make, tx.select(_TICKETS, wanted))
    taken = []
    for row in found:
        n, until = row.attempts + 1, tx.now + item.lease_ms
        mine = {"delivery": row.id, "seen": row.fence, "who": item.owner, "until": until, "n": n, "now": tx.now}
        tx.update("claim", _CLAIM, mine)
        tx.insert(ATTEMPT, {"delivery_id": row.id, "n": n, "fence": row.fence + 1, "started_at": tx.now, "ended_at": None,
                            "outcome": None, "code": None})  # fmt: skip
        taken.append(_claimed(row, n, tx.now))
    return taken


def _claimed(row: _Candidate, attempt: int, now: int) -> Claimed:
    return Claimed(
        id=row.id, message=row.message_id, channel=row.channel, route=row.route, recipient=row.recipient,
        operation=row.operation, op_class=row.op_class, attempt=attempt, fence=row.fence + 1, doubt=bool(row.doubt),
        previous_at=row.attempted_at, claimed_at=now, created_at=row.created_at, from_system=row.from_system, lane_no=row.lane_no,
        case=case_row(row, row.case_id) if row.case_id else None, owed=(row.kind, row.days, row.unit) if row.kind else None, body=Sealed(row.body_key, bytes(row.body)),
        owed_floor=row.floor, part=row.part, ticket=row.ticket,
    )  # fmt: skip


def settle(tx: Transaction, items: Sequence[Settle]) -> Sequence[None]:
    """Write results. ``Conflict("fence")`` where another owner has taken over, ``Conflict("case")`` where the case moved."""
    for item in items:
        _settle(tx, item)
    return [None] * len(items)


def _settle(tx: Transaction, item: Settle) -> None:
    claimed = item.claimed
    final = item.state in ("delivered", "rejected", "dead", "unknown", "cancelled")
    row = {
        "delivery": claimed.id, "mine": claimed.fence, "was": "claimed", "to": item.state, "why": item.code, "later": item.not_before or 0,
        "open": int(item.doubt), "effective": item.effective_at, "settled": item.at if final else None,
        "called": item.called_at, "kept": item.ticket,
    }  # fmt: skip
    tx.update("fence", _SETTLE, row)
    ended = {"delivery": claimed.id, "attempt": claimed.attempt, "at": item.at, "how": item.outcome, "why": item.code}
    tx.update("attempt", _ENDED, ended)
    if item.case:
        change_case(tx, item.case, "engine", claimed.message, item.at)
    for record in item.records:
        settle_record(tx, claimed.message, record)
    if claimed.case:
        for kind, due in item.due_at.items():
            start_clock(tx, claimed.id, claimed.case.id, kind, item.effective_at or item.at, due)
        set_timers(tx, claimed.case.id, item.timers)
    tx.audit("engine", "attempt", show_hub_id(claimed.message), f"{item.state} {item.code or ''}".strip()[:RESULT_LENGTH])
