"""Decide: the flow's rules, once per message. A rule that raises makes the message dead; it holds its lane."""

from __future__ import annotations

from hub.contract.decision import Decision
from hub.contract.errors import RULE_FAILED, UNDECLARED_ROUTE, FlowError
from hub.pipeline.machine import Machine
from hub.pipeline.planning import Planning, as_case


def decide(machine: Machine, work: Planning) -> None:
    """Fill ``work.decision``. Raises FlowError ``Flow.RuleFailed`` or ``Flow.UndeclaredRoute``."""
    try:
        decision = work.flow.decide(work.message, work.facts, as_case(work.case_row))
    except Exception as fault:
        machine.tap.event("rule.failed", channel=work.channel.name, kind=type(fault).__name__)
        raise FlowError(RULE_FAILED) from fault
    if not isinstance(decision, Decision):
        raise FlowError(RULE_FAILED)
    for send in decision.sends:
        route = work.flow.route(send.route)
        if route is None or route.channel != work.channel.name:
            raise FlowError(UNDECLARED_ROUTE)
    work.decision = decision
