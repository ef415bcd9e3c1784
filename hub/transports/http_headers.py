"""The message header as HTTP fields: ``Idempotency-Key`` is the MessageID, ``Pophub-*`` are the rest of the SOAP header.

Values are ASCII; what is not is percent-encoded UTF-8. A field sent twice reaches us joined by a comma and is refused.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar
from urllib.parse import unquote

from hub.contract.errors import HEADER, MESSAGE_ID, ClientError
from hub.transports.header_values import HubHeader, division, flag, is_identifier, moment, user

T = TypeVar("T")
FIELDS: Final = ("Pophub-From-Div", "Pophub-From-User", "Pophub-Created-At", "Pophub-Test", "Pophub-Relates-To")


def _key(name: str) -> str:
    return "HTTP_" + name.upper().replace("-", "_")


_KEYS: Final = {_key(name): name for name in FIELDS}
_DIGEST: Final = re.compile(r"(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/]{43}=):[ \t]*(?:,|$)")
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_QUOTED: Final = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')


@dataclass(frozen=True, slots=True)
class Stated:
    """What a REST caller states beside its document."""

    message_id: str
    relates_to: str | None
    header: HubHeader


def stated(environ: Mapping[str, Any], *also: str) -> Stated:
    """Read the fields of a WSGI environment. Raises ClientError ``Client.MessageId`` or ``Client.Header`` (``path`` names the field).

    ``also`` are further ``Pophub-*`` fields that may stand here.
    """
    header = stated_header(environ, *also)
    message_id = _identifier(environ.get("HTTP_IDEMPOTENCY_KEY"))
    if message_id is None:
        raise ClientError(MESSAGE_ID, path="Idempotency-Key")
    relates_to = None
    if "HTTP_POPHUB_RELATES_TO" in environ:
        relates_to = _identifier(environ["HTTP_POPHUB_RELATES_TO"])
        if relates_to is None:
            raise ClientError(HEADER, path="Pophub-Relates-To")
    return Stated(message_id, relates_to, header)


def stated_header(environ: Mapping[str, Any], *also: str) -> HubHeader:
    """The ``Pophub-*`` fields alone. Raises ClientError ``Client.Header`` (``path`` names the field)."""
    known = {*_KEYS, *(_key(name) for name in also)}
    if any(key.startswith("HTTP_POPHUB_") and key not in known for key in environ):
        raise ClientError(HEADER, path="Pophub-*")
    return HubHeader(
        _read(environ, "Pophub-From-Div", division), _read(environ, "Pophub-From-User", user),
        _read(environ, "Pophub-Created-At", moment), _read(environ, "Pophub-Test", flag) or False,
    )  # fmt: skip


def digest_sha256(environ: Mapping[str, Any]) -> bytes:
    """The SHA-256 of ``Repr-Digest`` (RFC 9530), of whatever else it lists. Raises ClientError ``Client.Header``."""
    found = _DIGEST.search(str(environ.get("HTTP_REPR_DIGEST") or ""))
    try:
        return base64.b64decode(found[1], validate=True) if found else _missing("Repr-Digest")
    except ValueError:
        return _missing("Repr-Digest")


def number(environ: Mapping[str, Any], name: str, most: int) -> int:
    """A whole number from 0 to ``most`` in a field. Raises ClientError ``Client.Header``."""
    text = str(environ.get(_key(name)) or "")
    value = int(text) if _NUMBER.fullmatch(text) else -1
    return value if 0 <= value <= most else _missing(name)


def _missing(name: str) -> NoReturn:
    raise ClientError(HEADER, path=name)


def _read(environ: Mapping[str, Any], name: str, value: Callable[[str], T]) -> T | None:
    text = environ.get(_key(name))
    if text is None:
        return None
    try:
        return value(unquote(text.encode("ascii").decode(), errors="strict"))
    except ValueError:
        raise ClientError(HEADER, path=name) from None


def _identifier(text: str | None) -> str | None:
    """Bare, as is the habit, or a quoted string (draft-ietf-httpapi-idempotency-key-header); only the latter may hold a comma."""
    if text is None or not text.isascii():
        return None
    if text.startswith('"'):
        quoted = _QUOTED.fullmatch(text)
        text = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else ""
    elif "," in text:
        return None
    return text if is_identifier(text) else None
