"""From granian's RSGI to WSGI: the request is read here, without a thread, then handed to a WSGI application as a whole.

RSGI (the server's own interface) has what WSGI lacks for many slow callers: a request whose body is still on its way costs
no thread. Bodies are kept in memory, at most one byte more than the largest that any application takes.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined] # its public name, exported without saying so

from hub.contract.xml import MAX_BYTES

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Environ = dict[str, Any]
Reply = tuple[int, list[tuple[str, str]], bytes]
"""Status, fields, body."""
_DISCARDED: Final = 4 * MAX_BYTES
"""Bytes read beyond the limit without keeping them: a caller that is still sending would not see the answer otherwise."""
_DIGITS: Final = len(str(MAX_BYTES))
"""A stated length of fewer digits is below the limit."""
_BASE: Final = {
    "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr, "wsgi.multithread": True,
    "wsgi.multiprocess": False, "wsgi.run_once": False, "wsgi.input_terminated": True, "SCRIPT_NAME": "",
    "SERVER_PROTOCOL": "HTTP/1.1",
}  # fmt: skip


async def environ_of(scope: Any, protocol: Any) -> Environ:
    """The WSGI environment (PEP 3333) of a whole request.

    A body that breaks off is shorter than its stated length, or ends early; one over the limit is cut one byte above it.
    A header that came several times is joined by commas (RFC 9110, section 5.3); names with an underscore, which WSGI cannot
    tell from those with a hyphen, are dropped.
    """
    environ: Environ = _BASE.copy()
    for name, value in scope.headers.items():
        key = _key(name)
        if key is not None:
            environ[key] = f"{environ[key]},{value}" if key in environ else value
    server, _, port = scope.server.rpartition(":")
    environ |= {
        "REQUEST_METHOD": scope.method, "PATH_INFO": scope.path.encode().decode("latin-1"), "QUERY_STRING": scope.query_string,
        "REMOTE_ADDR": scope.client.rpartition(":")[0], "SERVER_NAME": server, "SERVER_PORT": port,
    }  # fmt: skip
    environ["wsgi.input"] = io.BytesIO(await _body(protocol, environ.get("CONTENT_LENGTH", "")))
    return environ


async def _body(protocol: Any, length: str) -> bytes:
    if length.isdigit() and len(length) < _DIGITS:
        try:
            return bytes(await protocol())
        except ProtocolClosed:  # it broke off; the stated length tells the application
            return b""
    blocks, size = [], 0
    async for block in protocol:
        if size <= MAX_BYTES:
            blocks.append(block)
        size += len(block)
        if size > MAX_BYTES + _DISCARDED:
            break
    return b"".join(blocks)[: MAX_BYTES + 1]


@lru_cache(maxsize=512)
def _key(name: str) -> str | None:
    if "_" in name:
        return None
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def call(application: WSGIApplication, environ: Environ) -> Reply:
    """Run a WSGI application and take its whole answer."""
    said: list[Any] = []

    def start_response(status: str, fields: list[tuple[str, str]], _exc: object = None) -> Callable[[bytes], object]:
        said[:] = [int(status[:3]), fields]
        return lambda _data: None

    body = application(environ, start_response)
    data = b"".join(body)
    return said[0], said[1], data
