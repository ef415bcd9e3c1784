"""Framing: whatever bytes come, they are one whole reply within the limits or a broken one; nothing else escapes."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.transports.http_reply import BrokenReply, HttpReply, ReplyReader


def read(raw: bytes, limit: int = 1000) -> tuple[HttpReply, bool]:
    """The reply in these bytes, after which the connection ends."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(raw)
        theirs.shutdown(socket.SHUT_WR)
        return ReplyReader(ours, time.monotonic() + 5, limit).read()


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na",
        b"HTTP/1.1 200 OK\r\n folded: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 1\n\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 5,
    ],
)
def test_framing_that_two_readers_may_take_differently_is_broken(raw: bytes) -> None:
    """Doubtful framing (RFC 9112 sections 5 to 7) is no reply."""
    with pytest.raises(BrokenReply, match=r"reply\.framing"):
        read(raw)


@given(st.binary(max_size=300) | st.binary(max_size=80).map(lambda tail: b"HTTP/1.1 200 OK\r\n" + tail + b"\r\n\r\nrest"))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_reply_or_broken(raw: bytes) -> None:
    """No input makes the reader raise anything but BrokenReply."""
    with contextlib.suppress(BrokenReply):
        reply, _ = read(raw)
        assert 200 <= reply.status < 600


@given(body=st.binary(max_size=200), cuts=st.lists(st.integers(1, 60), max_size=6), extra=st.binary(max_size=3))
@settings(max_examples=200, deadline=None)
def test_chunks_join_to_the_body(body: bytes, cuts: list[int], extra: bytes) -> None:
    """A body is the same however it was cut into chunks, and bytes behind it forbid another call on the connection."""
    pieces, rest = [], body
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    pieces.append(rest)
    coded = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece) + b"0\r\n\r\n"
    reply, reusable = read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + coded + extra)
    assert reply.body == body
    assert reusable is not bool(extra)


@pytest.mark.parametrize(
    "raw", [b"Content-Length: 1001\r\n\r\n", b"\r\n" + b"x" * 1001, b"Transfer-Encoding: chunked\r\n\r\n3e9\r\n"]
)
def test_the_cap_holds_for_every_framing(raw: bytes) -> None:
    """No way to frame a body carries more than the limit."""
    with pytest.raises(BrokenReply, match=r"reply\.too_large"):
        read(b"HTTP/1.1 200 OK\r\n" + raw)


def test_many_tiny_chunks_end() -> None:
    """A body cannot be drawn out in endless one-byte chunks."""
    with pytest.raises(BrokenReply, match=r"reply\.too_large"):
        read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 20_001, limit=10**6)
