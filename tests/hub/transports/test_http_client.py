"""The pooled client over real sockets: what is sent once, what is never repeated, and which failure is which."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.transports.http_client import Ambiguous, HttpClient, NotSent, _readable
from tests.scripted_partner import Act, ScriptedPartner, free_port, hang, http, leave, reset, say
from tests.self_signed import self_signed

OK = http(b"<ok/>")


@contextmanager
def talking(*acts: Act, **options: object) -> Iterator[tuple[HttpClient, ScriptedPartner]]:
    """A client at a scripted partner."""
    with ScriptedPartner(*acts) as partner:
        client = HttpClient(partner.url, **options)  # type: ignore[arg-type]
        yield client, partner
        client.close()


def test_a_connection_carries_many_calls() -> None:
    """Calls one after another go over one connection, each with address, length and body as given."""
    with talking(say(OK)) as (client, partner):
        replies = [client.post(b"<a/>", {"X-Name": "v"}, 5) for _ in range(5)]
        assert {(r.status, r.body) for r in replies} == {(200, b"<ok/>")}
        assert partner.connections == 1
        assert (
            partner.requests[0]
            == (
                f"POST /services/exchange HTTP/1.1\r\nHost: 127.0.0.1:{partner.port}\r\nConnection: keep-alive\r\n"
                "X-Name: v\r\nContent-Length: 4\r\n\r\n<a/>"
            ).encode()
        )


def test_no_more_connections_than_allowed() -> None:
    """However many threads call, at most ``connections`` are open at once; who gets none in time has sent nothing."""
    gate = threading.Event()

    def wait(sock: socket.socket) -> bool:
        gate.wait(10)
        sock.sendall(OK)
        return True

    with talking(wait, connections=2) as (client, partner), ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(client.post, b"x", {}, 10) for _ in range(2)]
        deadline = time.monotonic() + 5
        while len(partner.requests) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        with pytest.raises(NotSent) as fault:
            client.post(b"x", {}, 0.2)
        gate.set()
        assert fault.value.reason == "not_sent.pool"
        assert [w.result().status for w in waiting] == [200, 200]
        assert partner.connections == 2


def test_a_call_gives_its_place_back() -> None:
    """However a call ends, another may take its place: one connection serves any number of calls, good or bad."""
    with talking(say(OK), leave, reset, say(b"junk\r\n\r\n"), say(OK), connections=1) as (client, _):
        assert client.post(b"x", {}, 5).status == 200
        for _ in range(3):
            with pytest.raises(Ambiguous):
                client.post(b"x", {}, 5)
        assert client.post(b"x", {}, 5).status == 200


def test_refused_is_not_sent() -> None:
    """Nobody listens: nothing left this machine."""
    with pytest.raises(NotSent, match="refused"):
        HttpClient(f"http://127.0.0.1:{free_port()}/").post(b"x", {}, 2)


def test_an_unknown_host_is_not_sent() -> None:
    """A name that does not resolve: nothing left this machine."""
    with pytest.raises(NotSent, match="dns"):
        HttpClient("http://nowhere.invalid/").post(b"x", {}, 5)


def test_a_full_backlog_is_not_sent() -> None:
    """A connection that is not taken in time carried nothing."""
    with socket.create_server(("127.0.0.1", free_port()), backlog=0) as server:
        taken = [socket.socket() for _ in range(3)]
        for sock in taken:
            sock.setblocking(False)
            sock.connect_ex(server.getsockname())
        with pytest.raises(NotSent, match="timeout"):
            HttpClient(f"http://127.0.0.1:{server.getsockname()[1]}/", connect_timeout=0.3).post(b"x", {}, 5)
        for sock in taken:
            sock.close()


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (leave, "reply.none"),
        (reset, "reply.reset"),
        (hang, "reply.timeout"),
        (say(OK[:30], keep=False), "reply.truncated"),
        (say(OK[:-2], keep=False), "reply.truncated"),
        (say(b"220 mail.example ESMTP\r\n\r\n"), "reply.framing"),
        (say(http(b"x" * 3000)), "reply.too_large"),
        (say(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000), "reply.too_large"),
    ],
)
def test_once_sent_every_failure_is_ambiguous(act: Act, reason: str) -> None:
    """From the first byte on the partner may have applied the call, whatever came back; it is not repeated."""
    with talking(act, max_reply=2000) as (client, partner):
        with pytest.raises(Ambiguous) as fault:
            client.post(b"x", {}, 0.5)
        assert fault.value.reason == reason
        assert len(partner.requests) == 1


def test_one_deadline_for_the_whole_reply() -> None:
    """A byte now and then does not keep a call alive beyond its deadline."""

    def trickle(sock: socket.socket) -> bool:
        for byte in OK:
            sock.sendall(bytes((byte,)))
            time.sleep(0.05)
        return False

    with talking(trickle) as (client, _), pytest.raises(Ambiguous) as fault:
        client.post(b"x", {}, 0.4)
    assert fault.value.reason == "reply.timeout"


def test_a_partner_that_stops_reading_ends_at_the_deadline() -> None:
    """A request that does not fit into the partner's buffers is cut by the same deadline, and is ambiguous."""
    with socket.create_server(("127.0.0.1", free_port())) as server:
        client = HttpClient(f"http://127.0.0.1:{server.getsockname()[1]}/")
        with pytest.raises(Ambiguous) as fault:
            client.post(b"x" * 16_000_000, {}, 0.5)
    assert fault.value.reason == "sending.timeout"


def test_a_connection_closed_while_idle_is_not_used() -> None:
    """A partner that closes after its answer costs nothing: the next call goes over a fresh connection."""
    with talking(say(OK, keep=False), say(OK)) as (client, partner):
        assert client.post(b"1", {}, 5).status == 200
        _until(lambda: _readable(client._idle[-1][0]))
        assert client.post(b"2", {}, 5).status == 200
        assert (partner.connections, len(partner.requests)) == (2, 2)


def test_a_second_answer_is_never_taken_for_the_next() -> None:
    """What follows an answer unasked, at once or later, makes the connection unfit for another call."""
    stray = http(b"<stray/>")

    def later(sock: socket.socket) -> bool:
        sock.sendall(OK)
        time.sleep(0.05)
        sock.sendall(stray)
        return True

    for act in (say(OK + stray), later):
        with talking(act, say(http(b"<second/>"))) as (client, partner):
            assert client.post(b"1", {}, 5).body == b"<ok/>"
            _until(lambda c=client: not c._idle or _readable(c._idle[-1][0]))
            assert client.post(b"2", {}, 5).body == b"<second/>"
            assert partner.connections == 2


def test_a_redirect_is_an_answer_like_any_other() -> None:
    """A redirect is returned, never followed: only the configured address is called."""
    with ScriptedPartner(say(OK)) as trap, talking(say(http(b"", 302, Location=trap.url))) as (client, _):
        assert client.post(b"x", {}, 5).status == 302
        assert trap.connections == 0


def test_no_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxy settings of the environment change nothing."""
    with ScriptedPartner(leave) as proxy, talking(say(OK)) as (client, _):
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert client.post(b"x", {}, 5).status == 200
        assert proxy.connections == 0


def test_chunks_and_closing_end_a_body_too() -> None:
    """A body may come in chunks with a trailer, after an interim answer, or end with the connection."""
    chunked = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\n<o \r\n2\r\n/>\r\n0\r\nT: 1\r\n\r\n"
    with talking(say(chunked), say(b"HTTP/1.0 200 OK\r\n\r\n<ok/>", keep=False)) as (client, partner):
        assert client.post(b"1", {}, 5).body == b"<o />"
        assert client.post(b"2", {}, 5).body == b"<ok/>"
        assert partner.connections == 1


@pytest.mark.parametrize("url", ["ftp://h/x", "http:///x", "http://u:p@h/x", "http://h/a b", "http://h/\r\nX: y", "h:80"])
def test_only_plain_addresses(url: str) -> None:
    """An address with credentials, blanks, line breaks or another scheme is refused at once."""
    with pytest.raises(ValueError, match="plain http"):
        HttpClient(url)


def test_a_header_cannot_break_the_request() -> None:
    """A line break in a header value is refused before anything is sent."""
    with talking(say(OK)) as (client, partner):
        with pytest.raises(ValueError, match="line break"):
            client.post(b"x", {"SOAPAction": "a\r\nX: y"}, 5)
        assert partner.connections == 0


def test_after_close_nothing_is_sent() -> None:
    """A closed client refuses, and keeps no connection."""
    with talking(say(OK)) as (client, partner):
        client.post(b"1", {}, 5)
        client.close()
        with pytest.raises(NotSent, match="closed"):
            client.post(b"2", {}, 5)
        assert len(partner.requests) == 1


def test_https_trusts_only_known_certificates(tmp_path: Path) -> None:
    """A certificate that is not trusted stops the call before anything of it left; a trusted one carries it."""
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", free_port())) as server:

        def serve() -> None:
            for _ in range(2):
                raw, _ = server.accept()
                try:
                    with context.wrap_socket(raw, server_side=True) as sock:
                        got.append(sock.recv(4096))
                        sock.sendall(OK)
                except (OSError, ssl.SSLError):
                    continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"https://localhost:{server.getsockname()[1]}/"
        with pytest.raises(NotSent, match="tls"):
            HttpClient(url).post(b"secret", {}, 5)
        assert got == []
        trusting = ssl.create_default_context(cafile=str(certificate))
        client = HttpClient(url, tls=trusting)
        assert client.post(b"x", {}, 5).body == b"<ok/>"
        client.close()
        thread.join(5)


def _until(condition: object) -> None:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.01)
    raise AssertionError("never happened")
