"""The way of one message, step by step in the order of time: what happened, to whom, with which outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from hub.backends.sql.read import Whole, whole
from hub.backends.sql.tables import AUDIT, CASE_HISTORY, TIMER
from hub.contract.message import show_hub_id

MOST_AUDIT = 1000
_TOLD_ELSEWHERE = frozenset({"accept", "attempt", "case"})
_ORDER = (
    "caused",
    "record",
    "accepted",
    "opened",
    "planned",
    "made",
    "delivery",
    "attempt",
    "moved",
    "settled",
    "judged",
    "owed",
    "answered",
    "timer",
    "closed",
    "audit",
)


@dataclass(frozen=True, slots=True)
class Step:
    """``what`` is one of caused, record, accepted, planned, made, delivery, attempt, settled, judged, opened, moved, closed, owed, answered,
    timer, audit.

    ``at`` in UTC ms; ``about`` a recipient, hub id or name; ``result`` a state, outcome or code; ``until`` (UTC ms) when
    the attempt ended or the answer is due.
    """

    at: int
    what: str
    about: str
    result: str = ""
    code: str | None = None
    until: int | None = None


def trace(engine: Engine, hub_id: int) -> tuple[Step, ...] | None:
    """Every step known of an accepted message and its case; None for an unknown id."""
    found = whole(engine, hub_id)
    if found is None:
        return None
    with engine.connect() as connection:
        steps = [*_message(found), *_kin(found), *_deliveries(found), *_case(connection, found), *_audit(connection, hub_id)]
    return tuple(sorted(steps, key=lambda s: (s.at, _ORDER.index(s.what))))


def _message(found: Whole) -> Iterator[Step]:
    message = found.message
    yield Step(message["accepted_at"], "accepted", message["sender"], message["channel"])


def _kin(found: Whole) -> Iterator[Step]:
    """The cause and the batch with the acceptance they led to; what was made, and what was judged, in its own time."""
    at, kin, parts = found.message["accepted_at"], found.kin, {d["id"]: f"#{d['part']}" for d in found.deliveries}
    if kin.cause:
        yield Step(at, "caused", show_hub_id(kin.cause.id), kin.cause.channel)
    if kin.came_in:
        yield Step(at, "record", show_hub_id(kin.came_in.batch), f"{kin.came_in.name} #{kin.came_in.number}")
    for made in kin.made:
        yield Step(made.at, "made", show_hub_id(made.id), made.channel)
    for judged in kin.judged:
        yield Step(judged.at, "judged", parts.get(judged.delivery, "hub"), f"{judged.state} {judged.number}")


def _deliveries(found: Whole) -> Iterator[Step]:
    recipients = {d["id"]: d["recipient"] + (f" part {d['part']}" if d["part"] else "") for d in found.deliveries}
    for delivery in found.deliveries:
        yield Step(delivery["created_at"], "delivery", recipients[delivery["id"]], delivery["route"], delivery["reason"])
        if delivery["settled_at"] is not None:
            yield Step(delivery["settled_at"], "settled", recipients[delivery["id"]], delivery["state"], delivery["code"])
    for attempt in found.attempts:
        outcome = attempt["outcome"] or "open"
        recipient = f"{recipients[attempt['delivery_id']]} #{attempt['n']}"
        yield Step(attempt["started_at"], "attempt", recipient, outcome, attempt["code"], attempt["ended_at"])


def _case(connection: Connection, found: Whole) -> Iterator[Step]:
    case = found.case
    if case is None:
        return
    shown = show_hub_id(case["id"])
    yield Step(case["opened_at"], "opened", shown, case["type"])
    if case["closed_at"] is not None:
        yield Step(case["closed_at"], "closed", shown, case["state"])
    for row in connection.execute(select(CASE_HISTORY).where(CASE_HISTORY.c.case_id == case["id"]).order_by(CASE_HISTORY.c.no)):
        cause = show_hub_id(row.message_id) if row.message_id is not None else shown
        yield Step(row.at, "moved", cause, f"{row.from_state}>{row.to_state}", row.why)
    for owed in found.obligations:
        if owed["base"] is not None:
            yield Step(owed["base"], "owed", owed["kind"], f"{owed['rule']} {owed['days']}{owed['unit']}", None, owed["due_at"])
        if owed["answered_at"] is not None:
            cause = show_hub_id(owed["answered_by"]) if owed["answered_by"] is not None else ""
            yield Step(owed["answered_at"], "answered", owed["kind"], cause)
    for row in connection.execute(select(TIMER).where(TIMER.c.case_id == case["id"], TIMER.c.fired_at.is_not(None))):
        yield Step(row.fired_at, "timer", row.name, "fired")


def _audit(connection: Connection, hub_id: int) -> Sequence[Step]:
    query = select(AUDIT).where(AUDIT.c.object == show_hub_id(hub_id)).order_by(AUDIT.c.at).limit(MOST_AUDIT)
    rows = [row for row in connection.execute(query) if row.action not in _TOLD_ELSEWHERE]
    return [
        Step(row.at, "planned", row.who, row.result)
        if row.action == "plan"
        else Step(row.at, "audit", row.who, f"{row.action} {row.result}")
        for row in rows
    ]
