"""Processes under test: started with a log of their own, watched through /proc, ended by pid."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


class NotStarted(Exception):
    """A process did not come up; the text holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Running:
    """A started process and its log."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def tail(self) -> str:
        """The end of the log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]


def start(command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> Running:
    """Start a command in the repository's root, in a session of its own."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            list(command), stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=dict(env) if env else None,
            cwd=Path(__file__).parents[1], start_new_session=True,
        )  # fmt: skip
    return Running(process, log)


def stop(running: Running, grace: float = 20.0) -> None:
    """Terminate; after ``grace`` seconds kill what is left of the tree, by pid."""
    left = [(pid, _started(pid)) for pid in tree(running.pid)]
    running.process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.process.wait(grace)
    for pid, since in left:
        if since is not None and _started(pid) == since:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    running.process.wait(5)


def taken(ports: Sequence[int]) -> list[int]:
    """Those of these ports of the loopback address that something listens on."""
    found = []
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                found.append(port)
    return found


def wait_for_port(port: int, running: Running, seconds: float = 30.0) -> None:
    """Until something listens there. Raises NotStarted when it does not in time or the process ends."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and running.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise NotStarted(f"nothing listens on {port}:\n{running.tail()}")


def tree(pid: int) -> list[int]:
    """The process and all its descendants."""
    found, todo = [], [pid]
    while todo:
        here = todo.pop()
        found.append(here)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{here}/task").iterdir():
                todo += [int(child) for child in (task / "children").read_text().split()]
    return found


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time these processes have used so far."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = _stat(pid)
            ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS


def pss_mib(pid: int) -> float:
    """Proportional set size in MiB; 0 when the process is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def command_line(pid: int) -> str:
    """The command line, empty when the process is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _started(pid: int) -> str | None:
    try:
        return _stat(pid)[19]
    except OSError:
        return None
