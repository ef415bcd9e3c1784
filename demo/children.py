"""The processes of the demo: started by argument list, ended by pid, none left behind."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

_GRACE: Final = 20.0
"""Seconds for an orderly end before a process is killed."""


class DemoFailedError(Exception):
    """The demo cannot go on; the text says why."""


class Child:
    """One running process. Its stdout is read as JSON lines; ``said`` is the newest of them."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name, self.process, self.log = name, process, log
        self.said: Mapping[str, Any] = {}
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()

    def alive(self) -> bool:
        """Whether it runs."""
        return self.process.poll() is None

    def begin(self) -> None:
        """Send it the line for which it waits."""
        with contextlib.suppress(OSError):
            if self.process.stdin:
                self.process.stdin.write(b"\n")
                self.process.stdin.flush()

    def end(self) -> None:
        """Ask it to stop, insist after the grace period."""
        if self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        if self.alive():
            self.process.terminate()
        try:
            self.process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._ear.join(_GRACE)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stdout:
            for line in stdout:
                with contextlib.suppress(ValueError):
                    self.said = json.loads(line)


class Children:
    """Starts processes and ends all of them, the last first, when the block ends. Start them from the main thread."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self._logs, self._environment = logs, dict(environment)
        self._children: list[Child] = []
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        """The children of a block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        """End what still runs."""
        self.end()

    def start(self, name: str, arguments: Sequence[str]) -> Child:
        """Start ``python ARGUMENTS`` in a session of its own, tied to this process; stderr goes to a file of its name."""
        log = self._logs / f"{name}.log"
        with log.open("ab") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "demo.tied", sys.executable, *arguments],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, env=self._environment, start_new_session=True,
            )  # fmt: skip
        child = Child(name, process, log)
        self._children.append(child)
        return child

    def dead(self) -> Child | None:
        """A child that ended by itself, if there is one."""
        return next((child for child in self._children if not child.alive()), None)

    def must_live(self) -> None:
        """Raise DemoFailedError when a child has ended by itself, with the end of what it said."""
        child = self.dead()
        if child is not None:
            tail = child.log.read_text(encoding="utf-8", errors="replace")[-1500:]
            raise DemoFailedError(f"{child.name} ended by itself with code {child.process.returncode}:\n{tail}")

    def end(self) -> None:
        """End all, the last first."""
        while self._children:
            self._children.pop().end()
