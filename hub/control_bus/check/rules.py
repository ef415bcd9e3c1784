"""Rules: pure decisions, tried on the canonical samples. A rule that raises there would make a real message dead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from hub.contract.case import Case
from hub.contract.channel import Channel
from hub.contract.decision import Decision
from hub.contract.errors import HubError
from hub.contract.flow import Flow
from hub.contract.message import Document, Header, Message
from hub.contract.xml import parse
from hub.control_bus.check.cases import reachable
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.samples import canonical_samples
from hub.control_bus.check.subject import Subject, channel_place
from hub.pipeline.decide import declared, emit_declared


def rules_are_total(subject: Subject) -> Iterator[Fault]:
    """Each sample is decided without a case and in every state it can be in; what is decided is declared."""
    for flow in subject.catalogue.flows:
        data: dict[str, str] | None = None
        for channel in sorted(flow.channels, key=lambda c: flow.case is None or c.name not in flow.case.opens):
            seen: set[Fault] = set()
            for message in _messages(subject, flow, channel):
                for case in (None, *_cases(flow, message.accepted_at, data)):
                    decision = _decided(subject, flow, channel, message, case, seen)
                    if decision and case is None and flow.case and channel.name in flow.case.opens:
                        known = {send.known_as: "spoke:check" for send in decision.sends if send.known_as}
                        data = {**(data or {}), **decision.data, **known}
            yield from sorted(seen)


def _messages(subject: Subject, flow: Flow, channel: Channel) -> Iterator[Message]:
    systems = {s.system for s in subject.senders(channel.name)} or {"HUB"}
    systems |= {
        subject.catalogue.adapter[n].system for n in (flow.sources or {}).get(channel.name, ()) if n in subject.catalogue.adapter
    }
    now = datetime.combine(subject.today, datetime.min.time(), UTC)
    for file in canonical_samples(subject, channel):
        try:
            body = Document(parse(file.read_bytes()))
        except HubError:
            continue
        for system in sorted(systems):
            yield Message(1, Header("check", channel.name, channel.version, "check", system), body, now)


def _cases(flow: Flow, now: datetime, data: dict[str, str] | None) -> Iterator[Case]:
    if flow.case and data is not None:
        yield from (Case(1, state, now, data) for state in sorted(reachable(flow.case)))


def _decided(
    subject: Subject, flow: Flow, channel: Channel, message: Message, case: Case | None, seen: set[Fault]
) -> Decision | None:
    place = channel_place(flow, channel.name)
    state = case.state if case else "-"
    try:
        decision = flow.decide(message, {}, case)
    except Exception as fault:  # noqa: BLE001 - whatever a rule raises makes a message dead
        kind = type(fault).__name__
        seen.add(
            Fault(
                place,
                "rule.raised",
                f"规则在样例上出错 {kind}（办件状态 {state}）。",
                f"the rule raised {kind} on a sample (case state {state}).",
            )
        )
        return None
    for send in decision.sends:
        if not declared(flow, channel.name, send):
            hint = did_you_mean(send.route, (r.name for r in flow.routes if r.channel == channel.name))
            seen.add(
                Fault(
                    place,
                    "rule.route",
                    f"规则选择了未声明的路由 {send.route}。",
                    f"the rule chose route {send.route}, which is not declared.",
                    hint,
                )
            )
    _emits(subject, flow, channel, decision, seen)
    _moves(flow, place, decision, case, seen)
    return decision


def _emits(subject: Subject, flow: Flow, channel: Channel, decision: Decision, seen: set[Fault]) -> None:
    """What is emitted is declared, and satisfies its schema."""
    place = channel_place(flow, channel.name)
    for emit in decision.emits:
        if not emit_declared(flow, channel.name, emit):
            seen.add(
                Fault(
                    place,
                    "rule.emit",
                    f"规则生成未声明的 {emit.channel}。",
                    f"the rule emits {emit.channel}, which is not declared.",
                )
            )
            continue
        try:
            subject.schemas.validate(subject.catalogue.channels[emit.channel].schema, emit.document)
        except HubError as fault:
            where = fault.path or ""
            seen.add(
                Fault(
                    place,
                    "rule.emit",
                    f"规则生成的 {emit.channel} 不符合接口定义（{fault.code} {where}）。",
                    f"the emitted {emit.channel} does not satisfy its schema ({fault.code} {where}).",
                )
            )


def _moves(flow: Flow, place: str, decision: Decision, case: Case | None, seen: set[Fault]) -> None:
    start = case.state if case else flow.case.initial if flow.case else ""
    for move in decision.moves:
        if flow.case and (start, move.to) not in flow.case.moves:
            seen.add(
                Fault(
                    place,
                    "rule.move",
                    f"规则从状态 {start} 转到 {move.to}，未声明。",
                    f"the rule moves from {start} to {move.to}, which is not declared.",
                )
            )
        start = move.to
