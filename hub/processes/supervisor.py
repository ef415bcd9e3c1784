"""The parent: starts edge and engine, starts them again with backoff when they die, ends them when it ends."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import structlog

from hub.backends.log_tap import configure_logging
from hub.processes import lifeline
from hub.processes.ready import admin_server
from hub.settings import Settings

CHILDREN = ("edge", "engine")
GRACE_SECONDS = 15.0
BACKOFF = (0.1, 0.5, 1.0, 2.0, 5.0)
STEADY_SECONDS = 30.0


MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "268435456", "MALLOC_TOP_PAD_": "16777216"}
"""glibc's allocator for a process of many threads that parse: one arena a thread scatters the documents over the memory
and gives pages back only to fetch them again; with these a request cost a third less CPU. The environment may say otherwise."""


class AlreadyServing(Exception):
    """Another hub serves this home."""


def serve(settings: Settings, role: str) -> int:
    """Serve one role in this process, or ``all`` under a parent. Returns the exit code."""
    if role == "edge":
        from hub.processes import edge  # noqa: PLC0415 - the parent and the other child need none of it in memory

        return edge.serve(settings)
    if role == "engine":
        from hub.processes import engine  # noqa: PLC0415 - as above

        if settings.store_url.startswith("sqlite"):
            lock(settings.home, "engine")
        return engine.serve(settings)
    return _Parent(settings).run()


class _Parent:
    def __init__(self, settings: Settings) -> None:
        configure_logging("parent")
        self._settings, self._log = settings, structlog.get_logger()
        self._lock = lock(settings.home, "serve")
        self._stop = threading.Event()
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._deaths: dict[str, list[float]] = {role: [] for role in CHILDREN}
        self._again_at: dict[str, float] = {}

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        admin = admin_server(self._settings)
        threading.Thread(target=admin.serve_forever, name="admin", daemon=True).start()
        for role in CHILDREN:
            self._start(role)
        self._log.info("serving", edge=self._settings.edge_port, admin=self._settings.admin_port)
        while not self._stop.wait(0.1):
            self._look_after()
        self._end()
        admin.shutdown()
        os.close(self._lock)
        return 0

    def _start(self, role: str) -> None:
        home = str(self._settings.home.resolve())
        environment = {**MEMORY, **os.environ, "POPHUB_HOME": home, lifeline.PARENT: str(os.getpid())}
        self._children[role] = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "hub", "serve", "--role", role], env=environment, stdin=subprocess.DEVNULL
        )

    def _look_after(self) -> None:
        now = time.monotonic()
        for role, child in list(self._children.items()):
            if child.poll() is None:
                continue
            if role not in self._again_at:
                recent = [t for t in self._deaths[role] if now - t < STEADY_SECONDS]
                self._deaths[role] = [*recent, now]
                wait = BACKOFF[min(len(recent), len(BACKOFF) - 1)]
                self._again_at[role] = now + wait
                self._log.warning("child.died", child=role, code=child.returncode, again_in=wait)
            elif now >= self._again_at[role]:
                del self._again_at[role]
                self._start(role)

    def _end(self) -> None:
        """Ask the children to stop, edge first; insist after the grace period."""
        for role in CHILDREN:
            child = self._children[role]
            if child.poll() is None:
                child.terminate()
            try:
                child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def lock(home: Path, what: str) -> int:
    """Take the home's lock of that name; it is held until the descriptor is closed or the process ends. Raises AlreadyServing."""
    descriptor = os.open(home / "run" / f"{what}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyServing(f"another hub serves {home}") from None
    return descriptor
