"""PLAN: what the rules decided for one message, committed together; nothing later re-decides."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update

from hub.backends.sql.accept import accept
from hub.backends.sql.cases import change_case, set_timers
from hub.backends.sql.derive import derive
from hub.backends.sql.tables import CASE_NAME, DELIVERY, DELIVERY_BODY, FACTS, MESSAGE, MESSAGE_BODY, OBLIGATION
from hub.backends.sql.writer import Transaction
from hub.contract.message import show_hub_id
from hub.ports.records import NewDelivery, Plan

_PLANNED = (
    update(MESSAGE)
    .where(MESSAGE.c.id == bindparam("message"), MESSAGE.c.state == bindparam("was"))
    .values(state=bindparam("now"), code=bindparam("why"), case_id=bindparam("case"))
)
_END = (
    update(OBLIGATION)
    .where(OBLIGATION.c.id == bindparam("owed"), OBLIGATION.c.answered_at.is_(None), OBLIGATION.c.ended_as.is_(None))
    .values(ended_as=bindparam("how"))
)
_EARLIER = MESSAGE.alias("earlier")
STORED = (
    select(
        MESSAGE.c.id, MESSAGE.c.channel, MESSAGE.c.version, MESSAGE.c.sender, MESSAGE.c.from_system, MESSAGE.c.from_div,
        MESSAGE.c.from_user, MESSAGE.c.test, MESSAGE.c.lane_id, MESSAGE.c.lane_no, MESSAGE.c.accepted_at,
        MESSAGE_BODY.c.canonical_key, MESSAGE_BODY.c.canonical,
    )
    .join(MESSAGE_BODY, MESSAGE_BODY.c.message_id == MESSAGE.c.id)
)  # fmt: skip
"""A message with its canonical document, as the planner reads it."""
UNPLANNED = (
    STORED.where(
        MESSAGE.c.state == "accepted",
        ~select(_EARLIER.c.id)
        .where(
            _EARLIER.c.lane_id == MESSAGE.c.lane_id,
            _EARLIER.c.lane_no < MESSAGE.c.lane_no,
            _EARLIER.c.state.in_(("accepted", "dead")),
        )
        .exists(),
    )
    .order_by(MESSAGE.c.id)
    .limit(bindparam("most"))
)
"""Accepted messages with nothing unplanned or dead before them in their lane."""


def plan(tx: Transaction, items: Sequence[Plan]) -> Sequence[None]:
    """Apply the plans of a group."""
    for item in items:
        _plan(tx, item)
    accept(tx, [one for item in items for one in item.emitted])
    return [None] * len(items)


def _plan(tx: Transaction, item: Plan) -> None:
    message = item.message
    case_id = item.case.id if item.case else None
    row = {"message": message.id, "was": "accepted", "now": item.state, "why": item.code, "case": case_id}
    tx.update("message", _PLANNED, row)
    if item.case:
        change_case(tx, item.case, "engine", message.id, message.accepted_at)
        for name in item.names:
            tx.insert(CASE_NAME, {"hash": name, "case_id": case_id})
    for new in item.derived:
        derive(tx, new, case_id)
    for delivery in item.deliveries:
        _deliver(tx, item, delivery, case_id)
    for owed, why in item.ended:
        tx.update("obligation", _END, {"owed": owed, "how": why})
    if item.facts:
        tx.insert(FACTS, {"message_id": message.id, "facts_key": item.facts.key_id, "facts": item.facts.data})
    if case_id is not None:
        set_timers(tx, case_id, item.timers)
    tx.audit("engine", "plan", show_hub_id(message.id), item.code or item.state)


def _deliver(tx: Transaction, item: Plan, delivery: NewDelivery, case_id: int | None) -> None:
    insert_delivery(tx, delivery, delivery.of or item.message.id, (item.message.lane_id, item.message.lane_no), case_id)
    if delivery.owes and case_id is not None:
        owed = delivery.owes
        tx.insert(OBLIGATION, {
            "id": owed.id, "case_id": case_id, "delivery_id": delivery.id, "kind": owed.kind, "rule": owed.rule, "days": owed.days,
            "unit": owed.unit, "owed_by": owed.owed_by, "base": None, "due_at": None, "answered_at": None, "answered_by": None,
            "floor": owed.floor, "ended_as": None,
        })  # fmt: skip


def insert_delivery(
    tx: Transaction,
    delivery: NewDelivery,
    message: int,
    lane: tuple[int | None, int | None] = (None, None),
    case_id: int | None = None,
) -> None:
    """A delivery of a message, queued or dead, with the bytes that are sent."""
    tx.insert(DELIVERY, {
        "id": delivery.id, "message_id": message, "route": delivery.route, "recipient": delivery.recipient,
        "outlet": delivery.outlet, "operation": delivery.operation, "op_class": delivery.op_class, "reason": delivery.reason,
        "lane_id": lane[0], "lane_no": lane[1], "state": "dead" if delivery.dead_code else "queued",
        "code": delivery.dead_code, "case_id": case_id, "created_at": tx.now, "not_before": 0, "attempts": 0,
        "attempted_at": None, "doubt": 0, "owner": None, "fence": 0, "lease_until": 0, "effective_at": None, "settled_at": None,
        "part": delivery.part, "ticket": None,
    })  # fmt: skip
    if delivery.body:
        tx.insert(DELIVERY_BODY, {
            "delivery_id": delivery.id, "body_key": delivery.body.key_id, "body": delivery.body.data,
            "schema_name": delivery.schema, "schema_digest": delivery.schema_digest, "translator": delivery.translator,
        })  # fmt: skip
