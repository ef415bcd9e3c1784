"""The answering side of one HTTP/1.1 connection of a simulator: whole answers, and every way not to give one."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

_LONGEST_WAIT: Final = 120.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: body bytes, status, content type, further header fields."""

    body: bytes
    status: int = 200
    content_type: str = "text/xml; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        """The answer as it goes over the wire, length framed."""
        fields = {"Content-Type": self.content_type, "Content-Length": str(len(self.body)), **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n{head}\r\n".encode("latin-1") + self.body


class Wire:
    """One connection. ``open`` turns false when it may not carry another call; sending to a caller who left is no error."""

    def __init__(self, sock: socket.socket, stopping: threading.Event) -> None:
        self._sock, self._stopping = sock, stopping
        self.open = True

    def send(self, data: bytes) -> None:
        """Send all of it."""
        try:
            self._sock.sendall(data)
        except OSError:
            self.open = False

    def close(self) -> None:
        """End the connection after what was sent."""
        self.open = False

    def reset(self) -> None:
        """Break the connection: the caller sees a reset, not an end."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()
        self.open = False

    def wait(self, seconds: float = _LONGEST_WAIT) -> bool:
        """Wait, but not longer than the caller or the simulator; whether the caller is still there."""
        poll = select.poll()
        poll.register(self._sock, select.POLLIN | select.POLLRDHUP)
        end = time.monotonic() + min(seconds, _LONGEST_WAIT)
        while (left := end - time.monotonic()) > 0 and not self._stopping.is_set():
            if poll.poll(min(left, 0.2) * 1000):
                self.open = False
                return False
        return True
