"""A pooled HTTP/1.1 client for one configured address. It never redirects, never uses a proxy and never repeats a call.

Every failure is one of two, and the difference decides whether a message may be sent again: `NotSent` when no byte of
the request can have reached the partner, `Ambiguous` from the first byte on.
"""

from __future__ import annotations

import re
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from hub.transports.http_reply import BrokenReply, HttpReply, ReplyReader

_MAX_IDLE: Final = 4.0  # seconds; below the 5 s after which common servers close an idle connection
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f-\uffff]")
_FIELD_UNSAFE: Final = re.compile(r"[\r\n\x00]")


class CallFailed(OSError):
    """A call that brought no usable answer. ``reason`` is a stable code: no address, no text of the partner."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotSent(CallFailed):
    """Nothing left this machine: refused, not resolved, TLS failed, no free connection (``not_sent.*``)."""


class Ambiguous(CallFailed):
    """At least one byte left: the partner may have applied the call."""


class HttpClient:
    """Posts to ``url`` (http or https) over at most ``connections`` kept-alive connections. Thread-safe.

    ``connect_timeout`` in seconds bounds each connection attempt, ``max_reply`` in bytes each reply body. https always
    verifies certificate and host name (TLS 1.2 or newer) unless a ``tls`` context says otherwise.
    Limit: the system's resolver has its own timeout; give a numeric address where the deadline must hold against DNS.
    Raises ValueError for an address that is not a plain http(s) URL.
    """

    def __init__(
        self,
        url: str,
        *,
        connections: int = 16,
        connect_timeout: float = 3.0,
        max_reply: int = 2 * 1024 * 1024,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or _UNSAFE.search(url):
            raise ValueError("the address of a partner must be a plain http or https URL")
        secure = parts.scheme == "https"
        self._tls = (tls or _verified()) if secure else None
        self._host, self._port = parts.hostname, parts.port or (443 if secure else 80)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._head = f"POST {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: keep-alive\r\n"
        self._connect_timeout, self._max_reply = connect_timeout, max_reply
        self._slots = threading.BoundedSemaphore(connections)
        self._idle: deque[tuple[socket.socket, float]] = deque()
        self._open = True

    def post(self, body: bytes, headers: Mapping[str, str], timeout: float) -> HttpReply:
        """Send the body and return the whole reply, whatever its status, within ``timeout`` seconds in all.

        Raises NotSent or Ambiguous, both OSError; ValueError when a header holds a line break.
        """
        fields = "".join(f"{name}: {_field(value)}\r\n" for name, value in headers.items())
        request = f"{self._head}{fields}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body
        deadline = time.monotonic() + timeout
        if not self._slots.acquire(timeout=timeout):
            raise NotSent("not_sent.pool")
        try:
            return self._exchange(request, deadline)
        finally:
            self._slots.release()

    def close(self) -> None:
        """Close idle connections; calls under way end by themselves, later ones are NotSent."""
        self._open = False
        while self._idle:
            self._idle.pop()[0].close()

    def _exchange(self, request: bytes, deadline: float) -> HttpReply:
        sock = self._fresh_idle() or self._connect(deadline)
        reusable = False
        try:
            self._send(sock, request, deadline)
            reply, reusable = self._receive(sock, deadline)
        finally:
            if reusable and self._open:
                self._idle.append((sock, time.monotonic()))
            else:
                sock.close()
        return reply

    def _fresh_idle(self) -> socket.socket | None:
        """The connection used last, unless it is old, closed by the partner, or holds bytes nobody asked for."""
        while self._idle:
            try:
                sock, since = self._idle.pop()
            except IndexError:
                return None
            if time.monotonic() - since < _MAX_IDLE and not _readable(sock):
                return sock
            sock.close()
        return None

    def _connect(self, deadline: float) -> socket.socket:
        left = min(self._connect_timeout, deadline - time.monotonic())
        if not self._open or left <= 0:
            raise NotSent("not_sent.timeout" if self._open else "not_sent.closed")
        try:
            sock = socket.create_connection((self._host, self._port), left)
        except OSError as fault:
            raise NotSent(f"not_sent.{_why(fault)}") from fault
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._tls.wrap_socket(sock, server_hostname=self._host) if self._tls else sock
        except OSError as fault:
            sock.close()
            raise NotSent("not_sent.tls") from fault

    def _send(self, sock: socket.socket, request: bytes, deadline: float) -> None:
        sent, view = 0, memoryview(request)
        while sent < len(view):
            try:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                sock.settimeout(left)
                sent += sock.send(view[sent:])
            except OSError as fault:
                # A TLS record may have left in part although the call says that nothing was written.
                if sent or self._tls:
                    raise Ambiguous(f"sending.{_why(fault)}") from fault
                raise NotSent(f"not_sent.{_why(fault)}") from fault

    def _receive(self, sock: socket.socket, deadline: float) -> tuple[HttpReply, bool]:
        try:
            return ReplyReader(sock, deadline, self._max_reply).read()
        except BrokenReply as fault:
            raise Ambiguous(fault.reason) from fault
        except OSError as fault:
            raise Ambiguous(f"reply.{_why(fault)}") from fault


def _verified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _field(value: str) -> str:
    if _FIELD_UNSAFE.search(value):
        raise ValueError("a header value holds a line break")
    return value


def _readable(sock: socket.socket) -> bool:
    """Whether an idle connection has an end of file, an error or unasked bytes waiting: then it must not be used."""
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return True
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _why(fault: OSError) -> str:
    if isinstance(fault, TimeoutError):
        return "timeout"
    if isinstance(fault, ConnectionRefusedError):
        return "refused"
    if isinstance(fault, socket.gaierror):
        return "dns"
    return "tls" if isinstance(fault, ssl.SSLError) else "reset"
