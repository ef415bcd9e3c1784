"""The messages in OpenAPI: one operation for each channel with the JSON Schema of its document, and the look at one message."""

from __future__ import annotations

from typing import Any

from hub.contract.channel import Channel
from hub.pipeline.machine import Machine
from hub.spokes.openapi import json_body, problems
from hub.transports.json_schema import JsonSchemas

Json = dict[str, Any]
_SCHEMAS = "#/components/schemas/"
_HUB_ID: Json = {"type": "string", "pattern": "^[1-9][0-9]{0,17}-[0-9X]$"}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_RECEIPT: Json = {"type": "string", "description": "签名回执 compact JWS (EdDSA)"}


def describe(machine: Machine) -> dict[str, Json]:
    """Paths and schemas of ``/api/v1/messages``."""
    made = JsonSchemas(_SCHEMAS)
    paths: Json = {}
    for channel in machine.catalogue.channels.values():
        made.named[channel.name] = {**made.of(machine.schemas.shape(channel.schema, channel.root)), "title": channel.title}
        paths[f"/api/v1/messages/{channel.name}"] = {"post": _submit(channel)}
    paths["/api/v1/messages/{hubId}"] = {"parameters": [_ID], "get": {
        "operationId": "message.status", "summary": "报文状态 State of a message",
        "responses": {"200": {"description": "发送方与接收方可见 for sender and recipients", "content": json_body({"$ref": f"{_SCHEMAS}Status"})},
                      **problems(404, 406)},
    }}  # fmt: skip
    paths["/api/v1/messages/{hubId}/receipt"] = {"parameters": [_ID], "get": {
        "operationId": "message.receipt", "summary": "重取回执 The receipt again",
        "responses": {"200": {"description": "仅发送方 for the sender", "content": {
            **json_body({"type": "object", "required": ["hubId", "receipt"], "properties": {"hubId": _HUB_ID, "receipt": _RECEIPT}}),
            "application/jose": {"schema": _RECEIPT},
        }}, **problems(404, 406)},
    }}  # fmt: skip
    return {"paths": paths, "schemas": {**made.named, "Accepted": _ACCEPTED, "Status": _STATUS}}


def _submit(channel: Channel) -> Json:
    xml = {"schema": {"type": "string", "description": f"XML，根元素 {channel.root}，见 /contracts/{channel.schema}"}}
    done = {
        **json_body({"$ref": f"{_SCHEMAS}Accepted"}),
        "application/xml": {"schema": {"type": "string", "description": "submitResponse"}},
    }
    return {
        "operationId": f"submit.{channel.name}", "tags": [channel.family], "summary": f"报送{channel.title} Submit {channel.name}",
        "parameters": _HEADERS,
        "requestBody": {"required": True, "content": {**json_body({"$ref": _SCHEMAS + channel.name}), "application/xml": xml, "text/xml": xml}},
        "responses": {
            "202": {"description": "已受理并落盘 accepted and on disk", "content": done},
            "200": {"description": "先前已受理，附首次回执 accepted before; the first receipt", "content": done},
            **problems(400, 403, 404, 406, 409, 411, 413, 415, 422),
        },
    }  # fmt: skip


def header(name: str, schema: Json, description: str, *, required: bool = False) -> Json:
    """A header field as a parameter."""
    return {"name": name, "in": "header", "required": required, "schema": {"type": "string", **schema}, "description": description}


_ID: Json = {"name": "hubId", "in": "path", "required": True, "schema": _HUB_ID}
_HEADERS = [
    header("Idempotency-Key", {"minLength": 1, "maxLength": 258}, "MessageID：重发时不变 keep it when repeating", required=True),
    header("Pophub-From-Div", {"pattern": "^[1-9][0-9]{11}$"}, "发送单位区划 the division that sends"),
    header("Pophub-From-User", {}, "发送用户，1 至 64 字；非 ASCII 用 UTF-8 百分号编码 percent-encoded UTF-8"),
    header("Pophub-Created-At", {"format": "date-time"}, "生成时间，+08:00"),
    header("Pophub-Test", {"enum": ["true", "false"]}, "测试标志 test message"),
    header("Pophub-Relates-To", {"maxLength": 258}, "所答报文的 MessageID the message this one answers"),
]
_ACCEPTED: Json = {
    "type": "object", "required": ["hubId", "acceptedAt", "duplicate", "laneNo", "receipt"],
    "properties": {
        "hubId": _HUB_ID, "acceptedAt": _MOMENT, "duplicate": {"type": "boolean"}, "laneNo": {"type": "integer", "minimum": 0},
        "receipt": _RECEIPT,
    },
}  # fmt: skip
_STATUS: Json = {
    "type": "object", "required": ["hubId", "channel", "state", "acceptedAt", "deliveries"],
    "properties": {
        "hubId": _HUB_ID, "channel": {"type": "string"}, "acceptedAt": _MOMENT,
        "state": {"type": "string", "enum": ["accepted", "planned", "dead", "filtered", "unroutable", "no_recipient"]},
        "receipt": {**_RECEIPT, "description": "仅发送方可见 for the sender alone"},
        "deliveries": {"type": "array", "items": {
            "type": "object", "required": ["recipient", "state", "attempts", "code"],
            "properties": {
                "recipient": {"type": "string", "description": "system:… or spoke:…"},
                "state": {"type": "string", "enum": ["queued", "claimed", "released", "pending", "delivered", "rejected", "dead",
                                                     "unknown", "cancelled"]},
                "attempts": {"type": "integer", "minimum": 0}, "code": {"type": ["string", "null"]},
            },
        }},
    },
}  # fmt: skip
