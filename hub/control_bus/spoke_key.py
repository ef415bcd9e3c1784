"""``pophub spoke key``: bearer keys for REST, several live ones at a time. A key goes to a file (0600), never to the screen."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.assembly import write_secret
from hub.backends.clock_system import SystemClock
from hub.backends.sql.registry import SpokeRegistrySql
from hub.control_bus.check.fault import did_you_mean
from hub.control_bus.moments import shown
from hub.control_bus.opened import opened, put_on_record
from hub.control_bus.refusals import WRONG, Refused
from hub.control_bus.terminal import AsJson, DryRun, say, say_json, say_table
from hub.settings import load

app = typer.Typer(help="接入方的 REST 密钥 Bearer keys of a spoke.", no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(help="接入方名称 Name of the spoke.", show_default=False)]


@app.command("add")
def key_add(
    name: Name,
    note: Annotated[str, typer.Option(help="用途说明，至多 100 字 What it is for.")] = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """增发一把密钥；旧的仍然有效，直至吊销。 Make one more key; the others stay live."""
    if len(note) > 100 or (not note.isprintable() and note):
        raise Refused("说明至多 100 个可见字符。", "a note has at most 100 visible characters.")
    settings = load()
    with opened(settings) as engine:
        registry = SpokeRegistrySql(engine, SystemClock())
        known(registry, name)
        made = None
        if not dry_run:
            put_on_record(engine, "spoke.key.add", name, "new key")
            made = registry.add_key(name, note)
    file = write_secret(settings.home, f"{name}.key-{made[0]}", made[1]) if made else None
    if as_json:
        say_json({"name": name, "dryRun": dry_run, "no": made[0] if made else None, "keyPath": str(file) if file else None})
    else:
        say(f"{name} 第 {made[0]} 把密钥在 key in {file}" if made else f"检查通过，未作更改 nothing wrong, nothing changed: {name}")


@app.command("list")
def key_list(name: Name, as_json: AsJson = False) -> None:
    """列出密钥的编号、用途与状态；从不显示密钥。 List the keys by number."""
    with opened(load()) as engine:
        registry = SpokeRegistrySql(engine, SystemClock())
        known(registry, name)
        keys = registry.keys(name)
    if as_json:
        say_json({"name": name, "keys": [
            {"no": k.no, "note": k.note, "live": k.revoked_at is None, "createdAt": shown(k.created_at),
             "revokedAt": shown(k.revoked_at)} for k in keys
        ]})  # fmt: skip
        return
    rows = [(str(k.no), k.note, shown(k.created_at), shown(k.revoked_at) or "有效 live") for k in keys]
    say_table(("编号 no", "用途 note", "生成 made", "吊销 revoked"), rows)


@app.command("revoke")
def key_revoke(
    name: Name,
    no: Annotated[int, typer.Argument(help="密钥编号，见 list Its number.", show_default=False)],
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """吊销一把密钥，一秒内生效，不可恢复。 End a key for good, within a second."""
    settings = load()
    with opened(settings) as engine:
        registry = SpokeRegistrySql(engine, SystemClock())
        known(registry, name)
        if no not in {k.no for k in registry.keys(name) if k.revoked_at is None}:
            raise Refused(f"{name} 没有编号为 {no} 的有效密钥。", f"{name} has no live key {no}.", code=WRONG)
        if not dry_run:
            put_on_record(engine, "spoke.key.revoke", name, f"key {no}")
            registry.revoke_key(name, no)
    if as_json:
        say_json({"name": name, "dryRun": dry_run, "no": no})
    else:
        say(f"{'检查通过，未作更改 nothing changed' if dry_run else '已吊销 revoked'}: {name} {no}")


def known(registry: SpokeRegistrySql, name: str) -> None:
    """Raises `Refused` for a spoke that is not registered, with a hint."""
    names = [s.name for s in registry.all()]
    if name not in names:
        raise Refused(f"没有接入方 {name}。", f"there is no spoke {name}.", did_you_mean(name, names), code=WRONG)
