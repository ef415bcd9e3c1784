"""Lookups: what a flow's rules need to know is answered by exactly one adapter, asked by parts that its channel has."""

from __future__ import annotations

from collections.abc import Iterator

from hub.contract.flow import Flow
from hub.contract.lookup import Lookup, Need
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.subject import Subject


def lookups_are_provided(subject: Subject) -> Iterator[Fault]:
    """Each need of a flow has one provider and asks it rightly."""
    for flow in subject.catalogue.flows:
        for need in flow.needs:
            place = f"routes/{flow.name} · need {need.fact}"
            yield from _channel(subject, flow, need, place)
            yield from _provider(subject, need, place)
            if [other.fact for other in flow.needs if other.channel == need.channel].count(need.fact) > 1:
                yield Fault(place, "need.twice", f"{need.fact} 重名。", f"{need.fact} is used twice for one channel.")


def _channel(subject: Subject, flow: Flow, need: Need, place: str) -> Iterator[Fault]:
    channel = flow.channel(need.channel)
    if channel is None:
        hint = did_you_mean(need.channel, (c.name for c in flow.channels))
        yield Fault(
            place, "need.channel", f"报文类型 {need.channel} 不在该流程中。", f"channel {need.channel} is not in this flow.", hint
        )
        return
    fields = subject.fields(channel.schema) or {}
    for part in need.parts:
        if not part.path.startswith("@") and fields and (part.path not in fields or not fields[part.path].leaf):
            yield Fault(
                place, "need.part", f"{part.path} 不是报文类型 {channel.name} 的叶子元素。",
                f"{part.path} is no leaf of channel {channel.name}.", did_you_mean(part.path, fields),
            )  # fmt: skip


def _provider(subject: Subject, need: Need, place: str) -> Iterator[Fault]:
    found = [lookup for _, lookup in _lookups(subject) if lookup.name == need.lookup]
    if not found:
        hint = did_you_mean(need.lookup, (lookup.name for _, lookup in _lookups(subject)))
        yield Fault(place, "need.lookup", f"没有适配器提供查询 {need.lookup}。", f"no adapter answers lookup {need.lookup}.", hint)
    elif len(found) > 1:
        yield Fault(
            place, "need.lookup", f"查询 {need.lookup} 有多个提供者。", f"lookup {need.lookup} is answered by several adapters."
        )
    elif len(found[0].asks) != len(need.parts):
        asks = ", ".join(found[0].asks)
        yield Fault(place, "need.part", f"查询 {need.lookup} 须按 {asks} 提问。", f"lookup {need.lookup} is asked by {asks}.")


def unconfigured(subject: Subject) -> Iterator[tuple[str, str]]:
    """A note for each flow and system that is not configured: rules then decide without the facts of its lookups."""
    for flow in subject.catalogue.flows:
        needed = {need.lookup for need in flow.needs}
        off: dict[str, list[str]] = {}
        for adapter, lookup in _lookups(subject):
            if lookup.name in needed and adapter not in subject.settings.adapters:
                off.setdefault(adapter, []).append(lookup.name)
        for adapter, names in off.items():
            yield (
                f"流程 {flow.name} 的查询未启用（{' '.join(names)}）：设置中没有 [adapters.{adapter}]。",
                f"lookups of flow {flow.name} are off ({' '.join(names)}): there is no [adapters.{adapter}] in the settings.",
            )


def _lookups(subject: Subject) -> list[tuple[str, Lookup]]:
    return [(adapter.name, lookup) for adapter in subject.catalogue.adapters for lookup in adapter.lookups]
