"""The declarations as a graph: who brings what and how, what the hub makes of it, through which flow, to whom, cut to which view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from hub.catalogue import Catalogue
from hub.contract.adapter import Adapter
from hub.contract.batch import BatchIn, BatchOut, Schedule
from hub.contract.channel import Channel
from hub.contract.flow import Flow, Route, SystemRecipient
from hub.contract.service import Push

SPOKES: Final = ("业务系统", "spokes")
UNIT: Final = ("单位", "unit")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody outside: Chinese title and English name (of an adapter, or ``spokes``, ``unit``)."""

    title: str
    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """Who may bring it, and how: a feed that is polled, a service that the system calls; empty for spokes."""

    party: Party
    how: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """One route: to whom, cut to which view, by an operation of which class (A, B, C; ``-`` for none), under which name and title."""

    to: Party
    view: str
    kind: str
    route: str
    title: str


@dataclass(frozen=True, slots=True)
class ChannelNode:
    """A channel with who may bring it, where it may go, and the channels (``emits``, by name) of which its rules make messages.

    Spokes are granted channels one by one; any may be granted.
    """

    title: str
    name: str
    sources: tuple[Source, ...]
    edges: tuple[Edge, ...]
    emits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchNode:
    """A kind of batch and the channel of its records. One that goes out has no sources: a schedule makes it."""

    title: str
    name: str
    record: str
    sources: tuple[Source, ...]
    out: bool


@dataclass(frozen=True, slots=True)
class ScheduleNode:
    """A schedule: the system it draws its extract from, and the batch it makes."""

    title: str
    name: str
    every: str
    source: Party
    extract: str
    batch: str


@dataclass(frozen=True, slots=True)
class FlowNode:
    """A flow with its legal basis in words. A ``name`` of a channel or batch is ``<name>/<version>`` where it has a version."""

    title: str
    name: str
    basis: str
    channels: tuple[ChannelNode, ...]
    batches: tuple[BatchNode, ...] = ()
    schedules: tuple[ScheduleNode, ...] = ()


def graph_of(catalogue: Catalogue, basis_of: Callable[[Flow], str], kind_of: Callable[[Route], str]) -> tuple[FlowNode, ...]:
    """The declarations as a graph, in the order in which they are declared."""
    drawing = _Drawing(catalogue, kind_of)
    return tuple(
        FlowNode(
            flow.title, flow.name, basis_of(flow), tuple(drawing.channel(flow, c) for c in flow.channels),
            tuple(drawing.batch(flow, b) for b in flow.batches), tuple(drawing.schedule(s) for s in flow.schedules),
        )
        for flow in catalogue.flows
    )  # fmt: skip


def name_of(channel: Channel) -> str:
    """``<name>/<version>``."""
    return f"{channel.name}/{channel.version}"


class _Drawing:
    def __init__(self, catalogue: Catalogue, kind_of: Callable[[Route], str]) -> None:
        self._catalogue, self._kind_of = catalogue, kind_of
        self._drawn = {e.name: a.name for a in catalogue.adapters for e in a.extracts}

    def channel(self, flow: Flow, channel: Channel) -> ChannelNode:
        known = self._catalogue.channels
        emitted = (flow.emits or {}).get(channel.name, ())
        return ChannelNode(
            channel.title, name_of(channel), (Source(Party(*SPOKES)), *self._sources(flow, channel)),
            tuple(self._edge(r) for r in flow.routes if r.channel == channel.name),
            tuple(name_of(known[name]) for name in emitted if name in known),
        )  # fmt: skip

    def _sources(self, flow: Flow, channel: Channel) -> Iterator[Source]:
        """What a system brings in batches alone comes through the node of the batch."""
        batches = {str(b.name) for b in flow.batches if isinstance(b, BatchIn) and b.record == channel.name}
        for name in (flow.sources or {}).get(channel.name, ()):
            adapter = self._catalogue.adapter.get(name)
            ways = [f"下载 feed {f.name}" for f in adapter.feeds if channel.name in f.channels] if adapter else []
            ways += _services(adapter, {channel.name}) if adapter else []
            if not ways and adapter and _services(adapter, batches):
                continue
            yield Source(self._system(name), " · ".join(ways))

    def _edge(self, route: Route) -> Edge:
        to = self._system(route.to.name) if isinstance(route.to, SystemRecipient) else Party(*UNIT)
        return Edge(to, route.view, self._kind_of(route), route.name, route.title)

    def batch(self, flow: Flow, batch: BatchIn | BatchOut) -> BatchNode:
        record = flow.channel(batch.record)
        sources: tuple[Source, ...] = ()
        if isinstance(batch, BatchIn):
            called = ((a, _services(a, {batch.name})) for a in self._catalogue.adapters)
            sources = (Source(Party(*SPOKES)), *(Source(self._system(a.name), " · ".join(ways)) for a, ways in called if ways))
        return BatchNode(
            batch.title, batch.name, name_of(record) if record else batch.record, sources, isinstance(batch, BatchOut)
        )  # fmt: skip

    def schedule(self, schedule: Schedule) -> ScheduleNode:
        source = self._system(self._drawn.get(schedule.extract, "?"))
        return ScheduleNode(schedule.title, schedule.name, schedule.every, source, schedule.extract, schedule.batch)

    def _system(self, name: str) -> Party:
        adapter = self._catalogue.adapter.get(name)
        return Party(adapter.title if adapter else "?", name)


def _services(adapter: Adapter, names: AbstractSet[str]) -> list[str]:
    """The services by which the system hands over one of these channels or batches."""
    return [
        f"服务 service {s.name}"
        for s in adapter.services
        if any(isinstance(o, Push) and o.channel in names for o in s.operations.values())
    ]
