"""OpenAPI 3.1 of the spoke-facing REST interface, derived from the catalogue, the schemas and the table of errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import hub
from hub.contract.errors import KINDS
from hub.contract.hub_error import ErrorKind
from hub.pipeline.machine import Machine

Json = dict[str, Any]
_ABOUT = (
    "业务系统以 REST 报送报文、查询状态与回执、收取信箱。报文可用 XML 或 JSON，元素名相同；XSD 为准。 "
    "Business applications submit messages, look at their state and receipts, and fetch their mailbox. XML or JSON, same element "
    "names; the XSD decides. Values in JSON are strings in the lexical form of XML; booleans and integers may be JSON literals; "
    "repeatable elements are always arrays; what is absent is left out, never null."
)


def openapi(machine: Machine, parts: Iterable[Mapping[str, Mapping[str, Any]]]) -> Json:
    """The whole document. ``parts`` are what the areas of the interface say of themselves (``paths``, ``schemas``)."""
    paths: Json = {}
    schemas: Json = {"Problem": _problem()}
    for part in parts:
        paths |= part.get("paths", {})
        schemas |= part.get("schemas", {})
    return {
        "openapi": "3.1.0",
        "info": {"title": "人口信息交换枢纽 Population exchange hub", "version": hub.__version__, "description": _ABOUT},
        "tags": [{"name": flow.name, "description": flow.title} for flow in machine.catalogue.flows],
        "security": [{"basic": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {"Problem": {
                "description": "错误，RFC 9457。 An error.",
                "headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "429、503：几秒后再来 seconds to wait"}},
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }},
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic", "description": "接入方名称与密钥 name and secret of the spoke"},
                "bearer": {"type": "http", "scheme": "bearer", "description": "接入方的密钥，可并存多个 one of the spoke's keys"},
            },
        },
    }  # fmt: skip


def _problem() -> Json:
    kinds = [kind for code, kind in KINDS.items() if not code.startswith("Flow.")]
    text = {"type": "string"}
    return {
        "type": "object",
        "required": ["type", "title", "detail", "status", "code", "advice", "blame", "correlationId"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference", "description": "/contracts/errors/<code>"},
            "title": {**text, "description": "中文说明 the sentence in Chinese"},
            "detail": {**text, "description": "英文说明 the sentence in English"},
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": [k.code for k in kinds], "x-errors": {k.code: _said(k) for k in kinds}},
            "path": {**text, "description": "XML：元素路径，或请求头的名称 element path, or name of a header field"},
            "line": {"type": "integer", "minimum": 1, "description": "行号，从 1 起 line of the body"},
            "pointer": {"type": "string", "format": "json-pointer", "description": "JSON：RFC 6901，只含接口定义的名称 names of the contract only"},
            "ref": {**text, "description": "先前报文的枢纽编号 hub id of the earlier message"},
            "advice": text,
            "blame": {"type": "string", "enum": ["caller", "hub", "partner", "network", "operator"]},
            "correlationId": text,
        },
    }  # fmt: skip


def _said(kind: ErrorKind) -> Json:
    return {"status": kind.http, "zh": kind.zh, "en": kind.en}


def problems(*statuses: int) -> Json:
    """The problem answers of an operation."""
    return {str(status): {"$ref": "#/components/responses/Problem"} for status in (*statuses, 401, 429, 500, 503)}


def json_body(schema: Json) -> Json:
    """Content in JSON alone."""
    return {"application/json": {"schema": schema}}
