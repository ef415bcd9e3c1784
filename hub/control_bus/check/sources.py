"""Sources: a flow takes a channel from an adapter whose feed brings it, in a schema that loads - and nothing arrives unasked."""

from __future__ import annotations

from collections.abc import Iterator

from hub.contract.adapter import Adapter, Feed
from hub.contract.flow import Flow
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.schemas import missing
from hub.control_bus.check.subject import Subject


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
                elif not any(channel in feed.channels for feed in adapter.feeds):
                    hint = did_you_mean(channel, (c for feed in adapter.feeds for c in feed.channels))
                    yield Fault(
                        place,
                        "source.feed",
                        f"适配器 {name} 没有带来 {channel} 的数据源。",
                        f"no feed of adapter {name} brings {channel}.",
                        hint,
                    )


def feeds_are_wanted(subject: Subject) -> Iterator[Fault]:
    """What a feed brings is a known channel, its schema exists, and the channel's flow names the adapter as a source."""
    for adapter in subject.catalogue.adapters:
        for feed in adapter.feeds:
            for channel, schema in feed.channels.items():
                yield from _feed(subject, adapter, feed, channel, schema)


def _feed(subject: Subject, adapter: Adapter, feed: Feed, channel: str, schema: str) -> Iterator[Fault]:
    place = f"adapters/{adapter.name} · feed {feed.name}"
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
