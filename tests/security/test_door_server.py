"""The door behind the production HTTP server, over raw sockets: what the server lets through and how the door takes it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.contract.xml import MAX_BYTES
from tests.soap_door import ACTION, CANARY, SAY, Reply, assert_refused, envelope, say
from tests.soap_door_server import serving

GOOD = envelope(say("你好")).encode()


@dataclass(frozen=True)
class Wire:
    """A running server that is spoken to byte by byte."""

    port: int

    def talk(self, request: bytes, *, end: bool = False) -> Reply:
        """Send bytes on a new connection (``end``: and stop sending), read one answer."""
        with socket.create_connection(("127.0.0.1", self.port), 20) as wire:
            wire.sendall(request)
            if end:
                wire.shutdown(socket.SHUT_WR)
            return read_reply(wire)

    def post(self, body: bytes, *fields: str, length: int | None = -1, path: str = "/soap/voice", end: bool = False) -> Reply:
        """A SOAP 1.1 request with further header fields; ``length`` None states none."""
        return self.talk(head(*fields, length=len(body) if length == -1 else length, path=path) + body, end=end)


def head(*fields: str, length: int | None, path: str = "/soap/voice") -> bytes:
    """The head of a SOAP 1.1 request."""
    stated = [] if length is None else [f"Content-Length: {length}"]
    lines = [f"POST {path} HTTP/1.1", "Host: evil.example", "Content-Type: text/xml; charset=utf-8"]
    return "\r\n".join([*lines, f'SOAPAction: "{ACTION[SAY]}"', *stated, *fields, "", ""]).encode()


def read_reply(wire: socket.socket) -> Reply:
    """One answer with Content-Length; raises EOFError when the connection ends before it."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(wire)
    top, _, body = data.partition(b"\r\n\r\n")
    status, *lines = top.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers["content-length"]):
        body += _more(wire)
    return Reply(int(status.split()[1]), headers, body)


def _more(wire: socket.socket) -> bytes:
    if not (data := wire.recv(65536)):
        raise EOFError
    return data


def chunks(body: bytes, size: int = 1000) -> bytes:
    """The body in chunked transfer coding."""
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server's output goes."""
    return tmp_path_factory.mktemp("door") / "server.log"


@pytest.fixture(scope="module")
def port(log: Path) -> Iterator[int]:
    """The port of a running server; when all is done, its output holds nothing of any message."""
    with serving(log) as port:
        yield port
    assert CANARY not in log.read_text(errors="replace")


@pytest.fixture
def wire(port: int) -> Iterator[Wire]:
    """The running server; after each test the next good request succeeds."""
    wire = Wire(port)
    yield wire
    assert wire.post(GOOD).status == 200


def test_stated_and_chunked_bodies_arrive(wire: Wire) -> None:
    """A good request is answered with a stated length and in chunks, also cut inside a character."""
    assert wire.post(GOOD).status == 200
    assert wire.post(chunks(GOOD, 3), "Transfer-Encoding: chunked", length=None).status == 200


def test_the_limit_holds_for_both(wire: Wire) -> None:
    """One byte above 2 MiB is 413, told although the sender sends everything before it listens."""
    large = b" " * (MAX_BYTES + 1)
    assert_refused(wire.post(large), "Client.TooLarge")
    assert_refused(wire.post(chunks(large, 60_000), "Transfer-Encoding: chunked", length=None), "Client.TooLarge")


@pytest.mark.parametrize("length", ["-1", "abc", "3, 4", "99999999999999999999999999"])
def test_a_length_that_is_no_number_is_a_bad_request(wire: Wire, length: str) -> None:
    """The server itself refuses a Content-Length that is no number, and closes."""
    request = head(f"Content-Length: {length}", length=None) + envelope().encode()
    reply = wire.talk(request)
    assert reply.status in (400, 413, 500)
    assert CANARY.encode() not in reply.body


def test_a_short_body_is_incomplete(wire: Wire) -> None:
    """A sender that stops before its stated length gets a fault."""
    assert_refused(wire.post(envelope().encode(), length=9999, end=True), "Client.Incomplete")


@pytest.mark.parametrize("body", [b"zz\r\n" + envelope().encode(), b"5\r\n<a/>\r\n", b"ffffffffffffffffff\r\nx", b"-1\r\nx"])
def test_broken_chunks_are_refused(wire: Wire, body: bytes) -> None:
    """A broken chunk ends the body where it breaks; what is left is refused."""
    reply = wire.post(body, "Transfer-Encoding: chunked", length=None, end=True)
    assert reply.status in (400, 500)
    assert CANARY.encode() not in reply.body


def test_a_request_smuggled_behind_another_is_not_answered(wire: Wire) -> None:
    """Content-Length beside chunked: one answer at most, then the connection closes, whatever stands behind."""
    hidden = head(length=len(GOOD)) + GOOD
    request = head("Transfer-Encoding: chunked", length=5) + chunks(GOOD) + hidden
    with socket.create_connection(("127.0.0.1", wire.port), 20) as connection:
        connection.sendall(request)
        read_reply(connection)
        with pytest.raises((EOFError, ConnectionError)):
            read_reply(connection)


def test_the_second_of_two_actions_does_not_count(wire: Wire) -> None:
    """Two SOAPAction fields are refused, whichever comes first."""
    assert_refused(wire.post(GOOD, 'SOAPAction: "urn:other"'), "Client.Action")


def test_the_second_of_two_content_types_does_not_count(wire: Wire) -> None:
    """Two Content-Type fields are refused or the first one counts; never a mixture."""
    reply = wire.post(envelope(version="1.2").encode(), "Content-Type: application/soap+xml")
    assert reply.status in (415, 500)


def test_requests_in_one_go_are_answered_one_by_one(wire: Wire) -> None:
    """200 pipelined requests, good and bad in turn, get 200 answers in their order."""
    good, bad = head(length=len(GOOD)) + GOOD, head(length=4) + b"<a/>"
    with socket.create_connection(("127.0.0.1", wire.port), 20) as connection:
        connection.sendall((good + bad) * 100)
        reader = connection.makefile("rb")
        statuses = []
        for _ in range(200):
            statuses.append(int(reader.readline().split()[1]))
            length = 0
            while (line := reader.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            reader.read(length)
    assert statuses == [200, 500] * 100


def test_published_addresses_ignore_the_host_header(wire: Wire) -> None:
    """The Host header of a request never shows in a WSDL."""
    reply = wire.talk(b"GET /soap/voice?wsdl HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n\r\n")
    assert reply.status == 200
    assert b"evil" not in reply.body
    assert f"http://127.0.0.1:{wire.port}/soap/voice".encode() in reply.body


@pytest.mark.parametrize("path", ["/contracts/../pyproject.toml", "/contracts/%2e%2e/pyproject.toml", "/contracts/..%2fpyproject.toml",
    "/contracts//etc/passwd", "/contracts/services/..%5c..%5cpyproject.toml", "/contracts/services", "/contracts/%00"])  # fmt: skip
def test_no_path_leads_out_of_the_contracts(wire: Wire, path: str) -> None:
    """Paths that climb, in any spelling, find nothing."""
    reply = wire.talk(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert reply.status in (400, 404)
    assert b"pophub" not in reply.body.replace(b"urn:pophub", b"")
