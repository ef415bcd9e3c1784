"""``pophub schedule``: how each stands, and what its next run would draw. The engine alone runs them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from hub import assembly
from hub.contract.batch import Period
from hub.control_bus.check.fault import did_you_mean
from hub.control_bus.check.gather import today
from hub.control_bus.engine_figures import engine_figures
from hub.control_bus.moments import shown
from hub.control_bus.opened import opened, put_on_record
from hub.control_bus.refusals import WRONG, Refused
from hub.control_bus.schedule_standing import Standing, standings
from hub.control_bus.terminal import AsJson, DryRun, note, say_json, say_pairs, say_table
from hub.discovery import Found
from hub.pipeline.machine import Machine
from hub.processes.drawing import Work, works
from hub.processes.periods import endless
from hub.processes.rehearsal import Rehearsed, rehearse
from hub.settings import Settings, load

app = typer.Typer(help="定时任务 Schedules.", no_args_is_help=True, rich_markup_mode=None)
_HEADS = (
    "名称 name", "标题 title", "自 since", "最近完成 last done", "下一期 next", "到期 due", "来源 source", "最近失败 failed at",
)  # fmt: skip


@app.command("list")
def schedule_list(as_json: AsJson = False) -> None:
    """列出定时任务：自何期起、已完成、下一期、来源。 List the schedules.

    最近失败由运行中的引擎说出。 The last failure is told by the engine that runs.
    """
    settings = load()
    found, figures = assembly.find(settings), engine_figures(settings)
    with opened(settings) as engine:
        rows = standings(settings, found, engine, figures, today())
    if as_json:
        say_json({"engineAnswers": figures is not None, "schedules": [_data(row) for row in rows]})
        return
    say_table(_HEADS, [_row(row) for row in rows])
    if figures is None:
        note("引擎未应答，最近失败不详。 No engine answers: what failed last is not known.")


def _row(of: Standing) -> tuple[object, ...]:
    return (
        of.schedule.name, of.schedule.title, of.since or "停用 off", of.last_done, of.next.name if of.next else None,
        "到期 due" if of.due else None, of.source or "未接 not connected", shown(_ms(of.failed_at)),
    )  # fmt: skip


def _data(of: Standing) -> dict[str, object]:
    schedule = of.schedule
    return {
        "name": schedule.name, "title": schedule.title, "flow": of.flow.name, "every": schedule.every, "extract": schedule.extract,
        "batch": schedule.batch, "since": of.since, "lastDone": of.last_done, "next": of.next.name if of.next else None, "due": of.due,
        "source": of.source, "sourceConnected": of.source is not None, "failedAt": shown(_ms(of.failed_at)),
    }  # fmt: skip


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)


@app.command("run")
def schedule_run(
    name: Annotated[str, typer.Argument(help="定时任务名称 Its name.", show_default=False)],
    period: Annotated[
        str | None, typer.Option(help="期次；不填则为下一期 The period; the next one unless told.", show_default=False)
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """试算下一次运行会取出什么；须有 --dry-run，真正的运行只归引擎。 Say what the next run would draw.

    逐条取数、判断、转换、校验，只计数：不写入、不送出。 Records are drawn, judged, translated and validated, and only counted.
    """
    if not dry_run:
        raise Refused(
            "定时任务由引擎运行。",
            "schedules are run by the engine.",
            '请加 --dry-run；启用见设置 [schedules."<名称>"] since。 Add --dry-run.',
        )
    settings = load()
    found = assembly.find(settings)
    with opened(settings) as engine:
        rows = standings(settings, found, engine, None, today())
        of = _known(name, rows)
        drawn, after = _which(of, period)
        if of.source is None:
            raise Refused(
                f"没有接入提供 {of.schedule.extract} 的系统。", f"no connected system gives {of.schedule.extract}.",
                "请在 pophub.toml 写 [adapters.<名称>]。 Name it in pophub.toml.", code=WRONG,
            )  # fmt: skip
        put_on_record(engine, "schedule.dry_run", name, drawn.name)
    _told(of, drawn, _rehearsed(settings, found, of, drawn, after), as_json=as_json)


def _known(name: str, rows: list[Standing]) -> Standing:
    of = next((row for row in rows if row.schedule.name == name), None)
    if of is None:
        hint = did_you_mean(name, (row.schedule.name for row in rows))
        raise Refused(f"没有定时任务 {name}。", f"there is no schedule {name}.", hint, code=WRONG)
    return of


def _which(of: Standing, period: str | None) -> tuple[Period, str]:
    """The period to rehearse and the key behind which it goes on."""
    if period is None:
        if of.next is None:
            raise Refused("该任务已停用。", "it is off.", "请用 --period 指定期次。 Name one with --period.", code=WRONG)
        if not of.due:
            raise Refused(f"{of.next.name} 尚未结束。", f"{of.next.name} is not over yet.", code=WRONG)
        return of.next, of.after
    return _named(of.schedule.every, period), of.after if of.next and of.next.name == period else ""


def _named(every: str, period: str) -> Period:
    try:
        if period.isdecimal() and len(period) == (6 if every == "month" else 8):
            return next(endless(every, period))
    except ValueError:
        pass
    raise Refused("期次的写法不对。", "this is no period.", "月 YYYYMM，日 YYYYMMDD。 A month is YYYYMM, a day YYYYMMDD.")


class _Unheard:
    """`hub.ports.wire_tap.WireTap` that says nothing: what a rehearsal meets is counted, not logged."""

    def step(self, subject: str, step: str, outcome: str, seconds: float) -> None:
        """Nothing."""

    def event(self, name: str, **facts: str | float | None) -> None:
        """Nothing."""


def _rehearsed(settings: Settings, found: Found, of: Standing, period: Period, after: str) -> Rehearsed:
    adapter = found.catalogue.adapter[of.source or ""]
    partner = adapter.connect(settings.adapters.get(adapter.name, {}))
    machine: Machine = replace(assembly.machine(settings, found, "cli", lambda _: None), tap=_Unheard())
    try:
        work: Work = next(iter(works(machine, {adapter.name: (adapter, partner)}, (of.schedule.name,))))
        return rehearse(machine, work, period, after)
    except OSError as fault:
        raise Refused("来源不在。", f"the source is away ({type(fault).__name__}).", "请稍后再试。 Try again later.") from None
    finally:
        machine.store.close()
        partner.close()


def _told(of: Standing, period: Period, came: Rehearsed, *, as_json: bool) -> None:
    if as_json:
        say_json({
            "name": of.schedule.name, "dryRun": True, "period": period.name, "made": came.made, "leftOut": came.left_out,
            "failed": sum(came.failed.values()), "codes": dict(came.failed), "taken": came.taken, "more": came.more,
        })  # fmt: skip
        return
    say_pairs([
        ("任务 schedule", of.schedule.name), ("期次 period", period.name), ("将送出 made", str(came.made)), ("规则不取 left out", str(came.left_out)),
        ("已送过 already taken", str(came.taken)), ("不成 failed", str(sum(came.failed.values()))),
        *((f"  {code}", str(number)) for code, number in sorted(came.failed.items())),
        ("其后 then", "同期还有下一批 another batch of the same period" if came.more else "本期即完成 the period is done"),
    ])  # fmt: skip
    note("只是试算，未送出任何东西。 Only a rehearsal: nothing was sent.")
