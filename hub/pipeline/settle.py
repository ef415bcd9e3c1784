"""Settle: what an outcome means for the delivery, its lane and its case."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Final

from hub.cases.transitions import change
from hub.contract.decision import NOTHING, Decision, Settlement
from hub.contract.message import show_hub_id
from hub.contract.operation import Operation, OperationClass
from hub.contract.outcome import Delivered, Outcome, Pending, PerRecord, Rejected, Released, Unknown
from hub.pipeline.commit_plan import timers
from hub.pipeline.machine import Machine, Retry
from hub.pipeline.planning import case_of
from hub.pipeline.record_results import Incomplete, record_results
from hub.ports.records import CaseChange, Claimed, DeliveryState, Settle

_ASK_AGAIN: Final = 60.0
"""Seconds: the longest pause before a partner that could not be asked about a ticket is asked again."""


def settlement(machine: Machine, operation: Operation, claimed: Claimed, outcome: Outcome, *, called: bool = True) -> Settle:
    """The TX3 of an attempt that ``called`` the partner, or only asked. Pure but for the jitter."""
    now = machine.clock.now()
    try:
        records = record_results(machine, claimed, outcome)
    except Incomplete:
        outcome, records = Released("results incomplete"), ()
    state, code, wait, doubt = (_of_ticket if claimed.ticket else _meaning)(machine.retry, operation, claimed, outcome, now)
    effective = _effective(outcome, now)
    decision, case = _case_change(machine, claimed, state, effective, code)
    due = {}
    if effective is not None and claimed.owed:
        kind, days, unit = claimed.owed
        due[kind] = max(machine.due(effective, days, unit), claimed.owed_floor or 0)
    return Settle(
        claimed=claimed, state=state, outcome=type(outcome).__name__.lower(), code=code, at=now,
        not_before=now + int(wait * 1000) if wait is not None else None, doubt=doubt, effective_at=effective, due_at=due,
        called_at=claimed.claimed_at if called else claimed.previous_at,
        case=case,
        timers=timers(machine, decision), records=records, ticket=_ticket(claimed, outcome) if state == "pending" else None,
    )  # fmt: skip


def _ticket(claimed: Claimed, outcome: Outcome) -> str | None:
    """The ticket to ask about later: a new one, or that of before."""
    if isinstance(outcome, Pending):
        return outcome.ticket if outcome.poll_after is not None else None
    return claimed.ticket


def _of_ticket(
    retry: Retry, operation: Operation, claimed: Claimed, outcome: Outcome, now: int
) -> tuple[DeliveryState, str | None, float | None, bool]:
    """As `_meaning`, for an answer about a ticket: the call was made, only its result is not known yet."""
    match outcome:
        case Released(resend=True, reason=reason):
            return "released", reason[:60], backoff(retry, claimed.attempt), False
        case Released(reason=reason) | Unknown(reason=reason):
            if now - claimed.created_at > operation.max_age * 1000:
                return "unknown", "Flow.OutcomeUnknown", None, True
            asked = outcome.retry_after if isinstance(outcome, Released) else None
            return "pending", reason[:60], asked if asked is not None else min(backoff(retry, claimed.attempt), _ASK_AGAIN), False
        case _:
            return _meaning(retry, operation, claimed, outcome, now)


def _meaning(
    retry: Retry, operation: Operation, claimed: Claimed, outcome: Outcome, now: int
) -> tuple[DeliveryState, str | None, float | None, bool]:
    """State, code, wait in seconds before the next attempt, and whether the effect stays in doubt."""
    match outcome:
        case Delivered() | PerRecord():
            return "delivered", None, None, False
        case Pending(poll_after=wait):
            return "pending", None, wait, False
        case Rejected(code=code, kind=kind):
            return "rejected", f"{kind}:{code}"[:60], None, False
        case Unknown() if operation.kind is OperationClass.NEITHER:
            return "unknown", "Flow.OutcomeUnknown", None, True
        case Released(reason=reason) | Unknown(reason=reason):
            doubt = isinstance(outcome, Unknown) or reason == "ask later"
            if now - claimed.created_at > operation.max_age * 1000:
                return ("unknown", "Flow.OutcomeUnknown", None, True) if doubt else ("dead", "Flow.Expired", None, False)
            asked = outcome.retry_after if isinstance(outcome, Released) else None
            wait = asked if asked is not None else backoff(retry, claimed.attempt)
            if isinstance(outcome, Unknown) and operation.kind is OperationClass.ASKABLE:
                wait = max(wait, operation.ask_after)
            return "released", reason[:60], wait, doubt


def backoff(retry: Retry, attempt: int) -> float:
    """Full jitter: anything from nothing to first x 2^(attempt - 1), capped, in seconds."""
    return random.uniform(0, min(retry.cap, retry.first * 2 ** min(attempt - 1, 20)))  # noqa: S311 - jitter, not a secret


def _effective(outcome: Outcome, now: int) -> int | None:
    if isinstance(outcome, Delivered | Pending | PerRecord):
        return int(outcome.effective_at.timestamp() * 1000) if outcome.effective_at else now
    return None


def _case_change(
    machine: Machine, claimed: Claimed, state: DeliveryState, effective: int | None, code: str | None
) -> tuple[Decision, CaseChange | None]:
    """What the flow decides. A rule that fails costs the case its move, never the outcome: the partner is not called again."""
    flow = machine.catalogue.flow_of.get(claimed.channel)
    if flow is None or flow.case is None or claimed.case is None or state in ("released", "claimed", "queued"):
        return NOTHING, None
    moment = datetime.fromtimestamp(effective / 1000, UTC) if effective is not None else None
    try:
        decision = flow.settled(Settlement(claimed.route, state, moment, code or ""), case_of(claimed.case))
        return decision, change(flow.case, claimed.case, None, decision)
    except Exception as fault:  # noqa: BLE001 - whatever a rule raises
        machine.tap.event("rule.failed", channel=claimed.channel, hub_id=show_hub_id(claimed.message), kind=type(fault).__name__)
        return NOTHING, None
