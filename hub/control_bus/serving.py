"""``pophub serve``, ``simulate`` and ``demo``: what runs until it is told to stop."""

from __future__ import annotations

import json
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.gather import store_exists
from hub.control_bus.installation import one_line
from hub.control_bus.refusals import WRONG, Refused
from hub.control_bus.terminal import AsJson, note, say_json
from hub.discovery import discover, load_by_name
from hub.settings import Settings, load


class Role(StrEnum):
    """What one process does."""

    ALL = "all"
    EDGE = "edge"
    ENGINE = "engine"


def serve(role: Annotated[Role, typer.Option(help="本进程的角色 What this process does.")] = Role.ALL) -> None:
    """运行枢纽，Ctrl-C 停止；生产口径检查不通过不启动。 Serve."""
    from hub.processes.supervisor import AlreadyServing  # noqa: PLC0415 - the servers load only where something is served
    from hub.processes.supervisor import serve as run  # noqa: PLC0415

    settings = load()
    if not (settings.home / "keys" / "kek").exists() or not store_exists(settings):
        raise Refused("枢纽尚未建立。", "the hub was never set up.", "请先运行 pophub init。 Run 'pophub init' first.")
    if role is Role.ALL:
        _proved(settings)
    try:
        raise typer.Exit(run(settings, role.value))
    except AlreadyServing:
        raise Refused(f"{settings.home} 已有枢纽在运行。", f"another hub serves {settings.home}.", code=WRONG) from None


def _proved(settings: Settings) -> None:
    """In a process of its own: what a proof loads is large, and the parent of the servers stays small."""
    made = subprocess.run([sys.executable, "-m", "hub", "check", "--json"], stdout=subprocess.PIPE, check=False)
    try:
        faults = [Fault(**told) for told in json.loads(made.stdout)["faults"]]
    except (ValueError, KeyError, TypeError):
        raise Refused(
            "检查无法完成，拒绝启动。", "the check could not finish: not started.", "详情 pophub check。", code=WRONG
        ) from None
    for fault in faults:
        note(f"fail {one_line(fault)}")
    if faults and settings.profile == "production":
        raise Refused(
            f"{len(faults)} 个问题，拒绝启动。",
            f"{len(faults)} faults: not started.",
            "详情 pophub check。",
            code=WRONG,
        )


def simulate(
    system: Annotated[str, typer.Argument(help="适配器名称，如 padis Name of the adapter.", show_default=False)],
    port: Annotated[int, typer.Option(min=1, max=65535, help="本机端口 Port on loopback.", show_default=False)],
    ledger: Annotated[Path | None, typer.Option(help="台账文件；默认在主目录 run/ 下 Ledger file.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查模拟器是否存在 Only look for it.")] = False,
    as_json: AsJson = False,
) -> None:
    """在本机运行一个外部系统的模拟器，Ctrl-C 停止。 Run one simulator.

    /_control 设故障 switches its faults, /_ledger 看台账 shows what arrived and what was applied.
    """
    settings = load()
    adapters = discover(settings.folders).catalogue.adapter
    adapter = adapters.get(system)
    if adapter is None:
        raise Refused(f"没有适配器 {system}。", f"there is no adapter {system}.", did_you_mean(system, adapters), code=WRONG)
    if adapter.simulator is None:
        raise Refused(f"适配器 {system} 没有模拟器。", f"adapter {system} has no simulator.", code=WRONG)
    file = ledger or settings.home / "run" / f"{system}.ledger"
    said = {"system": system, "url": f"http://127.0.0.1:{port}", "ledger": str(file)}
    main = load_by_name(adapter.simulator).main
    if as_json:
        say_json(said)
    note(f"模拟器 simulator {system}: {said['url']} 台账 ledger: {file}")
    if not dry_run:
        file.parent.mkdir(parents=True, exist_ok=True)
        main(port, file)


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="跑一天、出账、退出；否则一直运行到 Ctrl-C One day, then the account.")
    ] = False,
    messages: Annotated[int, typer.Option(min=1, max=1_000_000, help="一天的协查请求数 Enquiries of the day.")] = 5000,
    seed: Annotated[int, typer.Option(help="随机种子 Seed.")] = 1,
    folder: Annotated[
        Path | None, typer.Option(help="演示用主目录，保留；默认用临时目录 Home to keep; else temporary.", show_default=False)
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="台账与状态留存处 Where ledgers and states are kept.", show_default=False)
    ] = None,
    ports: Annotated[
        str,
        typer.Option(
            help="端口，按序或按名 edge=8080,padis=8101；未给出的取空闲端口 Ports, in order or by name.", show_default=False
        ),
    ] = "",
    deadline: Annotated[float, typer.Option(min=1, help="最多几秒 At most so many seconds.")] = 600.0,
    as_json: AsJson = False,
) -> None:
    """演示：虚构人员、真实区划、会出错的外部系统。 A simulated day."""
    try:
        places = load_by_name("demo.ports").read_ports(ports)
    except ValueError as fault:
        raise Refused(f"--ports 不认识 {fault}。", f"--ports does not know {fault}.", "例如 edge=8080,admin=8081。") from None
    run = load_by_name("demo.day").run
    raise typer.Exit(
        run(once=once, as_json=as_json, messages=messages, seed=seed, home=folder, keep=keep, ports=places, deadline=deadline)
    )
