"""Floor, hub, floor, hub, … on the same bytes; results in bench/results. ``python -m bench.run --help`` says the options."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import load, report, wrk
from bench.cell import Cell, measure
from bench.processes import NotStarted
from bench.recording import Recording
from bench.systems import PASSED_ON, SETTINGS, FloorSystem, HubSystem, Ports

RESULTS = Path(__file__).with_name("results")
PROFILE_CONNECTIONS = 64


def main(given: list[str] | None = None) -> int:
    """Run and print the table. Returns 1 when a system lost or refused messages, 2 when it could not run."""
    options = _options(given)
    try:
        wrk.check()
        with tempfile.TemporaryDirectory(prefix="pophub-bench-") as folder:
            return _run(options, Path(folder))
    except (wrk.WrkFailed, NotStarted) as fault:
        print(fault, file=sys.stderr)
        return 2


def _options(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    add = parser.add_argument
    add("--rounds", type=int, default=3)
    add("--seconds", type=int, default=5, help="of load in each measurement")
    add("--connections", default="1,16,64,500", help="callers at once, parted by commas")
    add("--messages", type=int, default=60_000, help="requests to build")
    add("--base-port", type=int, help="the first of four ports; a free block from 18400 on unless given")
    add("--name", default="hub", help="of the result files, after the date")
    add("--quick", action="store_true", help="one round at 64 connections, below 40 s")
    add("--no-floor", action="store_true", help="the hub alone")
    add(
        "--profile",
        action="store_true",
        help="one more round of the hub at 64 connections under py-spy (and perf, where installed)",
    )
    options = parser.parse_args(given)
    if options.quick:
        options.rounds, options.connections, options.messages, options.name = 1, "64", 40_000, "quick"
    return options


def _run(options: argparse.Namespace, folder: Path) -> int:
    requests = load.write(folder, options.messages)
    ports = Ports(options.base_port) if options.base_port else Ports.free()
    systems: list[type[FloorSystem | HubSystem]] = [HubSystem] if options.no_floor else [FloorSystem, HubSystem]
    began = datetime.now(UTC).astimezone()
    facts: dict[str, Any] = {
        "at": began.isoformat(timespec="seconds"), **report.machine(), "rounds": options.rounds, "seconds": options.seconds,
        "messages": options.messages, "envelope_bytes": f"{requests.smallest}..{requests.largest}", "hub settings": " ".join(SETTINGS.split()),
        "hub environment": " ".join(f"{name}={os.environ[name]}" for name in PASSED_ON if name in os.environ) or "none",
    }  # fmt: skip
    cells: list[Cell] = []
    for number in range(options.rounds):
        for connections in map(int, options.connections.split(",")):
            for make in systems:
                place = folder / f"{make.name}-{connections}-{number}"
                cells.append(_told(measure(make, place, ports, requests, connections, options.seconds)))
    profiles = _profile(options, folder, ports, requests) if options.profile else ""
    file = report.write(RESULTS, f"{began:%Y-%m-%d}-{options.name}", facts, cells, profiles)
    print(file.read_text(encoding="utf-8"))
    return 0 if all(c.balanced and not c.errors for c in cells) else 1


def _told(cell: Cell) -> Cell:
    print(
        f"{cell.system:5} {cell.connections:4} connections: {cell.acknowledged_per_second:7,.0f} acknowledged/s, "
        f"{cell.delivered_per_second:7,.0f} delivered/s, p99 {cell.p99:.0f} ms, {cell.cpu_per_1000:.3f} CPU s/1,000, "
        f"difference {cell.difference}, errors {cell.errors}",
        file=sys.stderr, flush=True,
    )  # fmt: skip
    return cell


def _profile(options: argparse.Namespace, folder: Path, ports: Ports, requests: load.Load) -> str:
    """One more round of the hub under py-spy and perf, as Markdown."""
    place = folder / "profile"
    place.mkdir()
    recording = Recording(place, options.seconds)
    cell = measure(HubSystem, place / "hub", ports, requests, PROFILE_CONNECTIONS, options.seconds, recording)
    head = (
        f"## Profile at {PROFILE_CONNECTIONS} connections (slowed by it to {cell.acknowledged_per_second:,.0f} acknowledged/s)\n\n"
    )
    return head + recording.text(cell.acknowledged)


if __name__ == "__main__":
    sys.exit(main())
