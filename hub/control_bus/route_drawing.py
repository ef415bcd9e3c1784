"""The graph of the routes, written down: as Mermaid, as text for a terminal, as data, and as a figure of the flows alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.cells import cell_len

from hub.control_bus.route_graph import BatchNode, ChannelNode, Edge, FlowNode, Party, ScheduleNode, Source

EVERY: Final = {"month": "每月 monthly", "day": "每日 daily"}


def mermaid(flows: Sequence[FlowNode]) -> Iterator[str]:
    """A Mermaid flowchart, line by line: senders left, flows with their channels in the middle, recipients right.

    Dashed: what the hub itself makes of a message.
    """
    yield "flowchart LR"
    senders = _numbered("from", (p for f in flows for p in _bringers(f)))
    recipients = _numbered("to", (e.to for f in flows for c in f.channels for e in c.edges))
    yield from _parties(senders)
    joints: list[str] = []
    shown = {c.name for f in flows for c in f.channels}
    for flow in flows:
        yield f"  subgraph flow_{_id(flow.name)}[{_quoted(f'{flow.title} {flow.name}', f'依据 basis：{flow.basis}')}]"
        for channel in flow.channels:
            node = f"channel_{_id(channel.name)}"
            yield f"    {node}[{_quoted(channel.title, channel.name)}]"
            joints += [_arrow(senders[source.party], source.how, node) for source in channel.sources]
            joints += [
                _arrow(node, (edge.title, f"{edge.route} · 视图 {edge.view} · {edge.kind}"), recipients[edge.to])
                for edge in channel.edges
            ]
            joints += [f"  {node} -.-> channel_{_id(made)}" for made in channel.emits if made in shown]
        for batch in flow.batches:
            node = f"batch_{_id(batch.name)}"
            yield f"    {node}[/{_quoted(batch.title, f'批次 batch {batch.name}')}/]"
            joints += [_arrow(senders[source.party], source.how, node) for source in batch.sources]
            joints.append(_arrow(node, "逐条 records", f"channel_{_id(batch.record)}"))
        for schedule in flow.schedules:
            node = f"schedule_{_id(schedule.name)}"
            yield f"    {node}{{{{{_quoted(schedule.title, f'{EVERY[schedule.every]} {schedule.name}')}}}}}"
            joints.append(_arrow(senders[schedule.source], f"取数 extract {schedule.extract}", node))
            joints.append(f"  {node} --> batch_{_id(schedule.batch)}")
        yield "  end"
    yield from _parties(recipients)
    yield from joints


def families(flows: Sequence[FlowNode]) -> Iterator[str]:
    """The same with one node and one line for a flow: who brings, in which ways, who gets, and which flow makes messages of another."""
    yield "flowchart LR"
    senders = _numbered("from", (p for f in flows for p in _bringers(f)))
    recipients = _numbered("to", (e.to for f in flows for c in f.channels for e in c.edges))
    home = {c.name: f for f in flows for c in f.channels}
    yield from _parties(senders)
    yield from _parties(recipients)
    for flow in flows:
        node = f"flow_{_id(flow.name)}"
        brought = " & ".join(senders[party] for party in dict.fromkeys(_bringers(flow)))
        given = " & ".join(recipients[party] for party in dict.fromkeys(e.to for c in flow.channels for e in c.edges))
        label = _quoted(f"{flow.title} {flow.name}", " · ".join(_ways(flow)))
        yield f"  {brought} --> {node}[{label}]{f' --> {given}' if given else ''}"
    for flow in flows:
        others = dict.fromkeys(home[made].name for c in flow.channels for made in c.emits if home.get(made, flow) is not flow)
        yield from (f"  flow_{_id(flow.name)} -.-> flow_{_id(other)}" for other in others)


def _ways(flow: FlowNode) -> Iterator[str]:
    """How something comes to a flow, beside what spokes send, and along how many routes it goes on."""
    hows = [way for source in _sources(flow) for way in source.how.split(" · ") if way]
    yield from dict.fromkeys(" ".join(way.split()[:2]) for way in hows)
    if any(not batch.out for batch in flow.batches):
        yield "批次 batches"
    yield from dict.fromkeys(EVERY[schedule.every] for schedule in flow.schedules)
    yield f"路由 routes {sum(len(channel.edges) for channel in flow.channels)}"


def _bringers(flow: FlowNode) -> Iterator[Party]:
    yield from (source.party for source in _sources(flow))
    yield from (schedule.source for schedule in flow.schedules)


def _sources(flow: FlowNode) -> Iterator[Source]:
    for channel in flow.channels:
        yield from channel.sources
    for batch in flow.batches:
        yield from batch.sources


def text(flows: Sequence[FlowNode]) -> Iterator[str]:
    """The same for a terminal, columns aligned by what a character really takes (a Chinese one takes two cells)."""
    for flow in flows:
        yield f"{flow.title} {flow.name}  依据 basis：{flow.basis}"
        rows = [_cells(edge) for channel in flow.channels for edge in channel.edges]
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        for channel in flow.channels:
            yield f"  {channel.title} {channel.name}"
            yield from map(_source_line, channel.sources)
            for edge in channel.edges:
                padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(_cells(edge), widths, strict=True))
                yield f"    → {'  '.join(padded)}".rstrip()
            yield from (f"    ⇢ 产生 makes {made}" for made in channel.emits)
        for batch in flow.batches:
            yield f"  {batch.title} {batch.name}"
            yield from map(_source_line, batch.sources)
            yield f"    {'⇐' if batch.out else '⇒'} 逐条 records {batch.record}"
        for schedule in flow.schedules:
            yield f"  {schedule.title} {schedule.name}  {EVERY[schedule.every]}"
            yield f"    ← {schedule.source.title} {schedule.source.name}  取数 extract {schedule.extract}"
            yield f"    ⇒ 批次 batch {schedule.batch}"


def _source_line(source: Source) -> str:
    return f"    ← {source.party.title} {source.party.name}  {source.how}".rstrip()


def as_data(flows: Sequence[FlowNode]) -> list[dict[str, object]]:
    """The same for programs."""
    return [
        {
            "flow": flow.name, "title": flow.title, "basis": flow.basis, "channels": [_channel_data(c) for c in flow.channels],
            "batches": [_batch_data(b) for b in flow.batches], "schedules": [_schedule_data(s) for s in flow.schedules],
        }
        for flow in flows
    ]  # fmt: skip


def _channel_data(of: ChannelNode) -> dict[str, object]:
    routes = [{"route": e.route, "to": e.to.name, "view": e.view, "class": e.kind, "title": e.title} for e in of.edges]
    return {
        "channel": of.name, "title": of.title, "sources": [s.party.name for s in of.sources], "ways": _ways_data(of.sources), "routes": routes,
        "emits": list(of.emits),
    }  # fmt: skip


def _batch_data(of: BatchNode) -> dict[str, object]:
    direction = "out" if of.out else "in"
    return {"batch": of.name, "title": of.title, "direction": direction, "record": of.record, "ways": _ways_data(of.sources)}


def _schedule_data(of: ScheduleNode) -> dict[str, object]:
    return {
        "schedule": of.name, "title": of.title, "every": of.every, "source": of.source.name, "extract": of.extract, "batch": of.batch,
    }  # fmt: skip


def _ways_data(sources: Iterable[Source]) -> dict[str, str]:
    return {s.party.name: s.how for s in sources if s.how}


def _cells(edge: Edge) -> tuple[str, ...]:
    return f"{edge.to.title} {edge.to.name}", f"视图 {edge.view}", f"类别 {edge.kind}", edge.route, edge.title


def _numbered(prefix: str, parties: Iterable[Party]) -> dict[Party, str]:
    return {party: f"{prefix}_{_id(party.name)}" for party in dict.fromkeys(parties)}


def _parties(nodes: dict[Party, str]) -> Iterator[str]:
    yield from (f"  {node}([{_quoted(party.title, party.name)}])" for party, node in nodes.items())


def _arrow(tail: str, label: str | tuple[str, ...], head: str) -> str:
    lines = (label,) if isinstance(label, str) else label
    return f"  {tail} -->|{_quoted(*lines)}| {head}" if any(lines) else f"  {tail} --> {head}"


def _id(name: str) -> str:
    """A node's id: letters, digits and underscores, never a word of Mermaid's own (each gets a prefix)."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in name)


def _quoted(*lines: str) -> str:
    """A label in quotes; what Mermaid would read as markup becomes an entity."""
    marks = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;", "&": "#amp;"}
    return '"' + "<br/>".join("".join(marks.get(c, c) for c in line) for line in lines) + '"'
