"""The HTTP side of the door: the body within its limit, the content type, the SOAPAction. Nothing is parsed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO, Final

from hub.contract.errors import CONTENT_TYPE, INCOMPLETE, TOO_LARGE, ClientError
from hub.contract.xml import MAX_BYTES
from hub.transports.media_type import media_type
from hub.transports.soap_call import MEDIA_TYPE, Version

Environ = Mapping[str, Any]

_BLOCK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class ContentType:
    """A content type the door takes: the SOAP version it stands for, its charset, and the ``action`` of SOAP 1.2."""

    version: Version
    charset: str | None
    action: str | None


@lru_cache(maxsize=256)
def content_type(value: str) -> ContentType:
    """Read a Content-Type header (RFC 9110, section 8.3; for SOAP 1.2 RFC 3902).

    Raises ClientError ``Client.ContentType`` for another media type, a repeated parameter, or anything malformed.
    """
    media, given = media_type(value)
    version = next((v for v, known in MEDIA_TYPE.items() if media == known), None)
    if version is None:
        raise ClientError(CONTENT_TYPE)
    return ContentType(version, given.get("charset"), given.get("action"))


def version_asked(environ: Environ) -> Version:
    """The SOAP version in which a refusal is put, from the media type alone; 1.1 when that is something else."""
    media = str(environ.get("CONTENT_TYPE") or "").partition(";")[0]
    return "1.2" if media.strip().lower() == MEDIA_TYPE["1.2"] else "1.1"


def request_type(environ: Environ) -> ContentType:
    """The content type of the request. Raises ClientError ``Client.ContentType`` as well for any Content-Encoding."""
    if environ.get("HTTP_CONTENT_ENCODING"):
        raise ClientError(CONTENT_TYPE)
    return content_type(environ.get("CONTENT_TYPE") or "")


def stated_action(environ: Environ, given: ContentType) -> str | None:
    """The action the caller names: empty when SOAP 1.1 names none, None when SOAP 1.2 leaves it out, as it may.

    SOAP 1.1 (section 6.1.1) wants the SOAPAction header; quoted by the book, bare by habit, both are taken. SOAP 1.2 knows
    no such header; where a client sends it all the same it counts, so that nobody on the way reads another operation than we do.
    """
    text = str(environ.get("HTTP_SOAPACTION") or "").strip()
    text = text[1:-1] if len(text) >= 2 and text[0] == text[-1] == '"' else text
    if given.version == "1.1":
        return text
    return text if text and given.action in (None, text) else f"{given.action} {text}" if text else given.action


def read_body(environ: Environ, limit: int = MAX_BYTES) -> bytes:
    """The whole request body, counted while it is read, with or without Content-Length.

    Raises ClientError ``Client.TooLarge``, or ``Client.Incomplete`` when it breaks off, when its length is stated twice
    (Content-Length beside Transfer-Encoding: request smuggling, RFC 9112 section 6.1) or is no number.
    """
    stream: BinaryIO = environ["wsgi.input"]
    length = _stated_length(environ)
    try:
        if length is None:
            return _read_open(stream, limit)
        if length > limit:
            _discard(stream, min(length, 4 * limit))
            raise ClientError(TOO_LARGE, limit=f"{limit} bytes")
        data = _read_exactly(stream, length)
    except OSError:
        raise ClientError(INCOMPLETE) from None
    if len(data) < length:
        raise ClientError(INCOMPLETE)
    return data


def _stated_length(environ: Environ) -> int | None:
    """The number of bytes to read; None to read until the server says that the body ends (chunked)."""
    stated = str(environ.get("CONTENT_LENGTH") or "").strip()
    coding = str(environ.get("HTTP_TRANSFER_ENCODING") or "").strip().lower()
    terminated = bool(environ.get("wsgi.input_terminated"))
    if coding and (stated or coding != "chunked" or not terminated):
        raise ClientError(INCOMPLETE)
    if not stated:
        return None if terminated else 0
    if not (stated.isascii() and stated.isdigit()) or len(stated) > 18:
        raise ClientError(INCOMPLETE)
    return int(stated)


def _read_exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) == length:
        return data
    blocks = [data]
    left = length - len(data)
    while left and blocks[-1]:
        blocks.append(stream.read(left))
        left -= len(blocks[-1])
    return b"".join(blocks)


def _read_open(stream: BinaryIO, limit: int) -> bytes:
    blocks: list[bytes] = []
    count = 0
    while block := stream.read(_BLOCK):
        count += len(block)
        if count > limit:
            _discard(stream, 4 * limit)
            raise ClientError(TOO_LARGE, limit=f"{limit} bytes")
        blocks.append(block)
    return b"".join(blocks)


def _discard(stream: BinaryIO, most: int) -> None:
    """Read on for a while without keeping it: a caller that is still sending would not see the answer otherwise."""
    while most > 0 and (block := stream.read(min(_BLOCK, most))):
        most -= len(block)
