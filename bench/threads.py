"""CPU time and context switches of each thread, from /proc; the names that Python gave them, from a py-spy dump."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_SWITCHES: Final = re.compile(r"_ctxt_switches:\s*(\d+)")
_DUMPED: Final = re.compile(r'^Thread (\d+) \([^)]*\)(?:: "(.*)")?$', re.MULTILINE)
PY_SPY: Final = str(Path(sys.executable).with_name("py-spy"))

Key = tuple[str, int, int]
"""(role, process, thread)."""


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds in user and system mode, voluntary and involuntary context switches, number of threads."""

    user: float
    system: float
    voluntary: int
    involuntary: int
    threads: int = 1

    def __sub__(self, other: Used) -> Used:
        return Used(
            self.user - other.user,
            self.system - other.system,
            self.voluntary - other.voluntary,
            self.involuntary - other.involuntary,
        )

    def __add__(self, other: Used) -> Used:
        return Used(
            self.user + other.user, self.system + other.system, self.voluntary + other.voluntary,
            self.involuntary + other.involuntary, self.threads + other.threads,
        )  # fmt: skip


NOTHING: Final = Used(0.0, 0.0, 0, 0, 0)


def snapshot(roles: Mapping[int, str]) -> dict[Key, Used]:
    """What each thread of these processes has used so far."""
    found = {}
    for pid, role in roles.items():
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                fields = (task / "stat").read_text().rpartition(")")[2].split()
                switches = [int(n) for n in _SWITCHES.findall((task / "status").read_text())]
                found[role, pid, int(task.name)] = Used(int(fields[11]) / _TICKS, int(fields[12]) / _TICKS, *switches)
    return found


def names(pid: int) -> dict[int, str]:
    """The Python names of a process's threads; ``ThreadPoolExecutor_3`` and the like without their number."""
    said = subprocess.run([PY_SPY, "dump", "--nonblocking", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return {int(m[1]): re.sub(r"_\d+$", "", m[2] or "unnamed") for m in _DUMPED.finditer(said)}


def table(before: Mapping[Key, Used], after: Mapping[Key, Used], named: Mapping[int, str], messages: int) -> str:
    """Per role and name what was used between two snapshots, and per message, as Markdown; under 20 ms left out."""
    groups: dict[tuple[str, str], Used] = {}
    for key, used in after.items():
        group = key[0], named.get(key[2], "not Python")
        groups[group] = groups.get(group, NOTHING) + (used - before.get(key, NOTHING))
    rows = [
        "| process | threads | user s | system s | CPU µs a message | switches a message (own + forced) |",
        "|---|---|---|---|---|---|",
    ]
    each = max(messages, 1)
    for (role, name), u in sorted(groups.items(), key=lambda g: -(g[1].user + g[1].system)):
        if u.user + u.system > 0.02:
            rows.append(
                f"| {role} | {u.threads} × {name} | {u.user:.2f} | {u.system:.2f} | {(u.user + u.system) / each * 1e6:.0f} "
                f"| {u.voluntary / each:.1f} + {u.involuntary / each:.1f} |"
            )
    return "\n".join(rows) + "\n"
