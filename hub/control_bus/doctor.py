"""``pophub doctor``: one line a finding - ok, warn or fail - with what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import typer

from hub.control_bus.diagnosis.declarations import declarations
from hub.control_bus.diagnosis.finding import Finding
from hub.control_bus.diagnosis.keys import keys
from hub.control_bus.diagnosis.machine import calendar, clock, disk, ports
from hub.control_bus.diagnosis.store import store
from hub.control_bus.diagnosis.work import work
from hub.control_bus.refusals import WRONG, explain
from hub.control_bus.terminal import AsJson, say_json, say_level
from hub.settings import Settings, SettingsFault, load

THEMES: Final[tuple[Callable[[Settings], Iterator[Finding]], ...]] = (
    keys, store, disk, clock, calendar, ports, work, declarations,
)  # fmt: skip


def doctor(as_json: AsJson = False) -> None:
    """体检本机；有 fail 退出码 1。 Examine this machine.

    设置、密钥、数据库、磁盘、时钟、日历、端口、下载、定时任务、批次、接口定义。
    Settings, keys, store, disk, clock, calendar, ports, feeds, schedules, batches, contracts.
    """
    findings = examine()
    if as_json:
        rows = [{"level": f.level, "what": f.what, "zh": f.zh, "en": f.en, "advice": f.advice} for f in findings]
        say_json({"ok": not failed(findings), "findings": rows})
    else:
        for finding in findings:
            say_level(finding.level, " ".join(filter(None, (f"{finding.what}:", finding.zh, finding.en, finding.advice))))
    if failed(findings):
        raise typer.Exit(WRONG)


def failed(findings: list[Finding]) -> bool:
    """Whether anything must be mended before the hub runs."""
    return any(f.level == "fail" for f in findings)


def examine() -> list[Finding]:
    """Every finding. Settings that cannot be read are the only one: nothing else can be looked at without them."""
    try:
        settings = load()
    except SettingsFault as fault:
        return [
            Finding("fail", "settings", str(fault), "the settings cannot be used.", "请改正 pophub.toml。 Correct pophub.toml.")
        ]
    findings = [Finding("ok", "settings", f"主目录 {settings.home}，口径 {settings.profile}。", f"profile {settings.profile}.")]
    for theme in THEMES:
        try:
            findings += theme(settings)
        except Exception as fault:  # noqa: BLE001 - the operator gets every other finding all the same
            said, _ = explain(fault)
            findings.append(Finding("fail", theme.__name__, said.zh, said.en, said.advice))
    return findings
