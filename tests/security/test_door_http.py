"""HTTP gone wrong in front of SOAP: methods, content types, sizes, lengths, paths, and errors inside the hub."""

from __future__ import annotations

import gzip
import io
from typing import Any

import pytest

from hub.contract.errors import FORBIDDEN, INTERNAL, NOT_FOUND, UNAUTHENTICATED, UNAVAILABLE, ClientError, ServerError
from hub.contract.xml import MAX_BYTES
from hub.transports.soap_server import SoapCall
from tests.soap_door import CANARY, MEDIA, Door, assert_refused, envelope, read_fault, say

hostile = pytest.mark.hostile
BOTH = pytest.mark.parametrize("version", ["1.1", "1.2"])


def filled(size: int) -> bytes:
    """A good request of exactly so many bytes, in texts short enough for the parser."""
    text = envelope(say("<v:x/>"))
    room = size - len(text)
    padded = text.replace("<v:x/>", "<v:x/>" + "\n" * room)
    assert len(padded) == size
    return padded.encode()


@hostile("Z10")
@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "PATCH", "OPTIONS", "GET", "HEAD", "get", "X" + CANARY])
def test_only_post_carries_messages(door: Door, method: str) -> None:
    """Any other method on a service is 405 with what is allowed."""
    reply = door.request(method, "/soap/voice", CONTENT_TYPE="text/xml")
    assert reply.status == 405
    assert reply.headers["allow"] == "POST, GET, HEAD"
    assert method == "HEAD" or read_fault(reply).detail["code"] == "Client.Method"


@hostile("S18", "S16")
@pytest.mark.parametrize(
    "content_type",
    [
        None, "", "text/plain", "application/json", "application/xml", "multipart/related; type=text/xml; boundary=x", "text/xmlx",
        "text/xml; charset=utf-8; charset=gbk", "text/xml;;", "text/xml; charset", "text/xml, text/xml", 'text/xml; charset="utf-8',
        "text/xml; charset=utf-8" + " " * 600, f"text/{CANARY}",
    ],
)  # fmt: skip
def test_only_soap_content_types_are_taken(door: Door, content_type: str | None) -> None:
    """Anything but text/xml and application/soap+xml, well-formed, is 415."""
    assert_refused(door.post(CONTENT_TYPE=content_type), "Client.ContentType")


def test_a_bad_parameter_is_told_in_the_version_of_the_media_type(door: Door) -> None:
    """A refused SOAP 1.2 content type is answered in SOAP 1.2."""
    assert_refused(door.post(version="1.2", CONTENT_TYPE="application/soap+xml; action"), "Client.ContentType", "1.2")


@pytest.mark.parametrize("content_type", ["TEXT/XML;charset=UTF-8", 'text/xml ; charset="u\\tf-8"', "text/xml"])
def test_content_types_are_read_by_the_book(door: Door, content_type: str) -> None:
    """Case, spaces and quoting of a content type do not matter."""
    assert door.post(CONTENT_TYPE=content_type).status == 200


@hostile("Z06")
@BOTH
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, gzip", "identity", CANARY])
def test_encoded_content_is_refused_unopened(door: Door, coding: str, version: str) -> None:
    """Any Content-Encoding is 415: a bomb is never unpacked."""
    bomb = gzip.compress(b"0" * 10_000_000)
    reply = door.post(bomb, version, HTTP_CONTENT_ENCODING=coding)
    assert_refused(reply, "Client.ContentType", version)


@hostile("Z03")
@BOTH
def test_an_empty_request_is_refused(door: Door, version: str) -> None:
    """No body, with or without a stated length, or white space only, is Client.Empty."""
    assert_refused(door.post(b"", version), "Client.Empty", version)
    assert_refused(door.post(b"", version, CONTENT_LENGTH=None), "Client.Empty", version)
    assert_refused(door.post(b" \r\n\t", version), "Client.Empty", version)


@hostile("Z01", "Z04")
@pytest.mark.parametrize("chunked", [False, True])
def test_the_size_limit_is_exact(door: Door, chunked: bool) -> None:
    """2 MiB is taken, one byte more is 413, whether the length is stated or not."""
    how: dict[str, Any] = {"CONTENT_LENGTH": None, "HTTP_TRANSFER_ENCODING": "chunked"} if chunked else {}
    assert door.post(filled(MAX_BYTES), **how).status == 200
    assert_refused(door.post(filled(MAX_BYTES + 1), **how), "Client.TooLarge")


@hostile("Z04")
def test_an_endless_body_is_cut_off(door: Door) -> None:
    """A body without end is refused after a bounded number of bytes read, however long the sender goes on."""

    class Endless(io.RawIOBase):
        read_so_far = 0

        def read(self, size: int = -1) -> bytes:
            Endless.read_so_far += size
            return b"x" * size

    for how in ({"CONTENT_LENGTH": None}, {"CONTENT_LENGTH": "9" * 18}):
        Endless.read_so_far = 0
        reply = door.post(b"", **{"wsgi.input": Endless()}, **how)
        assert_refused(reply, "Client.TooLarge")
        assert Endless.read_so_far <= 6 * MAX_BYTES


@hostile("Z02", "Z05")
@BOTH
@pytest.mark.parametrize(
    "wrong",
    [
        {"CONTENT_LENGTH": "-1"}, {"CONTENT_LENGTH": "abc"}, {"CONTENT_LENGTH": "1_0"}, {"CONTENT_LENGTH": "١٢"},
        {"CONTENT_LENGTH": "9" * 19}, {"CONTENT_LENGTH": "999999"}, {"CONTENT_LENGTH": "10, 10"}, {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"HTTP_TRANSFER_ENCODING": "gzip, chunked", "CONTENT_LENGTH": None}, {"HTTP_TRANSFER_ENCODING": "identity", "CONTENT_LENGTH": None},
        {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": None, "wsgi.input_terminated": False},
    ],
    ids=range(11),
)  # fmt: skip
def test_a_length_that_is_wrong_or_stated_twice_is_refused(door: Door, wrong: dict[str, Any], version: str) -> None:
    """A length that is no number, more than arrives, or beside Transfer-Encoding, is Client.Incomplete."""
    assert_refused(door.post(envelope(version=version), version, **wrong), "Client.Incomplete", version)
    assert door.calls == []


def test_a_length_smaller_than_the_body_ends_it(door: Door) -> None:
    """Bytes beyond Content-Length are not of this request: what is left is no XML."""
    assert_refused(door.post(CONTENT_LENGTH="40"), "Client.Malformed")


def test_a_body_that_comes_in_pieces_is_read_whole(door: Door) -> None:
    """A stream may hand out fewer bytes than asked for."""

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(7, size or 7))

    assert door.post(**{"wsgi.input": Slow(envelope().encode()), "CONTENT_LENGTH": str(len(envelope()))}).status == 200


@BOTH
def test_a_body_that_breaks_off_is_refused(door: Door, version: str) -> None:
    """A connection that dies while the body is read is Client.Incomplete, and nothing reaches the handler."""

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionResetError(CANARY)

    assert_refused(door.post(b"x" * 9, version, **{"wsgi.input": Broken()}), "Client.Incomplete", version)


@hostile("Z09")
@pytest.mark.parametrize(
    "path", ["/soap/", "/soap/voice/", "/soap/../soap/voice", "/soap/voice;x", f"/soap/{CANARY}", "/soap/VOICE", "/"]
)
def test_a_service_that_does_not_exist_is_404(door: Door, path: str) -> None:
    """Another path is 404, as a fault of the caller's version."""
    for version in ("1.1", "1.2"):
        reply = door.request("POST", path, envelope().encode(), CONTENT_TYPE=MEDIA[version])
        assert_refused(reply, "Client.UnknownOperation", version, status=404)


@BOTH
def test_an_unforeseen_error_says_nothing(door: Door, version: str) -> None:
    """Whatever a handler raises, the caller learns a correlation id and that it was the hub's fault."""
    for raised in (ValueError(CANARY), KeyError(CANARY), RecursionError(CANARY), MemoryError(CANARY)):

        def fail(call: SoapCall, raised: Exception = raised) -> Any:
            raise raised

        door.handler = fail
        told = assert_refused(door.post(envelope(version=version), version), "Server.Internal", version, 500)
        assert told.detail["blame"] == "hub"
        assert told.code == ("soap:Server.Internal" if version == "1.1" else "soap:Receiver")


@BOTH
def test_a_handler_without_an_answer_is_an_unforeseen_error(door: Door, version: str) -> None:
    """A handler that returns no element is Server.Internal too."""
    door.handler = lambda call: None  # type: ignore[arg-type,return-value]
    assert_refused(door.post(envelope(version=version), version), "Server.Internal", version, 500)


def test_an_error_while_counting_a_refusal_costs_nobody_an_answer(door: Door) -> None:
    """A listener for refusals that fails changes nothing for the caller."""

    def fail(*told: str) -> None:
        raise OSError(CANARY)

    door.app._on_refused = fail
    assert_refused(door.post(b""), "Client.Empty")


@pytest.mark.parametrize(
    ("error", "status_1_1", "status_1_2", "header"),
    [
        (
            ClientError(UNAUTHENTICATED),
            401,
            401,
            ("www-authenticate", 'Basic realm="pophub", charset="UTF-8", Bearer realm="pophub"'),
        ),
        (ServerError(UNAVAILABLE), 503, 503, ("retry-after", "5")),
        (ClientError(FORBIDDEN, channel="enquiry.request"), 500, 400, None),
        (ClientError(NOT_FOUND), 500, 400, None),
        (ServerError(INTERNAL), 500, 500, None),
    ],
)
def test_errors_of_the_handler_have_the_status_of_their_version(
    door: Door, error: Any, status_1_1: int, status_1_2: int, header: tuple[str, str] | None
) -> None:
    """401 and 503 keep their HTTP status and field; others are 500 in SOAP 1.1, 400 or 500 in SOAP 1.2."""

    def refuse(call: SoapCall) -> Any:
        raise error

    door.handler = refuse
    for version, status in (("1.1", status_1_1), ("1.2", status_1_2)):
        reply = door.post(envelope(version=version), version)
        assert_refused(reply, error.code, version, status)
        assert header is None or reply.headers[header[0]] == header[1]


def test_what_the_door_refuses_is_told_once_with_its_code(door: Door) -> None:
    """Each refusal by the door is reported with code, correlation id and peer; answers of the handler are not."""
    replies = [door.post(b""), door.post("<a"), door.request("POST", "/soap/none")]
    door.post(envelope(say("a")))
    ids = [reply.headers["pophub-correlation-id"] for reply in replies]
    codes = ["Client.Empty", "Client.Malformed", "Client.UnknownOperation"]
    assert door.refused == [(code, known, "192.0.2.7") for code, known in zip(codes, ids, strict=True)]
