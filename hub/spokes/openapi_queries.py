"""Queries in OpenAPI: one path for each, its question and the views of its reply; what may stand in the address, where something may."""

from __future__ import annotations

from typing import Any

from hub.contract.query import Query
from hub.contract.shape import Shape
from hub.pipeline.machine import Machine
from hub.spokes.openapi import problems
from hub.spokes.openapi_messages import header
from hub.transports.json_schema import JsonSchemas

Json = dict[str, Any]
_SCHEMAS = "#/components/schemas/"


def describe(machine: Machine) -> dict[str, Json]:
    """Paths and schemas of ``/api/v1/queries``."""
    made, paths = JsonSchemas(_SCHEMAS), dict[str, Json]()
    for query in machine.catalogue.queries.values():
        question = machine.schemas.shape(query.request.schema, query.request.root)
        made.named[query.name] = {**made.of(question), "title": query.title}
        views = list(dict.fromkeys(asker.view for asker in query.askers))
        replies = []
        for view in views:
            name, apart = (
                (query.reply.name, made) if len(views) == 1 else (f"{query.reply.name}.{view}", JsonSchemas(_SCHEMAS, f".{view}"))
            )
            seen = machine.schemas.shape(query.reply.view_schema(view), query.reply.root)
            made.named[name] = {**apart.of(seen), "title": query.title}
            made.named |= apart.named
            replies.append({"$ref": _SCHEMAS + name})
        flow = machine.catalogue.flow_of_query[query.name].name
        paths[f"/api/v1/queries/{query.name}"] = _operations(query, flow, question, replies)
    return {"paths": paths, "schemas": made.named}


def _operations(query: Query, flow: str, question: Shape, replies: list[Json]) -> Json:
    xml = {"schema": {"type": "string", "description": f"XML，根元素 {query.request.root}，见 /contracts/{query.request.schema}"}}
    told = {"schema": {"type": "string", "description": f"XML，根元素 {query.reply.root}"}}
    answer = {"application/json": {"schema": replies[0] if len(replies) == 1 else {"oneOf": replies}}, "application/xml": told}
    common: Json = {
        "tags": [flow], "summary": query.title,
        "description": f"至多 {query.budget} 秒；对方忙时 503 并附 Retry-After。 Answered within {query.budget} s, or 503 with Retry-After.",
    }  # fmt: skip
    given = {"200": {"description": "按调用方视图，已遮盖 cut to the asker's view and masked", "content": answer}}
    body = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": _SCHEMAS + query.name}}, "application/xml": xml, "text/xml": xml},
    }
    made: Json = {"post": {
        "operationId": f"query.{query.name}", **common, "parameters": _headers(query), "requestBody": body,
        "responses": {**given, **problems(400, 403, 404, 406, 411, 413, 415, 422, 502)},
    }}  # fmt: skip
    if query.open:
        parameters = [
            {"name": name, "in": "query", "description": question.children[name].label, "schema": {"type": "string"}}
            for name in query.open
        ]
        made["get"] = {
            "operationId": f"query.{query.name}.by_address", **common, "parameters": [*_headers(query), *parameters],
            "responses": {**given, **problems(400, 403, 404, 406, 422, 502)},
        }  # fmt: skip
    return made


def _headers(query: Query) -> list[Json]:
    return [
        header("Pophub-From-Div", {"pattern": "^[1-9][0-9]{11}$"}, "查询单位区划 the division that asks"),
        header(
            "Pophub-From-User",
            {},
            "查询用户，1 至 64 字；非 ASCII 用 UTF-8 百分号编码 percent-encoded UTF-8",
            required=query.needs_user,
        ),
    ]
