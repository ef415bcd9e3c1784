"""Cases: keys for every channel, declared states only, every state within reach, no way out of an end."""

from __future__ import annotations

from collections.abc import Iterator

from hub.contract.case import CaseType
from hub.contract.flow import Flow
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.subject import Subject


def cases_are_whole(subject: Subject) -> Iterator[Fault]:
    """The state machine of each flow holds together."""
    for flow in subject.catalogue.flows:
        if flow.case:
            yield from _keys(flow, flow.case)
            yield from _states(flow, flow.case)
            yield from _reach(flow, flow.case)


def _keys(flow: Flow, case: CaseType) -> Iterator[Fault]:
    channels = {c.name for c in flow.channels}
    for name in sorted(channels - set(case.keys) - case.apart):
        yield _fault(flow, "case.key", f"报文类型 {name} 没有办件键。", f"channel {name} has no key that names the case.")
    for name in sorted({*case.keys, *case.opens, *case.apart} - channels):
        yield _fault(
            flow,
            "case.channel",
            f"报文类型 {name} 不在该流程中。",
            f"channel {name} is not in this flow.",
            did_you_mean(name, channels),
        )
    if not case.opens:
        yield _fault(flow, "case.opens", "没有报文能立案。", "no channel opens the case.")


def _states(flow: Flow, case: CaseType) -> Iterator[Fault]:
    used = {case.initial, *case.closed, *(state for move in case.moves for state in move)}
    for state in sorted(used - set(case.states)):
        yield _fault(
            flow, "case.state", f"状态 {state} 未声明。", f"state {state} is not declared.", did_you_mean(state, case.states)
        )
    if not case.closed:
        yield _fault(flow, "case.closed", "没有办结状态。", "no state closes the case.")
    for state, to in sorted(case.moves):
        if state in case.closed:
            yield _fault(
                flow, "case.closed", f"办结状态 {state} 不得再转到 {to}。", f"state {state} is final but has a move to {to}."
            )


def reachable(case: CaseType) -> frozenset[str]:
    """The states that some sequence of declared moves leads to."""
    reached, waiting = {case.initial}, [case.initial]
    while waiting:
        here = waiting.pop()
        new = {to for state, to in case.moves if state == here} - reached
        reached |= new
        waiting += new
    return frozenset(reached)


def _reach(flow: Flow, case: CaseType) -> Iterator[Fault]:
    for state in sorted(set(case.states) - reachable(case)):
        yield _fault(
            flow, "case.unreachable", f"状态 {state}（{case.states[state]}）无法到达。", f"state {state} cannot be reached from {case.initial}.",
            "请声明转移，或去掉该状态。 Declare a move to it, or leave it out.",
        )  # fmt: skip


def _fault(flow: Flow, code: str, zh: str, en: str, hint: str = "") -> Fault:
    return Fault(f"routes/{flow.name} · case", code, zh, en, hint)
