"""Batches in OpenAPI: one path to submit each kind, the parts of an upload, the state and the outcomes."""

from __future__ import annotations

from typing import Any

from hub.contract.batch import BatchIn
from hub.contract.xml import MAX_BYTES
from hub.pipeline.machine import Machine
from hub.spokes.openapi import json_body, problems
from hub.spokes.openapi_messages import header

Json = dict[str, Any]
_SCHEMAS = "#/components/schemas/"
_BATCH = "/api/v1/batches/{hubId}"
_ID: Json = {
    "name": "hubId",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[1-9][0-9]{0,17}-[0-9X]$"},
}
_NUMBER: Json = {"type": "integer", "minimum": 0}
_TEXT: Json = {"type": ["string", "null"]}
_MOMENT: Json = {"type": ["string", "null"], "format": "date-time"}
_OFFSET: Json = {"Upload-Offset": {"schema": _NUMBER, "description": "已收到的字节数 bytes received"}}


def describe(machine: Machine) -> dict[str, Json]:
    """Paths and schemas of ``/api/v1/batches``."""
    kinds = machine.catalogue.batches_in.values()
    paths: Json = {f"/api/v1/batches/{b.name}": {"post": _submit(machine, b)} for b in kinds}
    if paths:
        paths |= {
            _BATCH: {"parameters": [_ID], "get": _GET, "head": _HEAD, "patch": _PATCH, "delete": _DELETE},
            f"{_BATCH}/complete": {"parameters": [_ID], "post": _COMPLETE},
            f"{_BATCH}/errors": {"parameters": [_ID], "get": _outcomes("batch.errors", "被拒的记录 Refused records")},
            f"{_BATCH}/records": {"parameters": [_ID], "get": _outcomes("batch.records", "全部记录的结果 Outcomes of all records")},
        }
    return {
        "paths": paths,
        "schemas": {"Batch": _STANDING, "BatchAccepted": _ACCEPTED, "BatchOutcomes": _OUTCOMES} if paths else {},
    }


def _submit(machine: Machine, batch: BatchIn) -> Json:
    channel = machine.catalogue.channels[batch.record]
    document = {
        "schema": {"type": "string", "description": f"<batch> 内依次为 {channel.root}，见 /contracts/services/batch-1.0.xsd"}
    }
    return {
        "operationId": f"batch.{batch.name}", "tags": [machine.catalogue.flow_of_batch[batch.name].name],
        "summary": f"成批报送{batch.title} Submit a batch of {batch.record}",
        "description": (
            f"至多 {batch.most} 条；整批受理或整批不受理，受理后逐条有结果。正文不超过 {MAX_BYTES} 字节可一次报送；更大的先以空正文登记，再分段上传。 "
            "Accepted whole or not at all. Small ones in one piece; larger ones are begun with an empty body and sent in parts."
        ),
        "parameters": _MANIFEST,
        "requestBody": {"required": False, "content": {"application/xml": document, "text/xml": document}},
        "responses": {
            "202": {"description": "已受理并落盘 accepted and on disk", "content": json_body({"$ref": f"{_SCHEMAS}BatchAccepted"})},
            "201": {"description": "已登记，请上传各段 begun; send the parts", "headers": _OFFSET, "content": json_body({"type": "object"})},
            "200": {"description": "先前已受理或已登记 accepted or begun before", "content": json_body({"type": "object"})},
            **problems(400, 403, 404, 406, 409, 411, 413, 415, 422),
        },
    }  # fmt: skip


def _outcomes(operation: str, summary: str) -> Json:
    def query(name: str, most: int, usual: int) -> Json:
        return {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": most, "default": usual}}

    return {
        "operationId": operation, "summary": summary, "parameters": [query("after", 1_000_000, 0), query("max", 10_000, 1_000)],
        "responses": {"200": {
            "description": "序号、代码与位置，从无取值 numbers, codes and paths; never a value",
            "headers": {"Link": {"schema": {"type": "string"}, "description": "下一页 the next page"}},
            "content": {**json_body({"$ref": f"{_SCHEMAS}BatchOutcomes"}), "text/csv": {"schema": {"type": "string"}}},
        }, **problems(400, 404, 406)},
    }  # fmt: skip


_MANIFEST = [
    header("Idempotency-Key", {"minLength": 1, "maxLength": 258}, "MessageID：重发时不变 keep it when repeating", required=True),
    header("Repr-Digest", {}, "整批文件的 SHA-256，RFC 9530：sha-256=:…: of the whole document", required=True),
    header("Pophub-Count", {"pattern": "^(0|[1-9][0-9]{0,6})$"}, "记录数 number of records", required=True),
    header("Pophub-From-Div", {"pattern": "^[1-9][0-9]{11}$"}, "发送单位区划 the division that sends"),
    header("Pophub-From-User", {}, "发送用户，1 至 64 字；非 ASCII 用 UTF-8 百分号编码 percent-encoded UTF-8"),
    header("Pophub-Test", {"enum": ["true", "false"]}, "测试标志 test"),
]
_GET: Json = {
    "operationId": "batch.status", "summary": "批次状态与计数 State and counts",
    "responses": {"200": {"description": "仅发送方可见 for the sender", "content": json_body({"$ref": f"{_SCHEMAS}Batch"})}, **problems(404, 406)},
}  # fmt: skip
_HEAD: Json = {
    "operationId": "batch.offset", "summary": "已上传到哪里 How far the upload has come",
    "responses": {"200": {"description": "offset", "headers": _OFFSET}, **problems(404)},
}  # fmt: skip
_PATCH: Json = {
    "operationId": "batch.part", "summary": f"上传一段，至多 {MAX_BYTES} 字节 Send a part",
    "parameters": [header("Upload-Offset", {"pattern": "^[0-9]+$"}, "本段从第几字节起 where this part begins", required=True)],
    "requestBody": {"required": True, "content": {"application/partial-upload": {"schema": {"type": "string", "format": "binary"}}}},
    "responses": {"204": {"description": "已落盘 on disk", "headers": _OFFSET}, **problems(400, 404, 409, 411, 413, 415)},
}  # fmt: skip
_DELETE: Json = {
    "operationId": "batch.give_up", "summary": "放弃上传 Give up an upload", "responses": {"204": {"description": "gone"}, **problems(404)},
}  # fmt: skip
_COMPLETE: Json = {
    "operationId": "batch.complete", "summary": "上传完毕，校验并受理 The upload is whole: check and accept it",
    "responses": {
        "202": {"description": "已受理并落盘 accepted and on disk", "content": json_body({"$ref": f"{_SCHEMAS}BatchAccepted"})},
        "200": {"description": "先前已受理 accepted before", "content": json_body({"$ref": f"{_SCHEMAS}BatchAccepted"})},
        **problems(400, 403, 404, 406, 413, 422),
    },
}  # fmt: skip
_ACCEPTED: Json = {
    "type": "object", "required": ["hubId", "acceptedAt", "duplicate", "records", "receipt"],
    "properties": {
        "hubId": {"type": "string"}, "acceptedAt": {"type": "string", "format": "date-time"}, "duplicate": {"type": "boolean"},
        "records": _NUMBER, "receipt": {"type": "string", "description": "签名回执 compact JWS (EdDSA)"},
    },
}  # fmt: skip
_STANDING: Json = {
    "type": "object", "required": ["hubId", "batch", "state", "taken", "accepted", "duplicate", "refused"],
    "properties": {
        "hubId": {"type": "string"}, "batch": {"type": "string"}, "code": _TEXT, "receipt": {"type": "string"},
        "state": {"type": "string", "enum": ["uploading", "accepted", "running", "done", "failed", "cancelled"]},
        "total": {"type": ["integer", "null"]}, "taken": _NUMBER, "accepted": _NUMBER, "duplicate": _NUMBER, "refused": _NUMBER,
        "acceptedAt": _MOMENT, "endedAt": _MOMENT,
    },
}  # fmt: skip
_OUTCOMES: Json = {
    "type": "object", "required": ["hubId", "items", "next"],
    "properties": {
        "hubId": {"type": "string"}, "next": {"type": ["integer", "null"]},
        "items": {"type": "array", "items": {"type": "object", "required": ["number", "state"], "properties": {
            "number": _NUMBER, "state": {"type": "string", "enum": ["accepted", "duplicate", "refused"]}, "code": _TEXT, "path": _TEXT,
            "outcome": _TEXT, "hubId": _TEXT, "advice": _TEXT,
        }}},
    },
}  # fmt: skip
