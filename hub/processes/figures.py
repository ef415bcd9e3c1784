"""A child's figures: written when the parent asks, over a local socket. Nothing is written while nobody looks.

The socket belongs to this user alone; a question carries nothing and the answer is the Prometheus text of one registry.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from hub.processes.hint import address

ANSWER_SECONDS = 2.0
"""How long the parent waits for a child that is busy or dying."""


class Speaker:
    """Answers with the registry's figures until the process ends; a thread of its own."""

    def __init__(self, home: Path, role: str, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._address = address(home, role)
        with contextlib.suppress(FileNotFoundError):
            Path(self._address).unlink()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(self._address)
        Path(self._address).chmod(0o600)
        self._socket.listen(4)
        threading.Thread(target=self._run, name="figures", daemon=True).start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                asked, _ = self._socket.accept()
                with asked, contextlib.suppress(OSError):
                    asked.settimeout(ANSWER_SECONDS)
                    asked.sendall(generate_latest(self._registry))

    def close(self) -> None:
        """Say nothing more; the socket file goes."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with contextlib.suppress(FileNotFoundError):
            Path(self._address).unlink()


def heard(home: Path, role: str) -> str | None:
    """The figures of a child as text, None when it does not answer."""
    said = bytearray()
    deadline = time.monotonic() + ANSWER_SECONDS
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        try:
            asking.settimeout(ANSWER_SECONDS)
            asking.connect(address(home, role))
            while piece := asking.recv(65536):
                said += piece
                asking.settimeout(max(0.01, deadline - time.monotonic()))
        except OSError:
            return None
    return said.decode("utf-8")


def interface_of(path: str) -> str:
    """Which interface a request asks for, as the meter knows it."""
    if path.startswith("/soap/"):
        return "soap"
    return "rest" if path.startswith("/api/") else "contracts" if path.startswith("/contracts") else "other"
