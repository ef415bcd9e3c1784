"""Packages load, and names mean one thing: adapters, systems, flows, channels, routes, operations, feeds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from hub.control_bus.check.fault import Fault
from hub.control_bus.check.subject import Subject

CHANNEL_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


def packages_load(subject: Subject) -> Iterator[Fault]:
    """Every folder of adapters/ and routes/ is a package that exports what it must."""
    for sentence in subject.unloadable:
        module, _, why = sentence.partition(": ")
        yield Fault(module, "package.unusable", f"无法载入：{why}", f"cannot be used: {why}")


def names_are_unique(subject: Subject) -> Iterator[Fault]:
    """Two things of one kind never share a name; a name that is used twice is found by nobody for certain."""
    catalogue = subject.catalogue
    yield from _twice("adapters", "适配器 adapter", (a.name for a in catalogue.adapters))
    yield from _twice("adapters", "系统代码 system code", (a.system for a in {a.name: a for a in catalogue.adapters}.values()))
    yield from _twice("routes", "流程 flow", (f.name for f in catalogue.flows))
    flows = {f.name: f for f in catalogue.flows}.values()
    names = [c.name for f in flows for c in f.channels]
    names += [form.name for f in flows for q in f.queries for form in (q.request, q.reply)]
    yield from _twice("routes", "报文类型或查询 channel or query", names)
    for flow in flows:
        place = f"routes/{flow.name}"
        yield from _twice(place, "路由 route", (r.name for r in flow.routes))
        for channel in flow.channels:
            yield from _twice(f"{place} · channel {channel.name}", "重复键 duplicate key", (k.name for k in channel.duplicate_keys))
    for adapter in catalogue.adapters:
        place = f"adapters/{adapter.name}"
        yield from _twice(place, "操作 operation", (o.name for o in adapter.operations))
        yield from _twice(place, "报文类型的出站操作 operation for channel", (o.channel for o in adapter.operations))
        yield from _twice(place, "查询操作 query operation", (o.query for o in adapter.queries))
        yield from _twice(place, "数据源 feed", (f.name for f in adapter.feeds))


def _twice(place: str, kind: str, names: Iterable[str]) -> Iterator[Fault]:
    zh, _, en = kind.partition(" ")
    for name, number in Counter(names).items():
        if number > 1:
            yield Fault(
                place,
                "name.twice",
                f"{zh} {name} 重名，共 {number} 个。",
                f"{en} {name} exists {number} times.",
                "请改名。 Rename one.",
            )


def channel_names(subject: Subject) -> Iterator[Fault]:
    """A channel is called ``<family>.<message>``: files, namespaces and URLs follow from it."""
    for flow, channel in subject.channels():
        if not CHANNEL_NAME.fullmatch(channel.name):
            yield Fault(
                f"routes/{flow.name}", "channel.name",
                f"报文类型名 {channel.name} 应为 <族>.<报文>，小写。", f"channel {channel.name} must be called <family>.<message>, lower case.",
            )  # fmt: skip
