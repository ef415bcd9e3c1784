"""The mailbox in OpenAPI."""

from __future__ import annotations

from typing import Any

from hub.spokes.openapi import json_body, problems

Json = dict[str, Any]
_TEXT: Json = {"type": "string"}


def describe(most: int) -> dict[str, Json]:
    """Paths and schemas of ``/api/v1/mailbox``; ``most`` items at once."""
    fetch: Json = {
        "operationId": "mailbox.fetch", "summary": "收取信箱，租约 60 秒 Fetch what waits, leased for 60 seconds",
        "parameters": [{"name": "max", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": most, "default": 20}}],
        "responses": {"200": {"description": "items", "content": json_body({"$ref": "#/components/schemas/Mailbox"})},
                      **problems(400, 406)},
    }  # fmt: skip
    settle: Json = {
        "operationId": "mailbox.acknowledge", "summary": "确认收妥 Acknowledge",
        "requestBody": {"required": True, "content": json_body({"$ref": "#/components/schemas/Acknowledgement"})},
        "responses": {"200": {"description": "stale：租约已失，请重取 fetch again", "content": json_body({"$ref": "#/components/schemas/Settled"})},
                      **problems(400, 406)},
    }  # fmt: skip
    taken = {"type": "object", "required": ["hubId", "lease"], "properties": {"hubId": _TEXT, "lease": _TEXT}}
    ids = {"type": "array", "items": _TEXT}
    return {
        "paths": {"/api/v1/mailbox": {"get": fetch}, "/api/v1/mailbox/ack": {"post": settle}},
        "schemas": {
            "Mailbox": _items(_ITEM), "Acknowledgement": _items(taken, maxItems=most),
            "Settled": {"type": "object", "required": ["settled", "stale"], "properties": {"settled": ids, "stale": ids}},
        },
    }  # fmt: skip


def _items(item: Json, **bounds: int) -> Json:
    return {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": item, **bounds}}}


_ITEM: Json = {
    "type": "object", "required": ["hubId", "channel", "version", "fromSystem", "lease", "effectiveTime", "dueAt", "document"],
    "properties": {
        "hubId": _TEXT, "channel": _TEXT, "version": _TEXT, "fromSystem": _TEXT, "lease": _TEXT,
        "effectiveTime": {"type": "string", "format": "date-time"}, "dueAt": {"type": ["string", "null"], "format": "date-time"},
        "document": {"type": "string", "description": "本接收方视图的 XML 文档 the XML document of this recipient's view"},
    },
}  # fmt: skip
