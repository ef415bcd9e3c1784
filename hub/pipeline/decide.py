"""Decide: the flow's rules, once per message. A rule that raises makes the message dead; it holds its lane."""

from __future__ import annotations

from hub.contract.decision import Decision, Emit, Send, ToPlace
from hub.contract.errors import RULE_FAILED, UNDECLARED_EMIT, UNDECLARED_ROUTE, FlowError
from hub.contract.flow import Flow, UnitRecipient
from hub.contract.message import ChannelName
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
    if not all(emit_declared(work.flow, work.channel.name, emit) for emit in decision.emits):
        raise FlowError(UNDECLARED_EMIT)
    if work.case_row and any(s.uncounted for s in decision.settles):
        work.owed = tuple(machine.store.open_obligations(work.case_row.id))
    work.decision = decision


def declared(flow: Flow, channel: str, send: Send) -> bool:
    """Whether the send goes along a route of the flow for its document: this channel's, or one that opens the case."""
    route = flow.route(send.route)
    if route is None or (
        isinstance(route.to, UnitRecipient) and isinstance(send.to, ToPlace) and route.to.by_system != bool(send.to.system)
    ):
        return False
    if send.opening:
        return bool(flow.case and route.channel in flow.case.opens)
    return route.channel == channel


def emit_declared(flow: Flow, channel: str, emit: Emit) -> bool:
    """Whether the flow says that messages of this channel may make one of that."""
    return emit.channel in (flow.emits or {}).get(ChannelName(channel), ())
