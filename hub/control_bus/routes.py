"""``pophub routes``: every permitted edge, from the declarations."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import typer

from hub.contract.adapter import Adapter
from hub.contract.basis import Basis
from hub.contract.flow import Flow, Route, SystemRecipient
from hub.control_bus.check.gather import today
from hub.control_bus.refusals import WRONG
from hub.control_bus.route_drawing import as_data, families, mermaid, text
from hub.control_bus.route_graph import graph_of
from hub.control_bus.terminal import AsJson, note, say, say_json, say_table
from hub.discovery import Found, discover
from hub.settings import Settings, load

HEADS = (
    "流程 flow",
    "路由 route",
    "报文类型 channel",
    "接收方 recipient",
    "视图 view",
    "类别 class",
    "法定依据 basis",
    "说明 title",
)


class GraphFormat(StrEnum):
    """How a graph is written."""

    MERMAID = "mermaid"
    FLOWS = "flows"
    TEXT = "text"


_WRITTEN = {GraphFormat.MERMAID: mermaid, GraphFormat.FLOWS: families, GraphFormat.TEXT: text}


def routes(
    graph: Annotated[bool, typer.Option("--graph", help="画成图 As a graph.")] = False,
    only: Annotated[str | None, typer.Option("--flow", help="只列一个流程 One flow alone.", show_default=False)] = None,
    form: Annotated[
        GraphFormat,
        typer.Option("--format", help="图的写法；flows 每个流程只画一个节点 How the graph is written; flows: one node a flow."),
    ] = GraphFormat.MERMAID,
    as_json: AsJson = False,
) -> None:
    """列出全部路由：谁收哪种报文、凭什么依据。 List the routes.

    图中另有来源（下载、服务、批次）、枢纽自己产生的报文（虚线）与定时任务。 The graph shows sources, emitted messages and schedules too.
    """
    settings = load()
    found = discover(settings.folders)
    if only is not None and only not in (names := [flow.name for flow in found.catalogue.flows]):
        raise typer.BadParameter(f"没有流程 no such flow: {only} ({', '.join(names)})")
    if graph:
        _graph(settings, found, only, form, as_json=as_json)
    else:
        _list(settings, found, only, as_json=as_json)
    if found.faults:
        raise typer.Exit(WRONG)


def _graph(settings: Settings, found: Found, only: str | None, form: GraphFormat, *, as_json: bool) -> None:
    adapters = found.catalogue.adapter
    drawn = graph_of(found.catalogue, lambda flow: basis_of(settings, flow), lambda route: _class(adapters, route))
    flows = tuple(node for node in drawn if only in (None, node.name))
    if as_json:
        say_json({"flows": as_data(flows), "faults": found.faults})
        return
    for line in _WRITTEN[form](flows):
        say(line)
    for fault in found.faults:
        note(f"fail {fault}")


def _list(settings: Settings, found: Found, only: str | None, *, as_json: bool) -> None:
    adapters = found.catalogue.adapter
    rows = []
    for flow in (f for f in found.catalogue.flows if only in (None, f.name)):
        for route in flow.routes:
            to = f"system {route.to.name}" if isinstance(route.to, SystemRecipient) else "unit"
            kind, basis = _class(adapters, route), basis_of(settings, flow)
            rows.append((flow.name, route.name, route.channel, to, route.view, kind, basis, route.title))
    if as_json:
        keys = ("flow", "route", "channel", "recipient", "view", "class", "basis", "title")
        say_json({"routes": [dict(zip(keys, row, strict=True)) for row in rows], "faults": found.faults})
        return
    say_table(HEADS, rows)
    for fault in found.faults:
        note(f"fail {fault}")


def _class(adapters: Mapping[str, Adapter], route: Route) -> str:
    """The operation class that decides what follows an ambiguous outcome; units are idempotent by hub id."""
    if not isinstance(route.to, SystemRecipient):
        return "A"
    adapter = adapters.get(route.to.name)
    operation = adapter.operation_for(route.channel) if adapter else None
    return operation.kind.value if operation else "-"


def basis_of(settings: Settings, flow: Flow) -> str:
    """The declared legal basis of a flow and until when; in the demonstration profile none is needed."""
    given = settings.basis.get(flow.name)
    if given is None:
        return "演示/历史口径 legacy" if settings.profile == "legacy" else "未声明 missing"
    basis = Basis(
        given.legal_document_no, given.purpose, given.approving_body, given.retention_days, given.review_date, given.valid_from
    )
    return f"{basis.document_no} → {basis.review_date}{'' if basis.covers(today()) else ' 已失效 lapsed'}"
