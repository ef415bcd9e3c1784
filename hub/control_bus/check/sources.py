"""Sources: a flow takes a channel from an adapter whose feed brings it, in a schema that loads - and nothing arrives unasked."""

from __future__ import annotations

from collections.abc import Iterator

from hub.contract.adapter import Adapter
from hub.contract.batch import BatchIn
from hub.contract.errors import HubError
from hub.contract.flow import Flow
from hub.contract.service import Push, Service
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.schemas import missing
from hub.control_bus.check.subject import Subject
from hub.transports.soap_wsdl import read_wsdl


def sources_bring_what_they_say(subject: Subject) -> Iterator[Fault]:
    """Each declared source is an adapter with a feed for the channel."""
    for flow in subject.catalogue.flows:
        place = f"routes/{flow.name} · sources"
        for channel, names in (flow.sources or {}).items():
            if flow.channel(channel) is None:
                hint = did_you_mean(channel, (c.name for c in flow.channels))
                yield Fault(
                    place, "source.channel", f"报文类型 {channel} 不在该流程中。", f"channel {channel} is not in this flow.", hint
                )
            for name in names:
                adapter = subject.catalogue.adapter.get(name)
                if adapter is None:
                    hint = did_you_mean(name, subject.catalogue.adapter)
                    yield Fault(place, "source.adapter", f"没有适配器 {name}。", f"there is no adapter {name}.", hint)
                elif channel not in (brought := _brought(flow, adapter)):
                    hint = did_you_mean(channel, brought)
                    yield Fault(
                        place,
                        "source.feed",
                        f"适配器 {name} 没有带来 {channel} 的数据源或服务。",
                        f"no feed of adapter {name} brings {channel}, and no service.",
                        hint,
                    )


def _brought(flow: Flow, adapter: Adapter) -> set[str]:
    """The channels that an adapter's feeds, services and batches bring."""
    records = {b.name: b.record for b in flow.batches if isinstance(b, BatchIn)}
    pushed = {p.channel for s in adapter.services for p in s.operations.values() if isinstance(p, Push)}
    fed = {c for feed in adapter.feeds for c in feed.channels}
    return {str(c) for c in (fed | pushed | {records[n] for n in (adapter.batches or {}) if n in records})}


def feeds_are_wanted(subject: Subject) -> Iterator[Fault]:
    """What a feed brings is a known channel, its schema exists, and the channel's flow names the adapter as a source."""
    for adapter in subject.catalogue.adapters:
        for feed in adapter.feeds:
            for channel, schema in feed.channels.items():
                yield from _brings(subject, adapter, f"adapters/{adapter.name} · feed {feed.name}", channel, schema)
            if feed.needs is not None and feed.needs not in (adapter.settings or {}):
                yield Fault(
                    f"adapters/{adapter.name} · feed {feed.name}", "feed.setting", f"没有设置项 {feed.needs}。",
                    f"there is no setting {feed.needs}.", did_you_mean(feed.needs, adapter.settings or ()),
                )  # fmt: skip


def services_are_whole(subject: Subject) -> Iterator[Fault]:
    """Each service has a WSDL whose operations it declares, with schemas that exist, for channels that are wanted."""
    for adapter in subject.catalogue.adapters:
        for service in adapter.services:
            place = f"adapters/{adapter.name} · service {service.name}"
            yield from _contract(subject, place, service)
            for name, operation in service.operations.items():
                for schema in (operation.schema, operation.reply_schema):
                    if not subject.schemas.exists(schema):
                        yield missing(subject, f"{place} · {name}", schema)
                if isinstance(operation, Push) and not operation.batch:
                    yield from _brings(subject, adapter, place, operation.channel, operation.schema)


def _contract(subject: Subject, place: str, service: Service) -> Iterator[Fault]:
    wsdl = next((file for root in subject.roots if (file := root / service.wsdl).exists()), None)
    if service.name in {flow.name for flow in subject.catalogue.flows}:
        yield Fault(place, "service.name", f"与流程 {service.name} 的服务同名。", f"has the name of flow {service.name}.")
    if wsdl is None:
        yield missing(subject, place, service.wsdl)
        return
    try:
        offered = {o.name for binding in read_wsdl(wsdl).bindings.values() for o in binding.values()}
    except (ValueError, HubError) as fault:
        yield Fault(place, "service.wsdl", f"{service.wsdl} 不可用。", f"{service.wsdl} cannot be used: {type(fault).__name__}.")
        return
    for name in sorted(offered ^ set(service.operations)):
        yield Fault(
            place, "service.operation", f"操作 {name} 只在 WSDL 与清单之一中。", f"operation {name} stands in only one of WSDL and manifest.",
            did_you_mean(name, (offered | set(service.operations)) - {name}),
        )  # fmt: skip


def _brings(subject: Subject, adapter: Adapter, place: str, channel: str, schema: str) -> Iterator[Fault]:
    flow: Flow | None = subject.catalogue.flow_of.get(channel)
    if flow is None:
        hint = did_you_mean(channel, subject.catalogue.channels)
        yield Fault(place, "feed.channel", f"没有报文类型 {channel}。", f"there is no channel {channel}.", hint)
    elif adapter.name not in {n for c, names in (flow.sources or {}).items() if c == channel for n in names}:
        yield Fault(
            place, "feed.unasked", f"流程 {flow.name} 没有把 {adapter.name} 声明为 {channel} 的来源。",
            f"flow {flow.name} does not name {adapter.name} as a source of {channel}.",
        )  # fmt: skip
    if not subject.schemas.exists(schema):
        yield missing(subject, place, schema)
