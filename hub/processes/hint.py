"""A hint between processes of one machine: "there is work". Losing one costs nothing but a poll interval."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
from hashlib import sha256
from pathlib import Path


def address(home: Path, what: str = "sock") -> str:
    """Where a process of this home listens: a short path, because socket paths are limited to about 100 bytes."""
    name = sha256(str(home.resolve()).encode()).hexdigest()[:16]
    return str(Path(tempfile.gettempdir()) / f"pophub-{os.getuid()}-{name}.{what}")


class HintSender:
    """Wakes the engine; never blocks, never fails."""

    def __init__(self, home: Path) -> None:
        self._address = address(home)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)  # noqa: FBT003 - the library takes no keyword

    def __call__(self) -> None:
        """Send one hint."""
        with contextlib.suppress(OSError):
            self._socket.sendto(b"w", self._address)


class HintListener:
    """Sets an event on every hint; a thread of its own."""

    def __init__(self, home: Path, event: threading.Event) -> None:
        self._address = address(home)
        with contextlib.suppress(FileNotFoundError):
            Path(self._address).unlink()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self._address)
        Path(self._address).chmod(0o600)
        self._event = event
        threading.Thread(target=self._run, name="hints", daemon=True).start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while self._socket.recv(16):
                self._event.set()

    def close(self) -> None:
        """Stop listening and remove the socket file. Closing alone would leave the thread in its call for ever."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with contextlib.suppress(FileNotFoundError):
            Path(self._address).unlink()
