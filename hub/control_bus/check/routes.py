"""Routes lead somewhere: channel, adapter and operation exist, the partner's schema loads, every recipient resolves."""

from __future__ import annotations

from collections.abc import Iterator

from hub.contract.batch import BatchIn, BatchOut
from hub.contract.channel import Channel
from hub.contract.flow import Flow, Route, SystemRecipient, UnitRecipient
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.schemas import missing
from hub.control_bus.check.subject import Subject, channel_place, route_place


def routes_lead_somewhere(subject: Subject) -> Iterator[Fault]:
    """Every route has a channel of its flow and a recipient that can take it."""
    for flow in subject.catalogue.flows:
        for route in flow.routes:
            if flow.channel(route.channel) is None:
                hint = did_you_mean(route.channel, (c.name for c in flow.channels))
                yield _fault(
                    flow,
                    route,
                    "route.channel",
                    f"报文类型 {route.channel} 不在该流程中。",
                    f"channel {route.channel} is not in this flow.",
                    hint,
                )
            elif isinstance(route.to, SystemRecipient):
                yield from _to_system(subject, flow, route, route.to.name)
            else:
                yield from _to_unit(subject, flow, route)


def _to_system(subject: Subject, flow: Flow, route: Route, name: str) -> Iterator[Fault]:
    adapter = subject.catalogue.adapter.get(name)
    if adapter is None:
        hint = did_you_mean(name, subject.catalogue.adapter)
        yield _fault(flow, route, "route.adapter", f"没有适配器 {name}。", f"there is no adapter {name}.", hint)
        return
    operation = adapter.operation_for(route.channel)
    if operation is None:
        hint = did_you_mean(route.channel, (o.channel for o in adapter.operations))
        yield _fault(
            flow,
            route,
            "route.operation",
            f"适配器 {name} 没有送出 {route.channel} 的操作。",
            f"adapter {name} has no operation for {route.channel}.",
            hint,
        )
    elif not subject.schemas.exists(operation.schema):
        yield missing(subject, f"adapters/{name} · operation {operation.name}", operation.schema)


def _to_unit(subject: Subject, flow: Flow, route: Route) -> Iterator[Fault]:
    if subject.spokes and not subject.receivers(route.channel):
        yield _fault(
            flow, route, "route.recipient", f"没有接入方可接收 {route.channel}。", f"no spoke may receive {route.channel}.",
            "请为接入方的 receives 开通。 Add it to receives of a spoke.",
        )  # fmt: skip


def _fault(flow: Flow, route: Route, code: str, zh: str, en: str, hint: str = "") -> Fault:
    return Fault(route_place(flow, route), code, zh, en, hint)


def operations_are_known(subject: Subject) -> Iterator[Fault]:
    """An operation carries a channel that exists: a misspelt one would never be called."""
    for adapter in subject.catalogue.adapters:
        for operation in adapter.operations:
            if operation.channel not in subject.catalogue.channels:
                yield Fault(
                    f"adapters/{adapter.name} · operation {operation.name}", "operation.channel", f"没有报文类型 {operation.channel}。",
                    f"there is no channel {operation.channel}.", did_you_mean(operation.channel, subject.catalogue.channels),
                )  # fmt: skip


def channels_begin_and_end(subject: Subject) -> Iterator[Fault]:
    """Every channel has somebody who produces it and a route that consumes it."""
    for flow, channel in subject.channels():
        place = channel_place(flow, channel.name)
        if subject.spokes and not _made_here(subject, flow, channel) and not subject.senders(channel.name):
            yield Fault(
                place, "channel.producer", "没有接入方可发送，也没有数据源带来它。", "no spoke may send it and no feed brings it.",
                "请为接入方的 sends 开通，或声明 sources。 Grant it to a spoke, or declare a source.",
            )  # fmt: skip
        if not any(route.channel == channel.name for route in flow.routes) and not _goes_no_further(flow, channel):
            yield Fault(
                place, "channel.consumer", "没有路由送出它。", "no route takes it anywhere.", "请声明路由。 Declare a route."
            )


def _made_here(subject: Subject, flow: Flow, channel: Channel) -> bool:
    """Whether a feed brings it, a flow emits it, or a batch holds it."""
    adapters = [subject.catalogue.adapter[n] for n in (flow.sources or {}).get(channel.name, ()) if n in subject.catalogue.adapter]
    emitted = {made for f in subject.catalogue.flows for names in (f.emits or {}).values() for made in names}
    in_batches = {name for b in flow.batches if isinstance(b, BatchOut) for name in (b.record, b.wrapper)}
    in_batches |= {b.record for b in flow.batches if isinstance(b, BatchIn) and subject.senders(b.name)}
    return any(channel.name in feed.channels for a in adapters for feed in a.feeds) or channel.name in {*emitted, *in_batches}


def _goes_no_further(flow: Flow, channel: Channel) -> bool:
    """Whether its effect is what the flow makes of it, or its case: it is declared so, emits, or is a batch's wrapper."""
    wrappers = {b.wrapper for b in flow.batches if isinstance(b, BatchOut)}
    return channel.name in flow.ends or channel.name in (flow.emits or {}) or channel.name in wrappers


def emits_are_wanted(subject: Subject) -> Iterator[Fault]:
    """What a flow says it emits exists, at both ends."""
    for flow in subject.catalogue.flows:
        for channel, made in (flow.emits or {}).items():
            unknown = [(c, (k.name for k in flow.channels)) for c in (channel,) if flow.channel(c) is None]
            unknown += [(c, subject.catalogue.channels) for c in made if c not in subject.catalogue.channels]  # type: ignore[misc]
            for name, known in unknown:
                yield Fault(
                    f"routes/{flow.name} · emits", "emit.channel", f"没有报文类型 {name}。", f"there is no channel {name}.",
                    did_you_mean(name, known),
                )  # fmt: skip


def requests_can_be_answered(subject: Subject) -> Iterator[Fault]:
    """For each declared answer: its channel is in the flow, whoever gets the request may answer, and the answer finds back."""
    for flow in subject.catalogue.flows:
        for request, answer in (flow.answers or {}).items():
            unknown = [c for c in (request, answer) if flow.channel(c) is None]
            for name in unknown:
                yield Fault(
                    f"routes/{flow.name} · answers", "answer.channel", f"报文类型 {name} 不在该流程中。",
                    f"channel {name} is not in this flow.", did_you_mean(name, (c.name for c in flow.channels)),
                )  # fmt: skip
            if not unknown:
                yield from _may_answer(subject, flow, request, answer)
                yield from _finds_back(subject, flow, request, answer)


def _may_answer(subject: Subject, flow: Flow, request: str, answer: str) -> Iterator[Fault]:
    sources = {name for channel, names in (flow.sources or {}).items() if channel == answer for name in names}
    for route in flow.routes:
        if route.channel == request and isinstance(route.to, SystemRecipient) and route.to.name not in sources:
            yield _fault(
                flow, route, "answer.source", f"{route.to.name} 收到 {request}，却不是 {answer} 的来源。",
                f"{route.to.name} gets {request} but is not a source of {answer}.",
            )  # fmt: skip
    for spoke in subject.receivers(request):
        if answer not in spoke.sends:
            yield Fault(
                f"spoke {spoke.name}",
                "answer.grant",
                f"接收 {request}，却无权发送 {answer}。",
                f"receives {request} but may not send {answer}.",
            )


def _finds_back(subject: Subject, flow: Flow, request: str, answer: str) -> Iterator[Fault]:
    back = [route.to for route in flow.routes if route.channel == answer]
    place = channel_place(flow, answer)
    for channel, names in (flow.sources or {}).items():
        for name in names if channel == request else ():
            if SystemRecipient(name) not in back:
                yield Fault(place, "answer.route", f"没有把答复送回 {name} 的路由。", f"no route takes the answer back to {name}.")
    senders = subject.senders(request)
    if (senders or not subject.spokes) and not any(isinstance(to, UnitRecipient) for to in back):
        yield Fault(place, "answer.route", "没有把答复送回发起单位的路由。", "no route takes the answer back to the asking unit.")
    for spoke in senders:
        if answer not in spoke.receives:
            yield Fault(
                f"spoke {spoke.name}",
                "answer.grant",
                f"发送 {request}，却无权接收 {answer}。",
                f"sends {request} but may not receive {answer}.",
            )
