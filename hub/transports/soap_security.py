"""WS-Security UsernameToken Profile 1.1, as far as it is taken here: PasswordText with Nonce and Created, and a Timestamp.

Nothing is verified here but form and time. A signature, a digest or any other token is refused: half understood is not understood.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from hub.contract.errors import CLOCK_SKEW, PASSWORD_DIGEST, SECURITY, UNAUTHENTICATED, ClientError
from hub.contract.xml import Element
from hub.transports.soap_headers import SECURITY_HEADER, line_of

_OASIS: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
_WSSE, _WSU = f"{{{_OASIS}wssecurity-secext-1.0.xsd}}", f"{{{_OASIS}wssecurity-utility-1.0.xsd}}"
_TEXT, _DIGEST = (f"{_OASIS}username-token-profile-1.0#Password{kind}" for kind in ("Text", "Digest"))
_BASE64: Final = f"{_OASIS}soap-message-security-1.0#Base64Binary"
_TOKEN, _TIMESTAMP = f"{_WSSE}UsernameToken", f"{_WSU}Timestamp"
_PARTS: Final = {f"{_WSSE}Username", f"{_WSSE}Password", f"{_WSSE}Nonce", f"{_WSU}Created"}
_TIME: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")
SKEW: Final = timedelta(minutes=5)
"""How far Created may lie from the hub's time, either way; a nonce is remembered for twice as long."""


@dataclass(frozen=True, slots=True)
class UsernameToken:
    """A well-formed, timely token whose password nobody has checked yet. ``created`` is aware."""

    name: str
    password: str = field(repr=False)
    nonce: bytes
    created: datetime


def username_token(headers: Iterable[Element], now: datetime) -> UsernameToken | None:
    """The token of the wsse:Security header, None when there is none.

    Raises ClientError ``Client.Security`` (form, or something not supported), ``Client.PasswordDigest``,
    ``Client.ClockSkew``.
    """
    header = next((entry for entry in headers if entry.tag == SECURITY_HEADER), None)
    if header is None:
        return None
    tags = [entry.tag for entry in header]
    if set(tags) - {_TOKEN, _TIMESTAMP} or len(tags) != len(set(tags)):
        raise _refused(header, "Header/Security")
    for entry in header.iterchildren(_TIMESTAMP):
        expires = entry.find(f"{_WSU}Expires")
        if expires is not None and _time(expires) < now - SKEW:
            raise ClientError(CLOCK_SKEW, path="Header/Security/Timestamp", line=line_of(entry))
    token = header.find(_TOKEN)
    return None if token is None else _token(token, now)


def _token(token: Element, now: datetime) -> UsernameToken:
    parts = {entry.tag: entry for entry in token}
    missing = sorted(_PARTS - parts.keys())
    if missing or len(parts) != len(token) or parts.keys() - _PARTS:
        raise _refused(token, "/".join(["Header/Security/UsernameToken", *(m.rpartition("}")[2] for m in missing[:1])]))
    password = parts[f"{_WSSE}Password"]
    kind = password.get("Type", _TEXT)
    if kind == _DIGEST:
        raise ClientError(PASSWORD_DIGEST, path="Header/Security/UsernameToken/Password", line=line_of(password))
    if kind != _TEXT:
        raise _refused(password, "Header/Security/UsernameToken/Password")
    created = _time(parts[f"{_WSU}Created"])
    if abs(created - now) > SKEW:
        raise ClientError(CLOCK_SKEW, path="Header/Security/UsernameToken/Created", line=line_of(token))
    return UsernameToken(_said(parts[f"{_WSSE}Username"]), password.text or "", _nonce(parts[f"{_WSSE}Nonce"]), created)


def without_password(raw: bytes, password: str) -> bytes:
    """The bytes of a request with its password blotted out, to be kept as evidence.

    Raises ClientError ``Client.Unauthenticated`` when the password does not stand in them letter by letter: no secret
    that the hub handed out needs character references.
    """
    for codec in ("ascii", "utf-16-le", "utf-16-be"):
        try:
            written = password.encode(codec)
        except UnicodeEncodeError:
            break
        if written and written in raw:
            return raw.replace(written, ("*" * len(password)).encode(codec))
    raise ClientError(UNAUTHENTICATED)


def _nonce(entry: Element) -> bytes:
    try:
        nonce = base64.b64decode(_said(entry), validate=True)
    except (ValueError, binascii.Error):
        nonce = b""
    if entry.get("EncodingType", _BASE64) != _BASE64 or not 8 <= len(nonce) <= 128:
        raise _refused(entry, "Header/Security/UsernameToken/Nonce")
    return nonce


def _time(entry: Element) -> datetime:
    found = _TIME.fullmatch(_said(entry))
    try:
        return datetime.fromisoformat(found[1] + (found[2] or "")[:7] + found[3] if found else "")
    except ValueError:
        raise _refused(entry, "Header/Security") from None


def _said(entry: Element) -> str:
    return "" if len(entry) else (entry.text or "").strip()


def _refused(entry: Element, path: str) -> ClientError:
    return ClientError(SECURITY, path=path, line=line_of(entry))
