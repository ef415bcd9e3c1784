"""Messages as operators see them: hub ids, codes, times, labels. What a sender may have typed is masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from hub.backends.sql.read import Seen, Whole
from hub.backends.sql.read_trace import Step
from hub.catalogue import Catalogue
from hub.contract.message import show_hub_id
from hub.control_bus.kin_view import kin_data, kin_lines, part_data, part_text
from hub.control_bus.labels import DELIVERY_STATES, ENDED_AS, MASK, MESSAGE_STATES, OUTCOMES, STEPS, UNITS, kind_of
from hub.control_bus.moments import shown
from hub.control_bus.terminal import say, say_pairs

SEEN_HEADS: Final = (
    "编号 hub id",
    "受理 accepted",
    "报文类型 channel",
    "发送方 sender",
    "状态 state",
    "投递 deliveries",
    "代码 code",
)


def seen_row(message: Seen) -> tuple[str, ...]:
    """A line of the list."""
    sent = ", ".join(f"{recipient} {_both(DELIVERY_STATES, state)}" for recipient, state in message.deliveries)
    test = " (test)" if message.test else ""
    return (
        show_hub_id(message.id), shown(message.at) or "", message.channel, message.sender + test, _both(MESSAGE_STATES, message.state), sent,
        message.code or "",
    )  # fmt: skip


def seen_data(message: Seen) -> dict[str, object]:
    """The same as JSON."""
    return {
        "hubId": show_hub_id(message.id), "acceptedAt": shown(message.at), "channel": message.channel, "sender": message.sender,
        "state": message.state, "code": message.code, "test": message.test,
        "deliveries": [{"recipient": recipient, "state": state} for recipient, state in message.deliveries],
    }  # fmt: skip


def refused_data(row: Mapping[str, Any]) -> dict[str, object]:
    """A refused message: why, where in the document, and what its sender must do."""
    return {
        "hubId": show_hub_id(row["id"]), "state": "refused", "channel": row["channel"], "sender": row["sender"], "acceptedAt": shown(row["at"]),
        "code": row["code"], "path": row["path"], "line": row["line"], **_why(row["code"]),
    }  # fmt: skip


def whole_data(found: Whole, catalogue: Catalogue) -> dict[str, object]:
    """One message with deliveries, attempts, case and obligations."""
    message = found.message
    return {
        "hubId": show_hub_id(message["id"]), "channel": message["channel"], "version": message["version"], "state": message["state"],
        "code": message["code"], **_why(message["code"]), "sender": message["sender"], "fromSystem": message["from_system"],
        "fromDiv": message["from_div"], "fromUser": MASK if message["from_user"] else None, "test": bool(message["test"]),
        "acceptedAt": shown(message["accepted_at"]), "laneNo": message["lane_no"],
        "reasonText": _reason(message["channel"], message["code"], catalogue),
        "deliveries": [_delivery(d, found, _reason(message["channel"], d["reason"], catalogue)) for d in found.deliveries],
        "case": _case(found.case, catalogue) if found.case else None,
        "obligations": [_obligation(o) for o in found.obligations], **kin_data(found.kin),
    }  # fmt: skip


def _reason(channel: str, code: str | None, catalogue: Catalogue) -> str | None:
    """What the flow says of the reason code of one of its decisions."""
    flow = catalogue.flow_of.get(channel)
    return (flow.reasons or {}).get(code or "") if flow else None


def _delivery(row: Mapping[str, Any], found: Whole, reason: str | None) -> dict[str, object]:
    attempts = [
        {
            "n": a["n"],
            "startedAt": shown(a["started_at"]),
            "endedAt": shown(a["ended_at"]),
            "outcome": a["outcome"],
            "code": a["code"],
        }
        for a in found.attempts
        if a["delivery_id"] == row["id"]
    ]
    return {
        "recipient": row["recipient"], "route": row["route"], "operation": row["operation"], "class": row["op_class"], "reason": row["reason"],
        "reasonText": reason, "state": row["state"], "code": row["code"], **_why(row["code"]), "inDoubt": bool(row["doubt"]), "createdAt": shown(row["created_at"]),
        "nextAt": shown(row["not_before"]) if row["state"] == "released" else None, "effectiveAt": shown(row["effective_at"]),
        "settledAt": shown(row["settled_at"]), "attempts": attempts, **part_data(row, found.kin),
    }  # fmt: skip


def _case(row: Mapping[str, Any], catalogue: Catalogue) -> dict[str, object]:
    kinds = {f.case.name: f.case for f in catalogue.flows if f.case}
    kind = kinds.get(row["type"])
    return {
        "hubId": show_hub_id(row["id"]), "type": row["type"], "state": row["state"], "stateTitle": kind.states.get(row["state"]) if kind else None,
        "openedAt": shown(row["opened_at"]), "closedAt": shown(row["closed_at"]),
    }  # fmt: skip


def _obligation(row: Mapping[str, Any]) -> dict[str, object]:
    return {
        "kind": row["kind"], "rule": row["rule"], "days": row["days"], "unit": row["unit"], "owedBy": row["owed_by"], "base": shown(row["base"]),
        "dueAt": shown(row["due_at"]), "answeredAt": shown(row["answered_at"]),
        "answeredBy": show_hub_id(row["answered_by"]) if row["answered_by"] is not None else None, "endedAs": row["ended_as"],
    }  # fmt: skip


def _why(code: str | None) -> dict[str, str]:
    kind = kind_of(code)
    return {"advice": kind.advice} if kind else {}


def show(data: Mapping[str, Any]) -> None:
    """One message on the terminal, top to bottom."""
    say_pairs([
        ("编号 hub id", data["hubId"]), ("状态 state", _both(MESSAGE_STATES, data["state"])), ("报文类型 channel", data["channel"]),
        ("发送方 sender", data["sender"]), ("单位 from", " ".join(filter(None, (data.get("fromSystem"), data.get("fromDiv"), data.get("fromUser"))))),
        ("受理 accepted", data["acceptedAt"]), ("代码 code", " ".join(filter(None, (data["code"], data.get("reasonText"))))), ("位置 path", data.get("path")), ("行 line", data.get("line")),
        ("处理 advice", data.get("advice")), ("测试 test", "是 yes" if data.get("test") else None), ("办件 case", _case_text(data.get("case"))),
    ])  # fmt: skip
    for delivery in data.get("deliveries", ()):
        for line in _delivery_lines(delivery):
            say(line)
    for owed in data.get("obligations", ()):
        say(_owed_line(owed))
    for line in kin_lines(data):
        say(line)


def _case_text(case: Mapping[str, Any] | None) -> str | None:
    return (
        f"{case['hubId']} {case['type']} {case['state']} {case['stateTitle'] or ''} {case['closedAt'] or ''}".rstrip()
        if case
        else None
    )


def _delivery_lines(of: Mapping[str, Any]) -> Iterator[str]:
    moment = of["settledAt"] or of["effectiveAt"] or of["nextAt"] or of["createdAt"]
    yield " ".join(
        filter(
            None,
            (
                "投递",
                of["recipient"],
                part_text(of),
                of["route"],
                _both(DELIVERY_STATES, of["state"]),
                moment,
                of["code"],
                of.get("advice"),
                f"{of['reason']} {of['reasonText'] or ''}".strip(),
            ),
        )
    )
    for attempt in of["attempts"]:
        outcome = _both(OUTCOMES, attempt["outcome"] or "open")
        yield "  " + " ".join(filter(None, (f"#{attempt['n']}", attempt["startedAt"], outcome, attempt["code"])))


def _owed_line(of: Mapping[str, Any]) -> str:
    limit = f"{of['rule']} {of['days']}{UNITS.get(of['unit'], of['unit'])}"
    due = f"截止 due {of['dueAt']}" if of["dueAt"] else "尚未起算 not begun"
    answered = (
        f"已应答 answered {of['answeredAt']} {of['answeredBy'] or ''}".rstrip()
        if of["answeredAt"]
        else ENDED_AS.get(of["endedAs"], "未应答 open")
    )
    return f"应答 {of['kind']} {of['owedBy']} {limit} {due} {answered}"


def reasons_of(catalogue: Catalogue, steps: Iterable[Step]) -> Mapping[str, str]:
    """What the flow of a traced message says of the reason codes of its decisions; other flows may use the same codes."""
    channel = next((step.result for step in steps if step.what == "accepted"), "")
    flow = catalogue.flow_of.get(channel)
    return (flow.reasons or {}) if flow else {}


def step_line(step: Step, reasons: Mapping[str, str]) -> str:
    """A line of the trace."""
    result = (
        _both(OUTCOMES, step.result)
        if step.what == "attempt"
        else _both(DELIVERY_STATES, step.result)
        if step.what == "settled"
        else step.result
    )
    until = (
        f"截止 due {shown(step.until)}" if step.what == "owed" else f"{step.until - step.at} ms" if step.until is not None else None
    )
    return " ".join(
        filter(
            None, (shown(step.at), f"{STEPS[step.what]}({step.what})", step.about, result, step.code, _told(step, reasons), until)
        )
    )


def _told(step: Step, reasons: Mapping[str, str]) -> str | None:
    return reasons.get(step.code or "") if step.what == "delivery" else None


def step_data(step: Step, reasons: Mapping[str, str]) -> dict[str, object]:
    """The same as JSON."""
    return {
        "at": shown(step.at), "what": step.what, "label": STEPS[step.what], "about": step.about, "result": step.result, "code": step.code,
        "reasonText": _told(step, reasons),
        "until": shown(step.until),
    }  # fmt: skip


def _both(labels: Mapping[str, str], code: str) -> str:
    return f"{labels[code]}({code})" if code in labels else code
