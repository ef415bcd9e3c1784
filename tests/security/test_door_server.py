"""The door behind the production HTTP server, over raw sockets: what the server lets through and how the door takes it."""

from __future__ import annotations

import socket

import pytest

from hub.contract.xml import MAX_BYTES
from tests.security.conftest import GOOD
from tests.security.wire import Wire, chunks, head, read_reply
from tests.soap_door import CANARY, assert_refused, envelope

hostile = pytest.mark.hostile


@hostile("E16")
def test_stated_and_chunked_bodies_arrive(wire: Wire) -> None:
    """A good request is answered with a stated length and in chunks, also cut inside a character."""
    assert wire.post(GOOD).status == 200
    assert wire.post(chunks(GOOD, 3), "Transfer-Encoding: chunked", length=None).status == 200


@hostile("Z01", "Z04")
def test_the_limit_holds_for_both(wire: Wire) -> None:
    """One byte above 2 MiB is 413, told although the sender sends everything before it listens."""
    large = b" " * (MAX_BYTES + 1)
    assert_refused(wire.post(large), "Client.TooLarge")
    assert_refused(wire.post(chunks(large, 60_000), "Transfer-Encoding: chunked", length=None), "Client.TooLarge")


@hostile("Z02")
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


@hostile("Z04")
@pytest.mark.parametrize("body", [b"zz\r\n" + envelope().encode(), b"5\r\n<a/>\r\n", b"ffffffffffffffffff\r\nx", b"-1\r\nx"])
def test_broken_chunks_are_refused(wire: Wire, body: bytes) -> None:
    """A broken chunk ends the body where it breaks; what is left is refused."""
    reply = wire.post(body, "Transfer-Encoding: chunked", length=None, end=True)
    assert reply.status in (400, 500)
    assert CANARY.encode() not in reply.body


@hostile("Z05")
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


@hostile("Z12")
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


@hostile("Z09", "S17")
def test_published_addresses_ignore_the_host_header(wire: Wire) -> None:
    """The Host header of a request never shows in a WSDL."""
    reply = wire.talk(b"GET /soap/voice?wsdl HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n\r\n")
    assert reply.status == 200
    assert b"evil" not in reply.body
    assert f"http://127.0.0.1:{wire.port}/soap/voice".encode() in reply.body


@hostile("Z09", "S17")
@pytest.mark.parametrize("path", ["/contracts/../pyproject.toml", "/contracts/%2e%2e/pyproject.toml", "/contracts/..%2fpyproject.toml",
    "/contracts//etc/passwd", "/contracts/services/..%5c..%5cpyproject.toml", "/contracts/services", "/contracts/%00"])  # fmt: skip
def test_no_path_leads_out_of_the_contracts(wire: Wire, path: str) -> None:
    """Paths that climb, in any spelling, find nothing."""
    reply = wire.talk(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert reply.status in (400, 404)
    assert b"pophub" not in reply.body.replace(b"urn:pophub", b"")
