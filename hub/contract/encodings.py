"""The one decoder: bytes of documents to text and back, in the encodings that the hub's partners use."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Final

from hub.contract import gb18030
from hub.contract.errors import ENCODING, MALFORMED, ClientError

_DECLARATION = re.compile(
    r"""^<\?xml\s+version\s*=\s*(["'])(?P<version>[^"']{1,8})\1"""
    r"""(?:\s+encoding\s*=\s*(["'])(?P<encoding>[A-Za-z][A-Za-z0-9._-]{0,39})\3)?"""
    r"""(?:\s+standalone\s*=\s*(["'])(?:yes|no)\5)?\s*\?>"""
)
_CODECS: Final = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "gb18030": "gb18030", "gbk": "gbk", "gb2312": "gbk",
    "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
}  # fmt: skip
_LONG_HEAD: Final = 1024
"""Bytes within which an XML declaration stands."""
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def _codec(name: str) -> str:
    try:
        return _CODECS[name.strip().strip("\"'").lower()]
    except KeyError:
        raise ClientError(ENCODING) from None


def _utf16_like(one: str, other: str) -> bool:
    return one.startswith("utf-16") and other.startswith("utf-16") and "utf-16" in (one, other)


def decode(data: bytes, charset: str | None = None) -> str:
    """Decode the bytes of one XML document to text without its XML declaration.

    ``charset`` is what the transport says (HTTP ``charset``). Byte order mark, transport and XML declaration must
    agree wherever they are present; without any of them the document is UTF-8 (XML 1.0, section 4.3.3).

    Raises ClientError ``Client.Encoding`` (unknown, contradictory or broken) or ``Client.Malformed`` (not XML 1.0).
    """
    stated = _codec(charset) if charset else None
    bom = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    if bom and stated and bom != stated and not _utf16_like(bom, stated):
        raise ClientError(ENCODING)
    declared = None
    if not (bom and bom != "utf-8") and not (stated and stated.startswith("utf-16")):
        head = _DECLARATION.match(data[3 if bom else 0 :][:256].decode("latin-1"))
        declared = _codec(head["encoding"]) if head and head["encoding"] else None
    for other in (bom, stated):
        if declared and other and declared != other:
            raise ClientError(ENCODING)
    codec = bom or declared or stated or "utf-8"
    if codec == "utf-16":  # the mark is what tells the two orders apart (XML 1.0, section 4.3.3)
        raise ClientError(ENCODING)
    try:
        text = gb18030.decode(data) if codec == "gb18030" else data.decode(codec)
    except (UnicodeDecodeError, ValueError):
        raise ClientError(ENCODING) from None
    return _without_declaration(text.removeprefix("\ufeff"), codec)


def _without_declaration(text: str, codec: str) -> str:
    if not text.startswith("<?xml") or text[5:6] not in " \t\r\n":
        return text
    head = _DECLARATION.match(text)
    if head is None or head["version"] != "1.0":
        raise ClientError(MALFORMED, line=1)
    inner = _codec(head["encoding"]) if head["encoding"] else codec
    if inner != codec and not _utf16_like(inner, codec):
        raise ClientError(ENCODING)
    rest = text[head.end() :]
    if rest.startswith("<?xml") and rest[5:6] in " \t\r\n":
        raise ClientError(MALFORMED, line=1)
    return rest


def decode_pieces(pieces: Iterable[bytes], charset: str | None = None) -> Iterator[str]:
    """As `decode`, piece by piece, for UTF-8 and GB 18030 alone. Raises the same."""
    rest = iter(pieces)
    first = b""
    while len(first) < _LONG_HEAD and (more := next(rest, None)) is not None:
        first += more
    stated = _codec(charset) if charset else None
    bom = "utf-8" if first.startswith(codecs.BOM_UTF8) else None
    head = _DECLARATION.match(first[3 if bom else 0 :][:256].decode("latin-1"))
    declared = _codec(head["encoding"]) if head and head["encoding"] else None
    said = {name for name in (bom, stated, declared) if name}
    codec = said.pop() if said else "utf-8"
    if said or codec not in ("utf-8", "ascii", "gb18030"):
        raise ClientError(ENCODING)
    decoder = codecs.getincrementaldecoder(codec)()
    yield _without_declaration(_piece(decoder, first, codec).removeprefix("\ufeff"), codec)
    for piece in rest:
        yield _piece(decoder, piece, codec)
    yield _piece(decoder, b"", codec, final=True)


def _piece(decoder: codecs.IncrementalDecoder, piece: bytes, codec: str, *, final: bool = False) -> str:
    try:
        text = decoder.decode(piece, final)
    except (UnicodeDecodeError, ValueError):
        raise ClientError(ENCODING) from None
    return gb18030.read(text) if codec == "gb18030" else text


def encode(text: str, encoding: str) -> bytes:
    """The text of an XML document in a partner's encoding; what that cannot hold becomes a character reference.

    GB18030 is that of 2022 and holds everything. Raises LookupError for an encoding Python does not know.
    """
    return gb18030.encode(text) if encoding.lower() == "gb18030" else text.encode(encoding, "xmlcharrefreplace")
