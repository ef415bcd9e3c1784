"""The spokes' own HTTP client: whole answers, kept connections, and no answer where none came."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from demo.spokes.wire import NoAnswerError, Reply, Wire, request


@contextmanager
def server(*answers: bytes, connections: list[int] | None = None) -> Iterator[int]:
    """A server that gives these answers one after the other, an empty one by closing; counts connections."""
    left, seen = list(answers), connections if connections is not None else []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def serve() -> None:
            while left:
                with listening.accept()[0] as sock:
                    seen.append(1)
                    while left and b"\r\n\r\n" in sock.recv(65536):
                        answer = left.pop(0)
                        sock.sendall(answer)
                        if not answer or b"close" in answer:
                            break

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


def ok(body: bytes, head: str = "") -> bytes:
    """An answer of stated length."""
    return f"HTTP/1.1 200 OK\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


ASK = request("GET", "/", "h", {})


def test_a_connection_is_kept() -> None:
    """Answers of stated length and in chunks come whole over one connection."""
    chunked = b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n"
    seen: list[int] = []
    with server(ok(b"one"), chunked, ok("三".encode()), connections=seen) as port:
        wire = Wire("127.0.0.1", port)
        answers = [wire.exchange(ASK) for _ in range(3)]
        wire.close()

    assert answers == [Reply(200, b"one"), Reply(404, b"abcde"), Reply(200, "三".encode())]
    assert len(seen) == 1


def test_a_closed_connection_is_opened_again() -> None:
    """After an answer that says close the next request goes over a new connection."""
    seen: list[int] = []
    with server(ok(b"one", "Connection: close\r\n"), ok(b"two"), connections=seen) as port:
        wire = Wire("127.0.0.1", port)
        assert [wire.exchange(ASK).body for _ in range(2)] == [b"one", b"two"]
        wire.close()

    assert len(seen) == 2


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhalf", b"nonsense close\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"],
)  # fmt: skip
def test_half_an_answer_is_no_answer(answer: bytes) -> None:
    """Whatever breaks off, or is no HTTP, is NoAnswerError, and the wire can be used again."""
    with server(answer + (b"" if b"close" in answer or not answer else b"close"), ok(b"next")) as port:
        wire = Wire("127.0.0.1", port, timeout=5)
        with pytest.raises(NoAnswerError):
            wire.exchange(ASK)
        assert wire.exchange(ASK).body == b"next"
        wire.close()


def test_nobody_there_is_no_answer() -> None:
    """A refused connection is NoAnswerError."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NoAnswerError):
        Wire("127.0.0.1", port).exchange(ASK)


def test_a_request_can_be_left_alone() -> None:
    """send_and_leave sends all of the request and reads nothing."""
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        read: Callable[[], None] = lambda: got.append(_all(listening))  # noqa: E731
        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        Wire("127.0.0.1", listening.getsockname()[1]).send_and_leave(request("POST", "/x", "h", {"A": "b"}, b"body"))
        thread.join(10)

    assert got == [b"POST /x HTTP/1.1\r\nHost: h\r\nA: b\r\nContent-Length: 4\r\n\r\nbody"]


def _all(listening: socket.socket) -> bytes:
    with listening.accept()[0] as sock:
        return b"".join(iter(lambda: sock.recv(4096), b""))
