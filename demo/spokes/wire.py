"""A lean HTTP/1.1 client of the spokes' own: one kept-alive connection, whole requests out, whole answers in."""

from __future__ import annotations

import contextlib
import socket
from typing import BinaryIO, Final, NamedTuple

_LONGEST_LINE: Final = 65_536
_LARGEST_ANSWER: Final = 64 * 1024 * 1024


class Reply(NamedTuple):
    """An HTTP answer: status and body."""

    status: int
    body: bytes


class NoAnswerError(Exception):
    """No whole answer came: the request may or may not have been worked."""


class Wire:
    """One connection to ``host:port``, opened when needed and again after it broke. Not for use by several threads."""

    def __init__(self, host: str, port: int, timeout: float = 15.0) -> None:
        self._address, self._timeout = (host, port), timeout
        self._socket: socket.socket | None = None
        self._file: BinaryIO | None = None

    def exchange(self, request: bytes) -> Reply:
        """Send a whole request and read its answer. Raises NoAnswerError when either does not succeed."""
        try:
            self._open().sendall(request)
            assert self._file is not None
            reply, keep = _read(self._file)
        except (OSError, ValueError) as fault:
            self.close()
            raise NoAnswerError(type(fault).__name__) from fault
        if not keep:
            self.close()
        return reply

    def send_and_leave(self, request: bytes) -> None:
        """Send a whole request and close without waiting for the answer."""
        with contextlib.suppress(OSError):
            self._open().sendall(request)
        self.close()

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._file is not None:
            self._file.close()
        if self._socket is not None:
            self._socket.close()
        self._socket = self._file = None

    def _open(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, self._timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._file = self._socket.makefile("rb")
        return self._socket


def request(method: str, path: str, host: str, fields: dict[str, str], body: bytes = b"") -> bytes:
    """A whole HTTP/1.1 request."""
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": host, **fields, "Content-Length": str(len(body))}.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


def _read(file: BinaryIO) -> tuple[Reply, bool]:
    version, status = _line(file).split(b" ", 2)[:2]
    fields: dict[bytes, bytes] = {}
    while line := _line(file):
        name, _, value = line.partition(b":")
        fields[name.strip().lower()] = value.strip()
    body = _chunked(file) if fields.get(b"transfer-encoding", b"").lower() == b"chunked" else _sized(file, fields)
    keep = version == b"HTTP/1.1" and fields.get(b"connection", b"").lower() != b"close"
    return Reply(int(status), body), keep


def _line(file: BinaryIO) -> bytes:
    line = file.readline(_LONGEST_LINE)
    if not line.endswith(b"\r\n"):
        raise ValueError("the answer was cut off")
    return line[:-2]


def _sized(file: BinaryIO, fields: dict[bytes, bytes]) -> bytes:
    return _exactly(file, int(fields[b"content-length"])) if b"content-length" in fields else file.read(_LARGEST_ANSWER)


def _chunked(file: BinaryIO) -> bytes:
    parts = []
    while size := int(_line(file).partition(b";")[0], 16):
        parts.append(_exactly(file, size))
        _line(file)
    while _line(file):
        pass
    return b"".join(parts)


def _exactly(file: BinaryIO, size: int) -> bytes:
    body = file.read(size) if size <= _LARGEST_ANSWER else b""
    if len(body) != size:
        raise ValueError("the answer was cut off")
    return body
