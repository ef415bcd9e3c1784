"""``pophub batch``: hand one in for a spoke, see how it stands and what was refused, let it go on, end it. Never a value of a record."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import Engine

from hub.backends.clock_system import SystemClock
from hub.backends.sql import batch_orders
from hub.backends.sql.batches import BatchStoreSql
from hub.backends.sql.read_sent import sent_list
from hub.batches.outcomes import as_csv, as_items
from hub.contract.message import read_hub_id, show_hub_id
from hub.control_bus import batch_sent, batch_submit
from hub.control_bus.labels import BATCH_STATES, RECORD_STATES, SENT_STATES, kind_of
from hub.control_bus.moments import shown
from hub.control_bus.opened import opened, operator, put_on_record
from hub.control_bus.refusals import WRONG, Refused
from hub.control_bus.terminal import AsJson, DryRun, note, say, say_json, say_pairs, say_table
from hub.ports.batch_store import BatchRow
from hub.settings import load

app = typer.Typer(help="批次 Batches.", no_args_is_help=True, rich_markup_mode=None)
app.command("submit")(batch_submit.batch_submit)
HubId = Annotated[str, typer.Argument(help="批次的枢纽编号，如 10234-7 Hub id.", show_default=False)]
_HEADS = (
    "编号 hub id",
    "批次 batch",
    "发送方 sender",
    "状态 state",
    "共 total",
    "受理 accepted",
    "重复 duplicate",
    "拒收 refused",
    "受理时间 accepted at",
)


@app.command("list")
def batch_list(
    state: Annotated[str | None, typer.Option(help=f"状态 State: {' '.join(BATCH_STATES)}.", show_default=False)] = None,
    name: Annotated[str | None, typer.Option(help="批次种类 Kind of batch.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="最多几批 At most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """列出批次，新的在前：收到的，然后是送出的。 List batches, newest first: those that came in, then those that went out.

    有 --state 时只列收到的。 With --state only those that came in.
    """
    with opened(load()) as engine:
        rows = batch_orders.listed(engine, state, name, limit)
        sent = [] if state else sent_list(engine, name, limit)
    if as_json:
        say_json({"batches": [data(row) for row in rows], "sent": [batch_sent.sent_data(batch) for batch in sent]})
        return
    say_table(_HEADS, [
        (show_hub_id(r.id), r.name, r.sender, _state(r.state), r.total, r.accepted, r.duplicate, r.refused, shown(r.accepted_at)) for r in rows
    ])  # fmt: skip
    if sent:
        batch_sent.say_list(sent)


@app.command("status")
def batch_status(hub_id: HubId, as_json: AsJson = False) -> None:
    """显示一批的状态与计数。 Show how a batch stands."""
    with opened(load()) as engine:
        if sent := batch_sent.found(engine, hub_id):
            batch_sent.say_status(sent, as_json=as_json)
            return
        row = _known(engine, hub_id)
    if as_json:
        say_json(data(row))
        return
    kind = kind_of(row.code)
    say_pairs([
        ("编号 hub id", hub_id), ("批次 batch", row.name), ("发送方 sender", row.sender), ("状态 state", _state(row.state)),
        ("记录 records", row.total), ("已有结果 taken", row.taken), ("受理 accepted", row.accepted), ("重复 duplicate", row.duplicate),
        ("拒收 refused", row.refused), ("登记 begun", shown(row.created_at)), ("受理时间 accepted at", shown(row.accepted_at)),
        ("结束 ended", shown(row.ended_at)), ("代码 code", row.code), ("处理 advice", kind.advice if kind else None),
        ("取消申请人 cancel asked by", row.cancel_asked_by),
    ])  # fmt: skip


@app.command("errors")
def batch_errors(
    hub_id: HubId,
    every: Annotated[bool, typer.Option("--all", help="所有记录，不只被拒的 All records, not the refused alone.")] = False,
    after: Annotated[int, typer.Option(min=0, help="从该序号之后 After this number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="最多几条 At most.")] = 1_000,
    as_csv_file: Annotated[bool, typer.Option("--csv", help="输出 CSV，可用电子表格打开 Print CSV for a spreadsheet.")] = False,
    as_json: AsJson = False,
) -> None:
    """列出被拒记录的序号、代码与位置，从无取值。 List refused records by number, code and place; never a value.

    送出的批次则为对方拒收与未送出者。 Of a batch that went out: what the partner rejected and what was not sent.
    """
    with opened(load()) as engine:
        if sent := batch_sent.found(engine, hub_id):
            found = batch_sent.records(engine, sent.id, after, limit + 1, bad_only=not every)
        else:
            found = _store(engine).records(_known(engine, hub_id).id, after, limit + 1, refused_only=not every)
    page, more = found[:limit], len(found) > limit
    if as_json:
        say_json({"hubId": hub_id, "items": as_items(page), "next": page[-1].number if more else None})
    elif as_csv_file:
        say(as_csv(page).rstrip("\r\n"))
    else:
        say_table(("序号 number", "状态 state", "代码 code", "位置 path", "流程代码 outcome", "处理 advice"), [
            (i["number"], _record_state(i["state"]), i["code"], i["path"], i["outcome"], i["advice"]) for i in as_items(page)
        ])  # fmt: skip
    if more:
        note(f"还有更多 there are more: --after {page[-1].number}")


@app.command("resume")
def batch_resume(hub_id: HubId, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """让失败或等待的批次从断点继续。 Let a batch that failed or waits go on at its checkpoint."""
    with opened(load()) as engine:
        row = _known(engine, hub_id)
        if row.state not in ("failed", "accepted"):
            raise Refused(
                f"该批次{BATCH_STATES[row.state]}，无须继续。", f"the batch is {row.state}: nothing to resume.", code=WRONG
            )
        if not dry_run:
            put_on_record(engine, "batch.resume", hub_id, f"at {row.taken}")
            batch_orders.resume(engine, row.id)
    _done(hub_id, f"将从第 {row.taken + 1} 条继续 goes on at record {row.taken + 1}", dry_run=dry_run, as_json=as_json)


@app.command("cancel")
def batch_cancel(
    hub_id: HubId,
    reason: Annotated[str, typer.Option(help="理由，至多 40 字 Why.", show_default=False)],
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """取消尚未完成的批次：一人申请，另一人以同一命令确认。 End a batch that is not done: one asks, another person confirms.

    已有结果的记录不受影响。 Records that have their outcome keep it.
    """
    if not reason.strip() or len(reason) > 40 or not reason.isprintable():
        raise Refused("理由须为 1 至 40 个可见字符。", "a reason has 1 to 40 visible characters.")
    with opened(load()) as engine:
        row = _known(engine, hub_id)
        if dry_run:
            _done(hub_id, BATCH_STATES[row.state], dry_run=True, as_json=as_json)
            return
        put_on_record(engine, "batch.cancel", hub_id, reason)
        outcome = batch_orders.cancel(engine, SystemClock(), row.id, operator())
    if outcome == "over":
        raise Refused("该批次已结束或尚未受理。", "the batch is over, or not accepted yet.", code=WRONG)
    if outcome == "same person":
        raise Refused("须由另一人确认。", "another person must confirm.", code=WRONG)
    said = {"asked": "已申请，待另一人确认 asked; another person must confirm", "cancelled": "已取消 cancelled"}[outcome]
    _done(hub_id, said, dry_run=False, as_json=as_json, outcome=outcome)


def data(row: BatchRow) -> dict[str, object]:
    """A batch as JSON."""
    return {
        "hubId": show_hub_id(row.id), "batch": row.name, "sender": row.sender, "state": row.state, "code": row.code, "total": row.total,
        "taken": row.taken, "accepted": row.accepted, "duplicate": row.duplicate, "refused": row.refused,
        "createdAt": shown(row.created_at), "acceptedAt": shown(row.accepted_at), "endedAt": shown(row.ended_at),
        "cancelAskedBy": row.cancel_asked_by,
    }  # fmt: skip


def _store(engine: Engine) -> BatchStoreSql:
    """For reads alone."""

    def nowhere(_handler: object, _item: object) -> object:
        raise TypeError("an operator's look writes nothing")

    return BatchStoreSql(engine, SystemClock(), nowhere)  # type: ignore[arg-type] # never called


def _known(engine: Engine, hub_id: str) -> BatchRow:
    number = read_hub_id(hub_id)
    row = _store(engine).of(number) if number is not None else None
    if row is None:
        raise Refused(f"没有批次 {hub_id}。", f"there is no batch {hub_id}.", "请核对编号。 Check the id.", code=WRONG)
    return row


def _state(state: str) -> str:
    return f"{BATCH_STATES.get(state, state)}({state})"


def _record_state(state: str) -> str:
    return f"{RECORD_STATES.get(state) or SENT_STATES.get(state, state)}({state})"


def _done(hub_id: str, said: str, *, dry_run: bool, as_json: bool, outcome: str | None = None) -> None:
    if as_json:
        say_json({"hubId": hub_id, "dryRun": dry_run, **({"outcome": outcome} if outcome else {})})
    elif dry_run:
        say(f"检查通过，未作更改 nothing wrong, nothing changed: {hub_id} {said}")
    else:
        say(f"{hub_id} {said}")
