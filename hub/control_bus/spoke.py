"""``pophub spoke``: who may plug in, with which grants, for which places. Secrets go to files (0600), never to the screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from hub.assembly import write_secret
from hub.backends.clock_system import SystemClock
from hub.backends.sql.registry import SpokeRegistrySql
from hub.control_bus import spoke_key
from hub.control_bus.check.fault import Fault
from hub.control_bus.check.gather import as_spoke, gather
from hub.control_bus.check.profile import legacy_stays_at_home
from hub.control_bus.check.spokes import (
    grants_are_known,
    places_are_real,
    places_do_not_tie,
    systems_are_their_own,
    tongues_are_known,
)
from hub.control_bus.installation import one_line
from hub.control_bus.opened import opened, put_on_record
from hub.control_bus.refusals import WRONG, Refused
from hub.control_bus.spoke_key import known
from hub.control_bus.terminal import AsJson, DryRun, say, say_json, say_table
from hub.ports.spoke_registry import NewSpoke, Spoke
from hub.settings import Settings, SpokeSettings, load

app = typer.Typer(help="接入方 Spokes.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(spoke_key.app, name="key")
Name = Annotated[str, typer.Argument(help="接入方名称 Its name.", show_default=False)]
_THEMES = (grants_are_known, systems_are_their_own, tongues_are_known, places_are_real, places_do_not_tie, legacy_stays_at_home)


@app.command("list")
def spoke_list(as_json: AsJson = False) -> None:
    """列出已登记的接入方。 List the registered spokes."""
    settings = load()
    with opened(settings) as engine:
        spokes = SpokeRegistrySql(engine, SystemClock()).all()
    if as_json:
        say_json({"spokes": [_data(s) for s in spokes]})
        return
    rows = [
        (s.name, s.title, s.system, s.speaks, "-" if s.speaks else "push" if s.push_url else "mailbox", " ".join(sorted(s.sends)), " ".join(sorted(s.receives)),
         " ".join(sorted(s.asks)), " ".join(sorted(p.prefix for p in s.places)), "启用 on" if s.enabled else "停用 off")
        for s in spokes
    ]  # fmt: skip
    say_table(
        (
            "名称 name",
            "标题 title",
            "系统 system",
            "词汇 speaks",
            "方式 way",
            "可发 sends",
            "可收 receives",
            "可查 asks",
            "辖区 places",
            "状态",
        ),
        rows,
    )


def _data(spoke: Spoke) -> dict[str, object]:
    return {
        "name": spoke.name, "title": spoke.title, "system": spoke.system, "enabled": spoke.enabled, "pushUrl": spoke.push_url,
        "sends": sorted(spoke.sends), "receives": sorted(spoke.receives), "asks": sorted(spoke.asks), "places": sorted(p.prefix for p in spoke.places),
        "speaks": spoke.speaks,
    }  # fmt: skip


@app.command("add")
def spoke_add(
    name: Name,
    title: Annotated[str, typer.Option(help="单位或应用名称 Title.", show_default=False)],
    system: Annotated[str, typer.Option(help="系统代码，如 FJFPIS System code.", show_default=False)],
    sends: Annotated[list[str] | None, typer.Option(help="可发送的报文类型，可重复 A channel it may send, repeatable.")] = None,
    receives: Annotated[
        list[str] | None, typer.Option(help="可接收的报文类型，可重复 A channel it may receive, repeatable.")
    ] = None,
    asks: Annotated[list[str] | None, typer.Option(help="可用的查询，可重复 A query it may ask, repeatable.")] = None,
    place: Annotated[list[str] | None, typer.Option(help="辖区前缀，2–12 位，可重复 A division prefix, repeatable.")] = None,
    push_url: Annotated[str | None, typer.Option(help="推送地址；不填则用信箱 Address to push to; without it, a mailbox.")] = None,
    speaks: Annotated[
        str | None,
        typer.Option(help="外部系统：以哪个适配器的词汇报送 An external system: the adapter whose vocabulary it speaks."),
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """登记新的接入方并生成密钥；先按 pophub check 的规则检查。 Register a spoke and make its secret."""
    try:
        given = SpokeSettings(
            name=name, title=title, system=system, sends=sends or [], receives=receives or [], asks=asks or [],
            places=place or [], push_url=push_url, speaks=speaks,
        )  # fmt: skip
    except ValidationError as faults:
        wrong = ", ".join(str(f["loc"][0]) for f in faults.errors())
        raise Refused(f"写法不正确：{wrong}。", f"not written as it must be: {wrong}.") from None
    settings, spoke = load(), as_spoke(given)
    _provable(settings, spoke)
    with opened(settings) as engine:
        registry = SpokeRegistrySql(engine, SystemClock())
        if any(s.name == name for s in registry.all()):
            raise Refused(f"接入方 {name} 已登记。", f"spoke {name} is registered already.", code=WRONG)
        file = None
        if not dry_run:
            put_on_record(engine, "spoke.add", name, system)
            secret = registry.add(_as_new(given, spoke))
            file = write_secret(settings.home, name, secret) if secret else None
    _done(name, file, dry_run=dry_run, as_json=as_json)


def _as_new(given: SpokeSettings, spoke: Spoke) -> NewSpoke:
    return NewSpoke(
        given.name, given.title, given.system, tuple(given.sends), tuple(given.receives), spoke.places, given.push_url,
        tuple(given.asks), given.speaks,
    )  # fmt: skip


def _provable(settings: Settings, spoke: Spoke) -> None:
    """Refuse a spoke that would turn `pophub check` red; what is wrong with others is not its fault."""
    subject, _ = gather(settings)
    others = tuple(s for s in subject.spokes if s.name != spoke.name)
    before, after = replace(subject, spokes=others), replace(subject, spokes=(*others, spoke))
    faults: list[Fault] = [f for theme in _THEMES for f in sorted(set(theme(after)) - set(theme(before)))]
    if faults:
        raise Refused("不能登记：", "cannot be registered:", "\n".join(one_line(f) for f in faults), code=WRONG)


@app.command("rotate")
def spoke_rotate(name: Name, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """更换接入方密钥，旧密钥即刻失效。 Give a spoke a new secret; the old one ends at once."""
    settings = load()
    with opened(settings) as engine:
        registry = SpokeRegistrySql(engine, SystemClock())
        known(registry, name)
        file = None
        if not dry_run:
            put_on_record(engine, "spoke.rotate", name, "new secret")
            secret = registry.rotate(name)
            file = write_secret(settings.home, name, secret) if secret else None
    _done(name, file, dry_run=dry_run, as_json=as_json)


@app.command("show-secret-path")
def spoke_show_secret_path(name: Name, as_json: AsJson = False) -> None:
    """说出密钥文件在哪里；从不显示密钥本身。 Say where the secret's file is, never the secret."""
    settings = load()
    with opened(settings) as engine:
        known(SpokeRegistrySql(engine, SystemClock()), name)
    file = settings.home / "keys" / "spokes" / name
    if not file.exists():
        raise Refused(
            "密钥文件已移走。",
            "the file of the secret was taken away.",
            "可用 pophub spoke rotate 更换。 'pophub spoke rotate' makes a new one.",
            code=WRONG,
        )
    if as_json:
        say_json({"name": name, "secretPath": str(file)})
    else:
        say(str(file))


def _done(name: str, file: Path | None, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        say_json({"name": name, "dryRun": dry_run, "secretPath": str(file) if file else None})
    elif dry_run:
        say(f"检查通过，未作更改 nothing wrong, nothing changed: {name}")
    else:
        say(f"完成 done: {name}，密钥在 secret in {file}")
