"""Commit the plan: turn a decision into the PLAN transaction, and case moves into checked transitions."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC
from typing import Final

from hub.cases.transitions import change
from hub.contract.case import Limit
from hub.contract.decision import Decision
from hub.contract.errors import RULE_FAILED, FlowError
from hub.pipeline.machine import Machine
from hub.pipeline.planning import Planning
from hub.ports.records import MessageState, NewCase, NewTimer, Plan, Sealed, ToPlan

LATE: Final = "late"
"""An obligation that was handed on too late: it stays its unit's, answered by nobody."""


def compose(machine: Machine, work: Planning) -> None:
    """Fill ``work.plan``. Raises FlowError ``Flow.RuleFailed`` for a transition the case type does not allow."""
    decision = work.decision
    new = None
    opens = work.flow.case and work.channel.name in work.flow.case.opens and decision.ended is None
    if opens and work.flow.case and work.case_key and work.case_row is None:
        owner, data = work.flow.case.owner, decision.data
        owned = (data.get(owner.system, ""), data.get(owner.division, "")) if owner else ("", "")
        new = NewCase(machine.store.new_id(), work.flow.case.name, work.case_key, owned)
    decision = replace(decision, data={**decision.data, **work.known})
    case = change(work.flow.case, work.case_row, new, decision) if work.flow.case else None
    state, code = _ended(work)
    nowhere = state == "unroutable"
    work.plan = Plan(
        message=work.stored, state=state, code=code, case=case, deliveries=() if nowhere else work.deliveries,
        timers=timers(machine, decision), derived=() if nowhere else work.derived, ended=_uncounted(machine, work),
        facts=_facts(machine, work), emitted=work.emitted,
        names=tuple(name for name in work.new_names if new is None or name != new.key_hash) if case else (),
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


def _uncounted(machine: Machine, work: Planning) -> tuple[tuple[int, str], ...]:
    """The obligations that end unanswered; one that is late by its own ``within`` stays owed for ever."""
    return tuple(
        (owed.id, LATE if s.within and owed.base and _after(machine, work, owed.base, s.within) else s.uncounted)
        for s in work.decision.settles
        if s.uncounted
        for owed in work.owed
        if owed.kind == s.kind
    )


def _after(machine: Machine, work: Planning, base: int, limit: Limit) -> bool:
    return work.stored.accepted_at > machine.due(base, limit.days, limit.unit)


def _facts(machine: Machine, work: Planning) -> Sealed | None:
    """What the decision was made on, sealed like a body: it may say where somebody lives."""
    if not any(work.facts.values()):
        return None
    text = json.dumps({name: [dict(fact) for fact in found] for name, found in work.facts.items()}, ensure_ascii=False)
    return machine.keyring.seal(work.channel.retention, f"message_facts|facts|{work.stored.id}", text.encode())


def _ended(work: Planning) -> tuple[MessageState, str | None]:
    decision = work.decision
    if not decision.sends:
        if decision.ended is None and not (decision.moves or decision.settles or decision.data or decision.emits):
            raise FlowError(RULE_FAILED)
        return decision.ended or "no_recipient", decision.reason or None
    if work.unresolved == len(decision.sends):
        return "unroutable", "Flow.Unroutable"
    if all(send.opening for send in decision.sends):
        return "no_recipient", decision.sends[0].reason
    return "planned", None
