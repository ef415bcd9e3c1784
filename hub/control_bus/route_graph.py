"""The routes as a graph: who sends, what, through which flow, to whom, cut to which view; as Mermaid or as text for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from hub.catalogue import Catalogue
from hub.contract.channel import Channel
from hub.contract.flow import Flow, Route, SystemRecipient

SPOKES: Final = ("业务系统", "spokes")
UNIT: Final = ("单位", "unit")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody outside: Chinese title and English name (of an adapter, or ``spokes``, ``unit``)."""

    title: str
    name: str


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
    """A channel with who may bring it and where it may go. Spokes are granted channels one by one; any may be granted."""

    title: str
    name: str
    sources: tuple[Party, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class FlowNode:
    """A flow with its legal basis in words."""

    title: str
    name: str
    basis: str
    channels: tuple[ChannelNode, ...]


def graph_of(catalogue: Catalogue, basis_of: Callable[[Flow], str], kind_of: Callable[[Route], str]) -> tuple[FlowNode, ...]:
    """The declarations as a graph, in the order in which they are declared."""

    def system(name: str) -> Party:
        adapter = catalogue.adapter.get(name)
        return Party(adapter.title if adapter else "?", name)

    def node(flow: Flow, channel: Channel) -> ChannelNode:
        sources = (Party(*SPOKES), *(system(s) for s in (flow.sources or {}).get(channel.name, ())))
        edges = tuple(
            Edge(
                system(route.to.name) if isinstance(route.to, SystemRecipient) else Party(*UNIT),
                route.view, kind_of(route), route.name, route.title,
            )
            for route in flow.routes
            if route.channel == channel.name
        )  # fmt: skip
        return ChannelNode(channel.title, f"{channel.name}/{channel.version}", sources, edges)

    return tuple(FlowNode(f.title, f.name, basis_of(f), tuple(node(f, c) for c in f.channels)) for f in catalogue.flows)


def mermaid(flows: Sequence[FlowNode]) -> Iterator[str]:
    """A Mermaid flowchart, line by line: senders left, flows with their channels in the middle, recipients right."""
    yield "flowchart LR"
    senders = _numbered("from", (s for f in flows for c in f.channels for s in c.sources))
    recipients = _numbered("to", (e.to for f in flows for c in f.channels for e in c.edges))
    for party, node in senders.items():
        yield f"  {node}([{_quoted(party.title, party.name)}])"
    joints: list[str] = []
    for flow in flows:
        yield f"  subgraph flow_{_id(flow.name)}[{_quoted(f'{flow.title} {flow.name}', f'依据 basis：{flow.basis}')}]"
        for channel in flow.channels:
            node = f"channel_{_id(channel.name)}"
            yield f"    {node}[{_quoted(channel.title, channel.name)}]"
            joints += [f"  {senders[source]} --> {node}" for source in channel.sources]
            joints += [
                f"  {node} -->|{_quoted(edge.title, f'{edge.route} · 视图 {edge.view} · {edge.kind}')}| {recipients[edge.to]}"
                for edge in channel.edges
            ]
        yield "  end"
    for party, node in recipients.items():
        yield f"  {node}([{_quoted(party.title, party.name)}])"
    yield from joints


def text(flows: Sequence[FlowNode]) -> Iterator[str]:
    """The same for a terminal, columns aligned by what a character really takes (a Chinese one takes two cells)."""
    for flow in flows:
        yield f"{flow.title} {flow.name}  依据 basis：{flow.basis}"
        rows = [_cells(edge) for channel in flow.channels for edge in channel.edges]
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        for channel in flow.channels:
            yield f"  {channel.title} {channel.name}"
            yield from (f"    ← {source.title} {source.name}" for source in channel.sources)
            for edge in channel.edges:
                padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(_cells(edge), widths, strict=True))
                yield f"    → {'  '.join(padded)}".rstrip()


def as_data(flows: Sequence[FlowNode]) -> list[dict[str, object]]:
    """The same for programs."""
    return [
        {
            "flow": flow.name, "title": flow.title, "basis": flow.basis,
            "channels": [
                {
                    "channel": channel.name, "title": channel.title, "sources": [s.name for s in channel.sources],
                    "routes": [
                        {"route": e.route, "to": e.to.name, "view": e.view, "class": e.kind, "title": e.title} for e in channel.edges
                    ],
                }
                for channel in flow.channels
            ],
        }
        for flow in flows
    ]  # fmt: skip


def _cells(edge: Edge) -> tuple[str, ...]:
    return f"{edge.to.title} {edge.to.name}", f"视图 {edge.view}", f"类别 {edge.kind}", edge.route, edge.title


def _numbered(prefix: str, parties: Iterator[Party]) -> dict[Party, str]:
    return {party: f"{prefix}_{_id(party.name)}" for party in dict.fromkeys(parties)}


def _id(name: str) -> str:
    """A node's id: letters, digits and underscores, never a word of Mermaid's own (each gets a prefix)."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in name)


def _quoted(*lines: str) -> str:
    """A label in quotes; what Mermaid would read as markup becomes an entity."""
    marks = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;", "&": "#amp;"}
    return '"' + "<br/>".join("".join(marks.get(c, c) for c in line) for line in lines) + '"'
