"""``pophub init`` and ``pophub check``."""

from __future__ import annotations

import typer

from hub.assembly import initialise
from hub.control_bus.check.fault import Fault
from hub.control_bus.check.gather import gather, store_exists
from hub.control_bus.check.run import Report, prove
from hub.control_bus.refusals import WRONG
from hub.control_bus.terminal import AsJson, DryRun, note, say, say_json, say_level
from hub.settings import Settings, load


def init(dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """建立主目录、密钥、数据库，登记接入方；可重复。 Set the hub up."""
    settings = load()
    missing = _missing(settings)
    made: list[str] = [] if dry_run else sorted(initialise(settings))
    secrets = {name: str(settings.home / "keys" / "spokes" / name) for name in made}
    if as_json:
        say_json({"home": str(settings.home), "dryRun": dry_run, "missing": missing, "secrets": secrets})
        return
    say(f"{'将建立' if dry_run else '已就绪'} {'would make' if dry_run else 'ready'}: {settings.home}")
    for name in missing:
        say(f"  + {name}")
    for name, file in secrets.items():
        say(f"  接入方 {name} 的密钥在 secret of {name}: {file}")


def _missing(settings: Settings) -> list[str]:
    home = settings.home
    names = [n for n in ("run", "data", "claims", "keys", "keys/kek", "keys/index-1", "keys/receipt") if not (home / n).exists()]
    return names if store_exists(settings) else [*names, "store"]


def check(as_json: AsJson = False) -> None:
    """检查全部声明，一次报出所有问题。 Prove everything.

    报文定义、路由、适配器、样例与接入方；有问题退出码 1。 Schemas, routes, adapters, samples, spokes; exit 1 on any fault.
    """
    subject, notes = gather(load())
    report = prove(subject, notes)
    if as_json:
        say_json(as_data(report))
    else:
        show(report)
    if report.faults:
        raise typer.Exit(WRONG)


def as_data(report: Report) -> dict[str, object]:
    """The report as JSON."""
    return {
        "ok": not report.faults,
        "faults": [{"code": f.code, "place": f.place, "zh": f.zh, "en": f.en, "hint": f.hint} for f in report.faults],
        "notes": [{"zh": zh, "en": en} for zh, en in report.notes],
        "counted": report.counted,
    }


def show(report: Report) -> None:
    """The report for people: faults and sum on stdout, notes on stderr."""
    for fault in report.faults:
        say_level("fail", one_line(fault))
    for zh, en in report.notes:
        note(f"note {zh} {en}")
    counted = ", ".join(f"{number} {what}" for what, number in report.counted.items())
    if report.faults:
        say(f"{len(report.faults)} 个问题 faults ({counted})")
    else:
        say_level("ok", f"全部通过 all proved ({counted})")


def one_line(fault: Fault) -> str:
    """Place, code, both sentences and the hint."""
    return f"{fault.place} [{fault.code}] {fault.zh} {fault.en}{f' {fault.hint}' if fault.hint else ''}"
