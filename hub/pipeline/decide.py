"""Decide: the flow's rules, once per message. A rule that raises makes the message dead; it holds its lane."""

from __future__ import annotations

from hub.contract.decision import Decision, Send
from hub.contract.errors import RULE_FAILED, UNDECLARED_ROUTE, FlowError
from hub.contract.flow import Flow
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
        if not declared(work.flow, work.channel.name, send):
            raise FlowError(UNDECLARED_ROUTE)
    if work.case_row and any(s.uncounted for s in decision.settles):
        work.owed = tuple(machine.store.open_obligations(work.case_row.id))
    work.decision = decision


def declared(flow: Flow, channel: str, send: Send) -> bool:
    """Whether the send goes along a route of the flow for its document: this channel's, or one that opens the case."""
    route = flow.route(send.route)
    if send.opening:
        return bool(route and flow.case and route.channel in flow.case.opens)
    return bool(route and route.channel == channel)
