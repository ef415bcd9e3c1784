"""Outcomes as their readers want them: items of JSON, or a table that a spreadsheet opens. Numbers, codes and paths; never a value."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from hub.contract.errors import KINDS
from hub.contract.message import show_hub_id
from hub.ports.batch_store import RecordRow

HEADS = ("序号 number", "状态 state", "代码 code", "位置 path", "流程代码 outcome", "报文编号 hub id", "处理建议 advice")
_BOM = "\ufeff"
"""Without it a spreadsheet takes the Chinese for something else."""


def as_items(rows: Sequence[RecordRow]) -> list[dict[str, Any]]:
    """One mapping a record."""
    return [
        {
            "number": row.number, "state": row.state, "code": row.code, "path": row.path, "outcome": row.outcome,
            "hubId": show_hub_id(row.message) if row.message is not None else None, "advice": _advice(row),
        }
        for row in rows
    ]  # fmt: skip


def as_csv(rows: Sequence[RecordRow]) -> str:
    """RFC 4180, with a byte order mark."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(HEADS)
    for item in as_items(rows):
        table.writerow(["" if value is None else value for value in item.values()])
    return _BOM + text.getvalue()


def _advice(row: RecordRow) -> str | None:
    kind = KINDS.get(row.code or "")
    return kind.advice if kind else None
