"""Commit the plan: turn a decision into the PLAN transaction, and case moves into checked transitions."""

from __future__ import annotations

from datetime import UTC

from hub.cases.transitions import change
from hub.contract.decision import Decision
from hub.contract.errors import RULE_FAILED, FlowError
from hub.pipeline.machine import Machine
from hub.pipeline.planning import Planning
from hub.ports.records import MessageState, NewCase, NewTimer, Plan, ToPlan


def compose(machine: Machine, work: Planning) -> None:
    """Fill ``work.plan``. Raises FlowError ``Flow.RuleFailed`` for a transition the case type does not allow."""
    decision = work.decision
    new = None
    opens = work.flow.case and work.channel.name in work.flow.case.opens and decision.ended is None
    if opens and work.flow.case and work.case_key and work.case_row is None:
        new = NewCase(machine.store.new_id(), work.flow.case.name, work.case_key)
    case = change(work.flow.case, work.case_row, new, decision) if work.flow.case else None
    state, code = _ended(work)
    work.plan = Plan(
        message=work.stored, state=state, code=code, case=case, deliveries=() if state == "unroutable" else work.deliveries,
        timers=timers(machine, decision),
    )  # fmt: skip


def compose_dead(stored: ToPlan, code: str) -> Plan:
    """The plan of a message that cannot be opened or whose rules failed: dead with its reason, holding its lane."""
    return Plan(message=stored, state="dead", code=code, case=None)


def timers(machine: Machine, decision: Decision) -> tuple[NewTimer, ...]:
    """The timers of a decision as rows."""
    return tuple(
        NewTimer(machine.store.new_id(), t.name, int(t.at.astimezone(UTC).timestamp() * 1000) if t.at else None, t.due_of)
        for t in decision.timers
    )


def _ended(work: Planning) -> tuple[MessageState, str | None]:
    decision = work.decision
    if not decision.sends:
        if decision.ended is None and not (decision.moves or decision.settles):
            raise FlowError(RULE_FAILED)
        return decision.ended or "no_recipient", decision.reason or None
    if work.unresolved == len(decision.sends):
        return "unroutable", "Flow.Unroutable"
    return "planned", None
