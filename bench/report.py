"""Results: medians, the ratio to the floor of the same run, the machine and settings; JSON and a small table."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.cell import Cell

_MEDIANS = ("acknowledged_per_second", "delivered_per_second", "p50", "p99", "longest", "cpu_per_1000")
_SUMS = ("acknowledged", "delivered", "waiting", "difference", "repeated", "unanswered", "errors")
_HEAD = (
    "| system | connections | acknowledged/s | delivered/s | p50 ms | p99 ms | max ms | CPU s/1,000 | × floor | CPU s by process | PSS MiB "
    "| acknowledged | delivered | waiting | difference | repeated | unanswered | errors |\n" + "|---" * 18 + "|"
)


def summary(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """One entry per system and number of connections: medians of the rounds, sums of the counts, largest PSS."""
    groups: dict[tuple[str, int], list[Cell]] = {}
    for cell in cells:
        groups.setdefault((cell.system, cell.connections), []).append(cell)
    found = []
    for (system, connections), group in sorted(groups.items(), key=lambda g: (g[0][1], g[0][0])):
        entry: dict[str, Any] = {"system": system, "connections": connections, "rounds": len(group)}
        entry |= {name: round(statistics.median(getattr(c, name) for c in group), 3) for name in _MEDIANS}
        entry |= {name: sum(getattr(c, name) for c in group) for name in _SUMS}
        entry["balanced"] = all(c.balanced for c in group)
        entry["pss_mib"] = {role: max(c.pss_mib.get(role, 0.0) for c in group) for role in group[0].pss_mib}
        entry["cpu_seconds"] = {
            role: statistics.median(c.cpu_seconds.get(role, 0.0) for c in group) for role in group[0].cpu_seconds
        }
        found.append(entry)
    for entry in found:
        floor = next((f for f in found if f["system"] == "floor" and f["connections"] == entry["connections"]), None)
        entry["cpu_to_floor"] = round(entry["cpu_per_1000"] / floor["cpu_per_1000"], 2) if floor and floor["cpu_per_1000"] else None
    return found


def table(entries: Sequence[Mapping[str, Any]]) -> str:
    """The summary as a Markdown table."""
    rows = [_HEAD]
    for e in entries:
        pss = ", ".join(f"{role} {mib:.0f}" for role, mib in e["pss_mib"].items())
        cpu = ", ".join(f"{role} {seconds:.1f}" for role, seconds in e["cpu_seconds"].items())
        rows.append(
            f"| {e['system']} | {e['connections']} | {e['acknowledged_per_second']:,.0f} | {e['delivered_per_second']:,.0f} | {e['p50']:.1f} "
            f"| {e['p99']:.0f} | {e['longest']:.0f} | {e['cpu_per_1000']:.3f} | {e['cpu_to_floor'] or '–'} | {cpu} | {pss} | {e['acknowledged']} "
            f"| {e['delivered']} | {e['waiting']} | {e['difference']}{'' if e['balanced'] else ' (!)'} | {e['repeated']} | {e['unanswered']} | {e['errors']} |"
        )
    return "\n".join(rows) + "\n"


def machine() -> dict[str, Any]:
    """Where and on what this ran."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "",
    )
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024
    return {
        "cpu": model, "cores": os.cpu_count(), "memory_mib": memory, "kernel": platform.release(),
        "python": platform.python_version(), "load_average": os.getloadavg(), "commit": _commit(),
    }  # fmt: skip


def _commit() -> str:
    root = Path(__file__).parents[1]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    if commit.returncode:
        return "none"
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=False).stdout
    return commit.stdout.strip() + ("+changes" if changed.strip() else "")


def write(folder: Path, name: str, facts: Mapping[str, Any], cells: Sequence[Cell], profiles: str = "") -> Path:
    """Write <name>.json and <name>.md; returns the latter."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = summary(cells)
    whole = {**facts, "summary": entries, "cells": [c.as_json() for c in cells]}
    (folder / f"{name}.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    file = folder / f"{name}.md"
    stated = "\n".join(f"- {key}: {value}" for key, value in facts.items())
    file.write_text(f"# {name}\n\n{stated}\n\n{table(entries)}\n{profiles}", encoding="utf-8")
    return file
