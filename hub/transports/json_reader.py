"""The one JSON decoder for what callers send (RFC 8259): strict, bounded, and nothing silently lost.

Members are kept as pairs, so that one named twice is seen; numbers are kept as written and never become floats.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from hub.contract.errors import EMPTY, ENCODING, JSON, TOO_LARGE, ClientError
from hub.contract.xml import MAX_BYTES

MAX_DEPTH: Final = 64
"""How deep a document may nest; readers of a decoded one hold to it."""
_CHARSETS: Final = frozenset({None, "utf-8", "utf8"})


class Number(str):
    """A JSON number as written."""

    __slots__ = ()


class Members(list[tuple[str, Any]]):
    """A JSON object as its members in the order written."""

    __slots__ = ()


def read_json(data: bytes, charset: str | None = None) -> Any:
    """The document: `Members`, list, str, `Number`, bool or None.

    Raises ClientError: ``Client.TooLarge`` (bytes, or deeper than the decoder follows), ``Client.Empty``, ``Client.Encoding`` (not
    UTF-8, or a byte order mark), ``Client.Json`` (with the line). No text of the document is in any of them.
    """
    text = _decoded(data, charset)
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as fault:
        raise ClientError(JSON, line=fault.lineno) from None
    except RecursionError:
        raise ClientError(TOO_LARGE, limit=f"{MAX_DEPTH} levels") from None
    except ValueError:
        raise ClientError(JSON) from None


def _decoded(data: bytes, charset: str | None) -> str:
    if len(data) > MAX_BYTES:
        raise ClientError(TOO_LARGE, limit=f"{MAX_BYTES} bytes")
    if not data.strip():
        raise ClientError(EMPTY)
    if (charset and charset.lower()) not in _CHARSETS or data.startswith(BOM_UTF8):
        raise ClientError(ENCODING)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise ClientError(ENCODING) from None


def members(value: Any) -> Mapping[str, Any] | None:
    """An object whose names are all different, as a mapping; None for anything else."""
    if not isinstance(value, Members):
        return None
    found = dict(value)
    return found if len(found) == len(value) else None


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=Members, parse_int=Number, parse_float=Number, parse_constant=_no_constant)
