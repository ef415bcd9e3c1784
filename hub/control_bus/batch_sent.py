"""Batches that went out, as operators see them: kind, period, parts and records by state, codes counted. Never a value of a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Engine

from hub.backends.sql.read_sent import SentBatch, sent_batch, sent_records
from hub.contract.message import read_hub_id, show_hub_id
from hub.control_bus.labels import DELIVERY_STATES, SENT_STATES, code_shown
from hub.control_bus.moments import shown
from hub.control_bus.terminal import say_json, say_pairs, say_table
from hub.ports.batch_store import RecordRow

HEADS: Final = (
    "编号 hub id",
    "送出批次 batch out",
    "期次 period",
    "共 total",
    "部分 parts",
    "记录 records",
    "生成时间 made at",
)


def found(engine: Engine, hub_id: str) -> SentBatch | None:
    """The batch of a shown hub id, when it is one that went out."""
    number = read_hub_id(hub_id)
    if number is None:
        return None
    with engine.connect() as connection:
        return sent_batch(connection, number)


def sent_data(of: SentBatch) -> dict[str, object]:
    """A batch as JSON."""
    return {
        "hubId": show_hub_id(of.id), "batch": of.name, "period": of.period, "total": of.count, "madeAt": shown(of.made_at),
        "parts": dict(of.parts), "records": dict(of.records), "tickets": of.tickets, "askAt": shown(of.ask_at),
        "codes": [{"state": state, "code": code, "records": number} for (state, code), number in _codes(of).items()],
    }  # fmt: skip


def _codes(of: SentBatch) -> Mapping[tuple[str, str], int]:
    """Counted again after masking: codes that look like values are one."""
    told: dict[tuple[str, str], int] = {}
    for (state, code), number in sorted(of.codes.items()):
        key = (state, code_shown(code) or "")
        told[key] = told.get(key, 0) + number
    return told


def say_list(batches: Iterable[SentBatch]) -> None:
    """The table."""
    say_table(HEADS, [
        (show_hub_id(b.id), b.name, b.period, b.count, counted(b.parts, DELIVERY_STATES), counted(b.records, SENT_STATES), shown(b.made_at))
        for b in batches
    ])  # fmt: skip


def say_status(of: SentBatch, *, as_json: bool) -> None:
    """One batch, then its codes."""
    if as_json:
        say_json(sent_data(of))
        return
    say_pairs([
        ("编号 hub id", show_hub_id(of.id)), ("送出批次 batch out", of.name), ("期次 period", of.period), ("记录 records", of.count),
        ("部分 parts", counted(of.parts, DELIVERY_STATES)), ("结果 outcomes", counted(of.records, SENT_STATES)),
        ("回执号 tickets", of.tickets or None), ("下次查询 asked at", shown(of.ask_at)), ("生成时间 made at", shown(of.made_at)),
    ])  # fmt: skip
    if of.codes:
        say_table(("状态 state", "代码 code", "条数 records"), [(_state(s), code, n) for (s, code), n in _codes(of).items()])


def records(engine: Engine, batch: int, after: int, limit: int, *, bad_only: bool) -> Sequence[RecordRow]:
    """Its records in order, codes that may be values masked."""
    return [replace(r, code=code_shown(r.code)) for r in sent_records(engine, batch, after, limit, bad_only=bad_only)]


def counted(numbers: Mapping[str, int], labels: Mapping[str, str]) -> str | None:
    """``对方受理(accepted) 3, …``; None for nothing."""
    return ", ".join(f"{labels.get(s, s)}({s}) {n}" for s, n in sorted(numbers.items())) or None


def _state(state: str) -> str:
    return f"{SENT_STATES.get(state, state)}({state})"
