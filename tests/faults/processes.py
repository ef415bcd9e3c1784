"""The hub's processes as an outsider sees them: started and killed by pid, found through /proc, gone or not."""

from __future__ import annotations

import fcntl
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

ROLES: Final = ("edge worker", "edge", "engine", "parent")
Birth = tuple[int, str]
"""A process for certain: its pid, and the moment at which the kernel started it."""


class HubProcesses:
    """The parent of one hub and everything below it.

    ``root`` is the folder with the packages; ``planted`` goes before it on the path: a sitecustomize there changes the hub.
    ``more`` are further variables of the environment.
    """

    def __init__(self, home: Path, admin_port: int, root: Path, planted: Path | None = None, **more: str) -> None:
        self._home, self._admin_port = home, admin_port
        path = os.pathsep.join(map(str, filter(None, (planted, root))))
        self._environment = {**os.environ, "POPHUB_HOME": str(home), "PYTHONPATH": path, **more}
        self._parent: subprocess.Popen[bytes] | None = None
        self._seen: set[Birth] = set()

    def run(self, module: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a module of the hub to its end, in at most three minutes."""
        command = [sys.executable, "-m", module, *words]
        return subprocess.run(
            command, env=self._environment, cwd=self._home, check=False, capture_output=True, text=True, timeout=180
        )

    def start(self) -> None:
        """Start the parent and wait until everything is ready."""
        with (self._home / "serve.log").open("ab") as log:
            self._parent = subprocess.Popen(
                [sys.executable, "-m", "hub", "serve"],
                env=self._environment,
                cwd=self._home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.await_ready()

    def await_ready(self, seconds: float = 60.0) -> None:
        """Wait until /readyz says that edge and engine work. Raises TimeoutError with the end of the log."""
        if not waited(self._ready, seconds):
            raise TimeoutError((self._home / "serve.log").read_text(errors="replace")[-2000:])
        self._seen |= set(self._births().values())

    def kill(self, role: str) -> None:
        """SIGKILL the process of a role; a killed parent is started again, the others are the parent's business."""
        births = self._births()
        pid, started = births[role]
        self._seen |= set(births.values())
        os.kill(pid, signal.SIGKILL)
        if role == "parent":
            assert self._parent
            self._parent.wait(10)
            assert waited(lambda: not any(_alive(b) for b in self._seen), 10), "children outlive their parent"
            self.start()
        else:
            assert waited(lambda: not _alive((pid, started)), 10)
            assert waited(lambda: role in self._births() and self._births()[role][0] != pid, 60), f"no new {role}"
            self.await_ready()

    def stop(self) -> int | None:
        """End everything in an orderly way; the exit code of the parent, None when it had to be killed."""
        code = None
        if self._parent and self._parent.poll() is None:
            self._seen |= set(self._births().values())
            self._parent.terminate()
            try:
                code = self._parent.wait(40)
            except subprocess.TimeoutExpired:
                self._parent.kill()
                self._parent.wait()
        return code

    def left(self) -> list[int]:
        """The pids of every process ever seen here that still runs."""
        waited(lambda: not any(map(_alive, self._seen)), 5)
        return sorted(pid for pid, started in self._seen if _alive((pid, started)))

    def locked(self) -> list[str]:
        """The lock files of the home that somebody still holds."""
        return [
            file.name for file in (self._home / "run" / "serve.lock", self._home / "data" / "pophub.db.gate") if not _lockable(file)
        ]

    def _ready(self) -> bool:
        assert self._parent
        assert self._parent.poll() is None, (self._home / "serve.log").read_text(errors="replace")[-2000:]
        connection = http.client.HTTPConnection("127.0.0.1", self._admin_port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200 and set(ROLES) <= set(self._births())
        except OSError:
            return False
        finally:
            connection.close()

    def _births(self) -> Mapping[str, Birth]:
        """The processes by role, further ones by pid."""
        assert self._parent
        found: dict[str, Birth] = {"parent": (self._parent.pid, _started(self._parent.pid))}
        for pid, words in _children(self._parent.pid):
            role = words[-1] if words and words[-1] in ROLES else str(pid)
            found[role] = (pid, _started(pid))
            for below, said in _children(pid):
                helper = role != "edge" or any("resource_tracker" in word for word in said)
                found[str(below) if helper else "edge worker"] = (below, _started(below))
        return found


def waited(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether a condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _children(parent: int) -> Iterator[tuple[int, list[str]]]:
    for entry in Path("/proc").glob("[0-9]*"):
        fields = _stat(entry)
        if len(fields) > 1 and fields[0] != "Z" and fields[1] == str(parent):
            words = (entry / "cmdline").read_bytes() if (entry / "cmdline").exists() else b""
            yield int(entry.name), words.decode(errors="replace").rstrip("\0").split("\0")


def _stat(entry: Path) -> list[str]:
    """The fields of /proc/<pid>/stat after the name: state, parent, …; empty for a process that is gone."""
    try:
        return (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _started(pid: int) -> str:
    fields = _stat(Path("/proc") / str(pid))
    return fields[19] if len(fields) > 19 else ""


def _alive(birth: Birth) -> bool:
    fields = _stat(Path("/proc") / str(birth[0]))
    return bool(fields) and fields[0] != "Z" and fields[19] == birth[1]


def _lockable(file: Path) -> bool:
    with file.open("rb") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
