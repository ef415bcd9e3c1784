"""A profile of the hub during the load: CPU per thread, who holds the interpreter's lock (py-spy), CPU by library (perf).

py-spy's own notion of a running thread is not used: in a virtual machine it takes threads that wait for running ones.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench import stacks, threads
from bench.systems import System

ROLES: Final = ("edge worker", "engine")
_RATE: Final = 200


class Recording:
    """Called with the system when the load begins, it records for ``seconds``; its answer waits for the end."""

    def __init__(self, folder: Path, seconds: int) -> None:
        self._folder, self._seconds = folder, seconds
        self._before: dict[threads.Key, threads.Used] = {}
        self._after: dict[threads.Key, threads.Used] = {}
        self._names: dict[int, str] = {}
        self._recorded: list[str] = []

    def __call__(self, system: System) -> Callable[[], None]:
        """Start recording."""
        roles = system.roles()
        chosen = {pid: role for pid, role in roles.items() if role in ROLES}
        self._recorded = list(chosen.values())
        for pid in chosen:
            self._names |= threads.names(pid)
        self._before = threads.snapshot(roles)
        running = [self._start(command) for pid, role in chosen.items() for command in self._commands(pid, role)]

        def wait() -> None:
            self._after = threads.snapshot(roles)
            for pid in chosen:
                self._names |= threads.names(pid)
            for process in running:
                process.wait(self._seconds + 30)

        return wait

    def text(self, acknowledged: int) -> str:
        """Everything as Markdown."""
        parts = [
            f"### CPU by thread, {acknowledged} messages acknowledged\n\n{threads.table(self._before, self._after, self._names, acknowledged)}"
        ]
        for role in self._recorded:
            parts.append(stacks.text(f"{role}, holding the interpreter's lock", self._file(role).read_text(encoding="utf-8")))
            if libraries := self._libraries(role):
                parts.append(f"### {role}, CPU by library\n\n```\n{libraries}\n```\n")
        return "\n".join(parts)

    def _file(self, role: str, kind: str = "folded") -> Path:
        return self._folder / f"{role.replace(' ', '-')}.{kind}"

    def _commands(self, pid: int, role: str) -> list[list[str]]:
        commands = [[
            threads.PY_SPY, "record", "--gil", "--nonblocking", "-f", "raw", "-r", str(_RATE), "-d", str(self._seconds),
            "-o", str(self._file(role)), "-p", str(pid),
        ]]  # fmt: skip
        if shutil.which("perf"):
            commands.append(
                [
                    "perf",
                    "record",
                    "-q",
                    "-F",
                    "199",
                    "-o",
                    str(self._file(role, "perf")),
                    "-p",
                    str(pid),
                    "--",
                    "sleep",
                    str(self._seconds),
                ]
            )
        return commands

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _libraries(self, role: str) -> str:
        file = self._file(role, "perf")
        if not file.exists():
            return ""
        said = subprocess.run(
            ["perf", "report", "-i", str(file), "--sort", "dso", "--stdio"], capture_output=True, text=True, check=False
        )
        return "\n".join([line.strip() for line in said.stdout.splitlines() if line.strip() and not line.startswith("#")][:12])
