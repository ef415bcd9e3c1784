"""Hostile HTTP on the wire of the production server: framing, heads, slowness, paths. What the server refuses itself is bare and closed."""

from __future__ import annotations

import socket
import time

import pytest

from tests.security.conftest import GOOD
from tests.security.wire import Wire, chunks, head, read_reply
from tests.soap_door import ACTION, CANARY, SAY, assert_refused, envelope, say

hostile = pytest.mark.hostile


def closed(connection: socket.socket) -> bool:
    """Whether the other side ends the connection, and says nothing more."""
    connection.settimeout(20)
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


@hostile("Z05")
@pytest.mark.parametrize(
    "fields",
    [
        ["Content-Length: 5", f"Content-Length: {len(GOOD)}"],
        [f"Content-Length: {len(GOOD)}, 5"],
        [f"Content-Length: {len(GOOD)}", f"X-Folded: a\r\n {CANARY}"],
        [f"Content-Length : {len(GOOD)}"],
        [f"Content-Length: +{len(GOOD)}"],
        [f"Content-Length: {len(GOOD)}", f"X\x00{CANARY}: a"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding: chunked, gzip"],
    ],
    ids=range(9),
)
def test_duplicate_lengths_folded_lines_and_strange_framing_end_the_connection(wire: Wire, fields: list[str]) -> None:
    """Where two readers might see two different requests the server says 400, or the hub a fault; nothing is taken for a second request."""
    hidden = head(length=len(GOOD)) + GOOD
    with socket.create_connection(("127.0.0.1", wire.port), 20) as connection:
        connection.sendall(head(*fields, length=None) + envelope().encode() + hidden)
        reply = read_reply(connection)
        assert 400 <= reply.status <= 501
        assert CANARY.encode() not in reply.body
        assert closed(connection)


@hostile("Z05")
def test_the_same_length_twice_is_one_length_or_none(wire: Wire) -> None:
    """Content-Length given twice with the same value is taken once or refused, never read twice."""
    size = f"Content-Length: {len(GOOD)}"
    assert wire.talk(head(size, size, length=None) + GOOD).status in (200, 400)


@hostile("Z05")
def test_a_length_beside_chunks_is_one_request_and_the_last(wire: Wire) -> None:
    """Content-Length beside chunked, either way round: the chunks count, once, and the connection ends (a front proxy refuses it)."""
    hidden = head(length=len(GOOD)) + GOOD
    for fields in (["Content-Length: 5", "Transfer-Encoding: chunked"], ["Transfer-Encoding: chunked", "Content-Length: 5"]):
        with socket.create_connection(("127.0.0.1", wire.port), 20) as connection:
            connection.sendall(head(*fields, length=None) + chunks(GOOD) + hidden)
            assert read_reply(connection).status in (200, 400)
            assert closed(connection)


@hostile("Z02")
def test_a_length_too_small_or_too_big(wire: Wire) -> None:
    """Too small, the rest is no request; too big, the message is incomplete."""
    body = envelope(say(CANARY)).encode()
    with socket.create_connection(("127.0.0.1", wire.port), 20) as connection:
        connection.sendall(head(length=len(body) - 30) + body)
        assert_refused(read_reply(connection), "Client.Malformed")
        rest = connection.recv(4096)
        assert rest == b"" or rest.startswith(b"HTTP/1.1 400")
    assert_refused(wire.post(body, length=len(body) + 30, end=True), "Client.Incomplete")


@hostile("Z03")
def test_an_empty_request(wire: Wire) -> None:
    """No body, stated or chunked."""
    assert_refused(wire.post(b""), "Client.Empty")
    assert_refused(wire.post(b"", length=None), "Client.Empty")
    assert_refused(wire.post(b"0\r\n\r\n", "Transfer-Encoding: chunked", length=None), "Client.Empty")


@hostile("Z07")
def test_slow_heads_and_bodies_hold_up_nobody(wire: Wire) -> None:
    """Twenty senders that never finish their head: others are answered at once."""
    slow = [socket.create_connection(("127.0.0.1", wire.port), 20) for _ in range(20)]
    try:
        for connection in slow:
            connection.sendall(b"POST /soap/voice HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        began = time.monotonic()
        assert wire.post(GOOD).status == 200
        assert time.monotonic() - began < 5
        for connection in slow:
            connection.sendall(b"a")
    finally:
        for connection in slow:
            connection.close()


@hostile("Z07")
def test_slow_bodies_hold_up_nobody(wire: Wire) -> None:
    """A hundred bodies that do not come, stated or chunked: others are answered, then and after the senders have left."""
    slow = [socket.create_connection(("127.0.0.1", wire.port), 20) for _ in range(100)]
    try:
        for n, connection in enumerate(slow):
            connection.sendall(head(length=1000) + b"<" if n % 2 else head("Transfer-Encoding: chunked", length=None) + b"5\r\n<")
        for _ in range(5):
            assert wire.post(GOOD).status == 200
    finally:
        for connection in slow:
            connection.close()
    for _ in range(8):
        assert wire.post(GOOD).status == 200


@hostile("Z08")
@pytest.mark.parametrize(
    "fields", [[f"X-Long: {CANARY * 6000}"], [f"X-{n}: {CANARY}" for n in range(1000)], [f"{'X' * 70_000}: a"]]
)
def test_heads_of_100_kb_or_1000_fields_are_refused_or_harmless(wire: Wire, fields: list[str]) -> None:
    """A huge head is answered (200, or a bare 4xx of the server) and nothing of it is repeated."""
    reply = wire.post(GOOD, *fields)
    assert reply.status in (200, 400, 413, 431)
    assert CANARY.encode() not in reply.body


@hostile("Z08")
@pytest.mark.parametrize("value", [b"\xff\xfe", "金".encode(), b"a\tb", b"\x7f", b"\xc3\x28", b"%00%0d%0a"])
@pytest.mark.parametrize("name", [b"SOAPAction", b"Content-Type", b"Authorization", b"X-Other", b"Content-Encoding"])
def test_fields_that_are_no_ascii_are_refused_or_harmless(wire: Wire, name: bytes, value: bytes) -> None:
    """Bytes beyond ASCII in a field end in a fault, in a bare 400, or, in a field nobody reads, in nothing."""
    fields = {
        b"Content-Type": b"text/xml",
        b"SOAPAction": ACTION[SAY].encode(),
        b"Content-Length": b"%d" % len(GOOD),
        b"Host": b"x",
    }
    lines = [b": ".join(pair) for pair in (fields | {name: value}).items()]
    reply = wire.talk(b"\r\n".join([b"POST /soap/voice HTTP/1.1", *lines, b"", b""]) + GOOD)
    read = name not in (b"X-Other", b"Authorization", b"Content-Encoding")  # a coding without a name is none: nothing is unpacked
    assert reply.status in ((400, 415, 500) if read else (200, 400, 415))
    assert reply.body == b"" or b"Client." in reply.body or b"said" in reply.body


@hostile("Z08")
def test_a_head_without_end_is_cut_off(wire: Wire) -> None:
    """A head that goes on beyond the server's buffer ends in a refusal or a closed connection."""
    with socket.create_connection(("127.0.0.1", wire.port), 20) as connection:
        try:
            connection.sendall(b"POST /soap/voice HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 500_000)
            answer = connection.recv(64)
        except ConnectionError:
            answer = b""
    assert not answer or int(answer.split()[1]) in (400, 413, 431)


@hostile("Z09")
@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/soap/voice", "//evil.example/soap/voice", "/soap/../soap/voice", "/soap/%2e%2e/soap/voice", "/soap/voice;a=b", "/soap/voice%00",
        "/soap//voice", "/soap%2fvoice", "*", f"/soap/{CANARY}", "/soap/voice/..%2f..%2f", "evil.example:443", "/soap/voice#x", "/soap/voice\\..\\x", "/SOAP/voice",
    ],
)  # fmt: skip
def test_a_target_in_another_spelling_is_the_service_or_nothing(wire: Wire, target: str) -> None:
    """Absolute, climbing, encoded or doubled paths lead to the service itself or to 400 or 404; a forged Host changes nothing."""
    reply = wire.talk(head(length=len(GOOD), path=target) + GOOD)
    assert reply.status in (200, 400, 404)
    assert reply.status != 200 or b"<soap:Envelope" in reply.body
    assert CANARY.encode() not in reply.body
    assert b"evil" not in reply.body


@hostile("S17")
@pytest.mark.parametrize(
    "query", ["?wsdl=../../pyproject.toml", "?wsdl&xsd=/etc/passwd", "?WSDL%00", "?xsd=1", f"?wsdl={CANARY}", "?wsdl#<script>"]
)
def test_a_query_asks_for_the_contract_or_for_nothing(wire: Wire, query: str) -> None:
    """``?wsdl`` gives our own file; anything more in the query gives nothing else, and no host of ours inside."""
    reply = wire.talk(f"GET /soap/voice{query} HTTP/1.1\r\nHost: evil.example\r\n\r\n".encode())
    assert reply.status in (200, 400, 404, 405)
    for word in (b"root:", b"[project]", b"evil", b"script", b"localhost", CANARY.encode()):
        assert word not in reply.body


@hostile("Z10")
@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "CONNECT", "OPTIONS", "PROPFIND", "GET" + CANARY])
def test_other_methods_on_the_wire(wire: Wire, method: str) -> None:
    """Only POST carries messages; TRACE repeats nothing."""
    target = "127.0.0.1:80" if method == "CONNECT" else "/soap/voice"
    reply = wire.talk(f"{method} {target} HTTP/1.1\r\nHost: x\r\nX-Secret: {CANARY}\r\nContent-Length: 0\r\n\r\n".encode())
    assert reply.status in (400, 404, 405, 501)
    assert CANARY.encode() not in reply.body


@hostile("E16")
def test_gb18030_cut_between_chunks_is_whole_and_cut_at_the_end_is_not(wire: Wire) -> None:
    """Four-byte characters may be split over chunks at every place; a body that ends inside one is refused."""
    text = envelope(say("𠮷𠮷䶮")).encode("gb18030")
    field = ["Transfer-Encoding: chunked", "Content-Type: text/xml; charset=gb18030"]

    def post(body: bytes) -> bytes:
        lines = ["POST /soap/voice HTTP/1.1", "Host: x", f'SOAPAction: "{ACTION[SAY]}"', *field, "", ""]
        return "\r\n".join(lines).encode() + body

    for size in range(1, 6):
        assert wire.talk(post(chunks(text, size))).status == 200
    cut = text[: text.index("𠮷".encode("gb18030")) + 3]
    assert_refused(wire.talk(post(chunks(cut))), "Client.Encoding")


@hostile("Z12")
def test_a_thousand_requests_in_one_go(wire: Wire) -> None:
    """1,000 pipelined requests get 1,000 answers, in order."""
    with socket.create_connection(("127.0.0.1", wire.port), 60) as connection:
        connection.sendall((head(length=len(GOOD)) + GOOD) * 1000)
        reader = connection.makefile("rb")
        for _ in range(1000):
            assert reader.readline().split()[1] == b"200"
            length = 0
            while (line := reader.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            reader.read(length)
