"""A request as WSGI applications see it, and how much of a body is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from granian.rsgi import ProtocolClosed

from hub.contract.xml import MAX_BYTES
from hub.processes import rsgi


@dataclass
class Scope:
    """What granian gives."""

    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    path: str = "/soap/enquiry"
    query_string: str = "wsdl"
    client: str = "127.0.0.1:40000"
    server: str = "127.0.0.1:8080"


class Repeated:
    """Headers of which one came twice."""

    def items(self) -> list[tuple[str, str]]:
        return [("x-one", "a"), ("x-one", "b"), ("content-type", "text/xml"), ("x_hidden", "no")]


class Protocol:
    """A body in blocks."""

    def __init__(self, *blocks: bytes) -> None:
        self._blocks = blocks
        self.taken = 0

    async def __call__(self) -> bytes:
        return b"".join(self._blocks)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for block in self._blocks:
            self.taken += 1
            yield block


def environ(scope: Any, protocol: Protocol) -> rsgi.Environ:
    return asyncio.run(rsgi.environ_of(scope, protocol))


def test_fields() -> None:
    """PEP 3333: names, joined repetitions, the path as bytes in latin-1; a name with an underscore is not let through."""
    made = environ(Scope(Repeated(), path="/soap/查"), Protocol(b"<a/>"))  # type: ignore[arg-type]
    assert (made["HTTP_X_ONE"], made["CONTENT_TYPE"], made["REMOTE_ADDR"]) == ("a,b", "text/xml", "127.0.0.1")
    assert made["PATH_INFO"].encode("latin-1").decode() == "/soap/查"
    assert made["wsgi.input"].read() == b"<a/>"
    assert not [name for name in made if "HIDDEN" in name]


def test_a_stated_length() -> None:
    """A body below the limit is taken as a whole; the application compares it with the stated length."""
    made = environ(Scope({"content-length": "5"}), Protocol(b"abc", b"de"))
    assert made["CONTENT_LENGTH"] == "5"
    assert made["wsgi.input"].read() == b"abcde"


def test_a_body_that_breaks_off() -> None:
    """What granian raises then is no error of the hub: the application sees a body shorter than stated."""

    class Broken(Protocol):
        async def __call__(self) -> bytes:
            raise ProtocolClosed

    made = environ(Scope({"content-length": "5"}), Broken())
    assert (made["CONTENT_LENGTH"], made["wsgi.input"].read()) == ("5", b"")


def test_too_large() -> None:
    """At most one byte above the limit is kept, and the rest is not read for ever."""
    protocol = Protocol(*[b"x" * MAX_BYTES] * 50)
    made = environ(Scope({"content-length": str(50 * MAX_BYTES)}), protocol)
    assert len(made["wsgi.input"].read()) == MAX_BYTES + 1
    assert protocol.taken < 10


def test_an_answer() -> None:
    """Status, fields and the joined body."""

    def application(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("404 Not Found", [("A", "b")])
        return [b"not ", b"here"]

    assert rsgi.call(application, {}) == (404, [("A", "b")], b"not here")
