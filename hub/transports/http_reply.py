"""One HTTP/1.1 reply from a socket: strict framing, one deadline for all of it, one cap on its size (RFC 9112).

`http.client` is not used for this: its timeout is per read, it keeps what follows a reply to itself (so a second
answer would be taken for the reply to the next call), and it forgives framing that two readers may take differently.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Mapping
from typing import Final, NamedTuple

_MAX_HEAD: Final = 32 * 1024
_MAX_INTERIM: Final = 4
_MAX_CHUNKS: Final = 20_000
_STATUS: Final = re.compile(r"HTTP/1\.([01]) ([1-5][0-9]{2})(?: [^\r\n\x00]*)?")
_FIELD: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\x00]*?)[ \t]*")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?")
_LENGTH: Final = re.compile(r"[0-9]{1,12}")


class HttpReply(NamedTuple):
    """A whole reply: status code, fields by lower-case name (repeated ones joined by a comma), body bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class BrokenReply(Exception):
    """The bytes are not one whole, well-framed reply within the limits. ``reason`` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ReplyReader:
    """Reads one reply. ``deadline`` is a `time.monotonic` moment, ``max_body`` a number of bytes.

    `read` raises BrokenReply (``reply.none``, ``reply.truncated``, ``reply.framing``, ``reply.too_large``), or the
    socket's own OSError; TimeoutError when the deadline passes, however steadily bytes trickle in.
    """

    def __init__(self, sock: socket.socket, deadline: float, max_body: int) -> None:
        self._sock, self._deadline, self._max_body = sock, deadline, max_body
        self._buffer = bytearray()
        self._closed = False

    def read(self) -> tuple[HttpReply, bool]:
        """The reply, and whether the connection may carry another call: nothing followed and nobody wants to close."""
        for _ in range(_MAX_INTERIM):
            minor, status, headers = self._head()
            if status >= 200:
                body = self._body(status, headers)
                tokens = {t.strip().lower() for t in headers.get("connection", "").split(",")}
                clean = not self._buffer and not self._closed and minor == 1 and "close" not in tokens
                return HttpReply(status, headers, body), clean
            if status == 101:
                break
        raise BrokenReply("reply.framing")

    def _fill(self) -> bool:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        data = self._sock.recv(65536)
        self._buffer += data
        return bool(data)

    def _need(self, size: int) -> None:
        while len(self._buffer) < size:
            if not self._fill():
                raise BrokenReply("reply.truncated")

    def _take(self, size: int) -> bytes:
        self._need(size)
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _until(self, mark: bytes, limit: int) -> bytes:
        seen = 0
        while (at := self._buffer.find(mark, max(0, seen - len(mark)))) < 0:
            seen = len(self._buffer)
            if seen > limit:
                raise BrokenReply("reply.too_large")
            if not self._fill():
                raise BrokenReply("reply.truncated" if self._buffer else "reply.none")
        data = self._take(at + len(mark))
        return data[:at]

    def _head(self) -> tuple[int, int, dict[str, str]]:
        status, *lines = self._until(b"\r\n\r\n", _MAX_HEAD).decode("latin-1").split("\r\n")
        first = _STATUS.fullmatch(status)
        if first is None:
            raise BrokenReply("reply.framing")
        headers: dict[str, str] = {}
        for line in lines:
            field = _FIELD.fullmatch(line)
            if field is None:
                raise BrokenReply("reply.framing")
            name, value = field[1].lower(), field[2]
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return int(first[1]), int(first[2]), headers

    def _body(self, status: int, headers: Mapping[str, str]) -> bytes:
        coding, length = headers.get("transfer-encoding"), headers.get("content-length")
        if coding is not None and length is not None:
            raise BrokenReply("reply.framing")
        if status in (204, 304):
            return b""
        if coding is not None:
            if coding.lower() != "chunked":
                raise BrokenReply("reply.framing")
            return self._chunked()
        if length is None:
            return self._until_closed()
        if not _LENGTH.fullmatch(length):
            raise BrokenReply("reply.framing")
        if int(length) > self._max_body:
            raise BrokenReply("reply.too_large")
        return self._take(int(length))

    def _chunked(self) -> bytes:
        body = bytearray()
        for _ in range(_MAX_CHUNKS):
            size = _CHUNK.fullmatch(self._line())
            if size is None:
                raise BrokenReply("reply.framing")
            count = int(size[1], 16)
            if len(body) + count > self._max_body:
                raise BrokenReply("reply.too_large")
            if count == 0:
                self._trailer()
                return bytes(body)
            body += self._take(count)
            if self._take(2) != b"\r\n":
                raise BrokenReply("reply.framing")
        raise BrokenReply("reply.too_large")

    def _trailer(self) -> None:
        size = 0
        while line := self._line():
            size += len(line)
            if size > _MAX_HEAD:
                raise BrokenReply("reply.too_large")

    def _line(self) -> bytes:
        return self._until(b"\r\n", _MAX_HEAD)

    def _until_closed(self) -> bytes:
        while len(self._buffer) <= self._max_body and self._fill():
            pass
        if len(self._buffer) > self._max_body:
            raise BrokenReply("reply.too_large")
        self._closed = True
        return self._take(len(self._buffer))
