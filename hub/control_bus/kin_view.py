"""A message's cause, effects and batch, and the parts of a batch that went out, as operators see them. Never a ticket's text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hub.backends.sql.read_kin import Kin, Relative
from hub.contract.message import show_hub_id
from hub.control_bus.batch_sent import counted, sent_data
from hub.control_bus.labels import MESSAGE_STATES, SENT_STATES
from hub.control_bus.moments import shown


def kin_data(kin: Kin) -> dict[str, object]:
    """The JSON of it; what does not apply is null or empty."""
    came = kin.came_in
    return {
        "cause": _relative(kin.cause) if kin.cause else None, "made": [_relative(made) for made in kin.made],
        "record": {"batch": show_hub_id(came.batch), "name": came.name, "number": came.number} if came else None,
        "sent": sent_data(kin.sent) if kin.sent else None,
    }  # fmt: skip


def _relative(of: Relative) -> dict[str, object]:
    return {"hubId": show_hub_id(of.id), "channel": of.channel, "state": of.state, "acceptedAt": shown(of.at)}


def part_data(delivery: Mapping[str, Any], kin: Kin) -> dict[str, object]:
    """What a delivery is as a part: its number, whether there is a ticket and when it is asked about next, its records by state."""
    asked = delivery["state"] == "pending" and delivery["ticket"] is not None
    records: dict[str, int] = {}
    for judged in kin.judged:
        if judged.delivery == delivery["id"]:
            records[judged.state] = records.get(judged.state, 0) + judged.number
    return {
        "part": delivery["part"], "ticket": delivery["ticket"] is not None, "askAt": shown(delivery["not_before"]) if asked else None,
        "records": records,
    }  # fmt: skip


def part_text(of: Mapping[str, Any]) -> str | None:
    """The same in a line."""
    if not of["part"] and not of["ticket"]:
        return None
    said = (
        f"第 {of['part']} 部分 part" if of["part"] else None,
        "有回执号 ticket" if of["ticket"] else None,
        f"下次查询 asked at {of['askAt']}" if of["askAt"] else None,
        counted(of["records"], SENT_STATES),
    )
    return "（" + "，".join(filter(None, said)) + "）"


def kin_lines(data: Mapping[str, Any]) -> Iterator[str]:
    """On the terminal, one line each."""
    if cause := data.get("cause"):
        yield f"起因 cause {_line(cause)}"
    for made in data.get("made", ()):
        yield f"产生 made {_line(made)}"
    if record := data.get("record"):
        yield f"批次记录 record {record['batch']} {record['name']} #{record['number']}"
    if sent := data.get("sent"):
        yield f"批次 batch {sent['batch']} {sent['period']} 共 {sent['total']} 条 {counted(sent['records'], SENT_STATES) or ''}".rstrip()


def _line(of: Mapping[str, Any]) -> str:
    state = of["state"]
    return f"{of['hubId']} {of['channel']} {MESSAGE_STATES.get(state, state)}({state}) {of['acceptedAt']}"
