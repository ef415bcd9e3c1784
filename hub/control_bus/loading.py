"""``pophub <adapter> load FILE``: what an adapter's manifest offers to be loaded. The commands are found by folder, like adapters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from hub.contract.adapter import Adapter
from hub.contract.lookup import Loaded, Loader
from hub.control_bus.refusals import WRONG, Refused
from hub.control_bus.terminal import AsJson, note, say_json, say_table
from hub.discovery import discover
from hub.settings import Settings, SettingsFault, load

File = Annotated[Path, typer.Argument(metavar="FILE", help="文件 The file.", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查和计数，不写入 Check and count, write nothing.")]


class WithAdapters(TyperGroup):
    """The root command: beside its own commands one for every adapter that has a loader."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Its own commands, then the adapters'."""
        own = super().list_commands(ctx)
        return [*own, *(name for name in sorted(_adapters(ctx)) if name not in own)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command by name; adapters are looked for only under a name that is no command of the hub."""
        found = super().get_command(ctx, cmd_name)
        if found is None and (adapter := _adapters(ctx).get(cmd_name)):
            found = typer.main.get_command(_app(adapter))
            found.name = cmd_name
        return found


def _adapters(ctx: Any) -> dict[str, Adapter]:
    home = ctx.params.get("home")
    try:
        folders = load(Path(home) if home else None).folders
    except SettingsFault:
        folders = Settings().folders
    return {a.name: a for a in discover(folders).adapters if a.loader}


def _app(adapter: Adapter) -> typer.Typer:
    assert adapter.loader is not None
    app = typer.Typer(help=f"{adapter.title} {adapter.name}。", no_args_is_help=True, rich_markup_mode=None, add_completion=False)

    @app.callback()
    def _noun() -> None:
        """Keeps the verb even while it is the only one."""

    app.command("load", help=adapter.loader.title)(_loading(adapter, adapter.loader))
    return app


def _loading(adapter: Adapter, loader: Loader) -> Any:
    def run(file: File, dry_run: DryRun = False, as_json: AsJson = False) -> None:
        given = load().adapters.get(adapter.name, {})
        try:
            done = loader.load(given, file, dry_run)
        except ValueError as fault:
            raise Refused("设置无法使用。", "the settings cannot be used.", str(fault)) from None
        except OSError as fault:
            what = f"{type(fault).__name__}: {fault.strerror or fault}"
            raise Refused(f"无法装入（{what}）。", f"cannot be loaded ({what}).") from None
        _say(done, dry_run=dry_run, as_json=as_json)
        if done.bad:
            raise typer.Exit(WRONG)

    return run


def _say(done: Loaded, *, dry_run: bool, as_json: bool) -> None:
    bad = [{"line": b.line, "reason": b.reason, "path": b.path or None} for b in done.bad]
    if as_json:
        counts = {"lines": done.lines, "added": done.added, "changed": done.changed, "same": done.same}
        say_json({"ok": not bad, "dryRun": dry_run, **counts, "bad": bad})
        return
    if bad:
        say_table(("行 line", "原因 reason", "位置 path"), [(str(b["line"]), str(b["reason"]), str(b["path"] or "")) for b in bad])
        note(f"{len(bad)} 行有误，未装入任何一行。 {len(bad)} bad lines: nothing was loaded.")
    else:
        what = "试算 dry run：" if dry_run else ""
        note(f"{what}新增 added {done.added}，更新 changed {done.changed}，未变 same {done.same}")
