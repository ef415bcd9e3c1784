"""Proves the declarations of `forbidden` on the graph source → channel → flow → channel → recipient, and on every view."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from hub.contract.flow import Flow, SystemRecipient
from hub.contract.query import FromPartner
from hub.control_bus.check.fault import Fault
from hub.control_bus.check.forbidden import NO_FIELDS, NO_PATHS, NO_TYPES, NoField, NoPath, NoType
from hub.control_bus.check.leaf_types import leaf_types
from hub.control_bus.check.subject import Subject

Graph = dict[str, set[str]]


def graph(subject: Subject) -> Graph:
    """Who may learn what from whom. A flow may make any of its channels out of any other, so those are joined both ways."""
    edges: Graph = defaultdict(set)
    for flow in subject.catalogue.flows:
        for channel, names in (flow.sources or {}).items():
            for name in names:
                edges[f"source:{name}"].add(f"channel:{channel}")
        for one in flow.channels:
            edges[f"channel:{one.name}"] |= {f"channel:{other.name}" for other in flow.channels if other is not one}
        for route in flow.routes:
            if isinstance(route.to, SystemRecipient):
                edges[f"channel:{route.channel}"].add(f"system:{route.to.name}")
            edges[f"channel:{route.channel}"].add(f"view:{route.view}")
        for channel, made in (flow.emits or {}).items():
            edges[f"channel:{channel}"] |= {f"channel:{name}" for name in made}
        _add_batches(subject, edges, flow)
        _add_queries(edges, flow)
    return edges


def _add_batches(subject: Subject, edges: Graph, flow: Flow) -> None:
    """A batch is drawn from a system, or comes from one that writes it in its own vocabulary."""
    records = {batch.name: batch.record for batch in flow.batches}
    for adapter in subject.catalogue.adapters:
        drawn = {extract.name for extract in adapter.extracts}
        names = {s.batch for s in flow.schedules if s.extract in drawn} | {n for n in adapter.batches or {} if n in records}
        edges[f"source:{adapter.name}"] |= {f"channel:{records[name]}" for name in names if name in records}


def _add_queries(edges: Graph, flow: Flow) -> None:
    """A question goes to its partner; the reply comes from there, or out of the flow's own cases, to the askers' views."""
    for query in flow.queries:
        asked, reply = f"channel:{query.name}", f"channel:{query.reply.name}"
        edges[asked].add(reply)
        edges[reply] |= {f"view:{asker.view}" for asker in query.askers}
        if isinstance(query.source, FromPartner):
            edges[f"source:{query.source.system}"].add(reply)
            edges[asked] |= {f"system:{query.source.system}", f"view:{query.source.view}"}
        else:
            for channel in flow.channels:
                edges[f"channel:{channel.name}"].add(reply)


def no_forbidden_path(subject: Subject, rules: Iterable[NoPath] = NO_PATHS) -> Iterator[Fault]:
    """No chain joins what must stay apart; the fault shows the shortest chain."""
    edges = graph(subject)
    nodes = sorted({*edges, *(to for ends in edges.values() for to in ends)})
    for rule in rules:
        for start in (n for n in nodes if _any(n, rule.start)):
            for chain in _chains(edges, start, direct=rule.direct):
                if _any(chain[-1], rule.end) and not _any(chain[-1], rule.allowed):
                    shown = " → ".join(chain)
                    yield Fault(
                        start,
                        "path.forbidden",
                        f"{rule.zh}（第{rule.rule}条）：{shown}。",
                        f"{rule.en} (path {rule.rule}): {shown}.",
                    )


def _chains(edges: Graph, start: str, *, direct: bool) -> Iterator[tuple[str, ...]]:
    """The shortest chain from the start to everything within reach."""
    seen = {start}
    waiting: deque[tuple[str, ...]] = deque([(start,)])
    while waiting:
        chain = waiting.popleft()
        for to in sorted(edges.get(chain[-1], set()) - seen):
            seen.add(to)
            yield (*chain, to)
            if not direct:
                waiting.append((*chain, to))


def no_forbidden_field(subject: Subject, rules: Iterable[NoField] = NO_FIELDS) -> Iterator[Fault]:
    """No view declares a field that its recipient may never see; every view in the folders is looked at, routed or not."""
    for schema in subject.schemas.names():
        view = re.fullmatch(r"views/([^/]+)/([^/]+\.[^/]+)-[0-9.]+\.xsd", schema)
        names = (view[1], f"{view[1]}/{view[2]}") if view else ()
        for rule in rules:
            if any(_any(n, rule.views) for n in names) and not any(_any(n, rule.allowed) for n in names):
                yield from _fields(subject, schema, rule)


def _fields(subject: Subject, schema: str, rule: NoField) -> Iterator[Fault]:
    for path, field in (subject.fields(schema) or {}).items():
        told = field.privacy in rule.classes or field.basis in rule.bases or (rule.paths and re.search(rule.paths, path))
        if field.leaf and told and not (rule.allowed_paths and re.search(rule.allowed_paths, path)):
            yield Fault(
                f"schemas/{schema}",
                "field.forbidden",
                f"{path}：{rule.zh}（第{rule.rule}条）。",
                f"{path}: {rule.en} (path {rule.rule}).",
            )


def no_forbidden_type(subject: Subject, rules: Iterable[NoType] = NO_TYPES) -> Iterator[Fault]:
    """No schema of a channel, and no view of it, has an element of a code list that it may not carry."""
    for schema in subject.schemas.names():
        found = re.fullmatch(r"(?:canonical/[^/]+|views/[^/]+)/([^/]+\.[^/]+?)(?:-[0-9.]+)?\.xsd", schema)
        for rule in rules:
            if found and _any(found[1], rule.channels):
                yield from _types(subject, schema, rule)


def _types(subject: Subject, schema: str, rule: NoType) -> Iterator[Fault]:
    components = subject.components(schema)
    for path, kind in (leaf_types(components) if components else {}).items():
        if _any(kind, rule.types):
            yield Fault(
                f"schemas/{schema}", "type.forbidden", f"{path}：{rule.zh}（第{rule.rule}条）。",
                f"{path}: {rule.en} (path {rule.rule}).",
            )  # fmt: skip


def _any(node: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(node, p) for p in patterns)
