"""A partner that misbehaves by script: a real TCP server on loopback that answers each request with the next act."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Self

Act = Callable[[socket.socket], bool]
"""What is done after a whole request has come; true keeps the connection for another."""


def free_port() -> int:
    """A port below the ephemeral range that is free now."""
    for port in random.sample(range(20_000, 32_000), 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port")


def http(body: bytes, status: int = 200, content_type: str = "text/xml; charset=utf-8", **fields: str) -> bytes:
    """A well-framed answer."""
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body


def say(raw: bytes, *, keep: bool = True) -> Act:
    """Send these bytes."""

    def act(sock: socket.socket) -> bool:
        sock.sendall(raw)
        return keep

    return act


def reset(sock: socket.socket) -> bool:
    """Break the connection without an answer."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def leave(_sock: socket.socket) -> bool:
    """End the connection without an answer."""
    return False


def hang(sock: socket.socket) -> bool:
    """Say nothing until the caller goes."""
    sock.settimeout(20)
    with contextlib.suppress(OSError):
        sock.recv(1)
    return False


class ScriptedPartner:
    """Plays one act per request, over all connections; the last act repeats. ``requests`` are the bytes it got."""

    def __init__(self, *acts: Act) -> None:
        self._acts = list(acts)
        self.requests: list[bytes] = []
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", free_port()))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/services/exchange"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._socket, *self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._socket.accept()
                self.connections += 1
                self._open.append(sock)
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), sock:
            for request in _requests(sock):
                self.requests.append(request)
                act = self._acts.pop(0) if len(self._acts) > 1 else self._acts[0]
                if not act(sock):
                    return


def _requests(sock: socket.socket) -> Iterator[bytes]:
    data = b""
    while True:
        while b"\r\n\r\n" not in data:
            more = sock.recv(65536)
            if not more:
                return
            data += more
        head, _, rest = data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        while len(rest) < length:
            rest += sock.recv(65536)
        yield head + b"\r\n\r\n" + rest[:length]
        data = rest[length:]
