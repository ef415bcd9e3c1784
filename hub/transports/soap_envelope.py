"""The shape of an envelope, and which of its headers are for us and understood (SOAP 1.1 section 4, SOAP 1.2 part 1)."""

from __future__ import annotations

from collections import Counter
from typing import Final

from hub.contract.errors import ENVELOPE as ENVELOPE_KIND
from hub.contract.errors import HEADER, MESSAGE_ID, MUST_UNDERSTAND, VERSION, ClientError
from hub.contract.xml import Element
from hub.transports.soap_call import ENVELOPE, Version
from hub.transports.soap_headers import FAULT_TO, MESSAGE, REPLY_TO, UNDERSTOOD, line_of, reply_address

_ROLE: Final[dict[Version, str]] = {"1.1": "actor", "1.2": "role"}
_OURS: Final = frozenset({
    "",
    "http://schemas.xmlsoap.org/soap/actor/next",
    "http://www.w3.org/2003/05/soap-envelope/role/next",
    "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
})  # fmt: skip
ANONYMOUS: Final = "http://www.w3.org/2005/08/addressing/anonymous"


def open_envelope(root: Element, version: Version) -> tuple[tuple[Element, ...], Element]:
    """The header entries addressed to us, and the one element of the Body.

    Raises ClientError: ``Client.Version`` (an envelope of the other SOAP version), ``Client.Envelope`` (anything but at
    most one Header, then one Body with one element), ``Client.MustUnderstand``, ``Client.Header``, ``Client.MessageId``.
    """
    env = ENVELOPE[version]
    if root.tag != f"{{{env}}}Envelope":
        other = any(root.tag == f"{{{ns}}}Envelope" for ns in ENVELOPE.values())
        raise ClientError(VERSION if other else ENVELOPE_KIND, line=line_of(root))
    parts = list(root)
    header = parts.pop(0) if parts and parts[0].tag == f"{{{env}}}Header" else None
    if len(parts) != 1 or parts[0].tag != f"{{{env}}}Body" or len(parts[0]) != 1:
        raise ClientError(ENVELOPE_KIND, line=line_of(parts[0] if parts else root))
    body = parts[0]
    for holder in (root, body) if header is None else (root, header, body):
        _no_text(holder)
    return (() if header is None else _for_us(header, env, version)), body[0]


def _no_text(holder: Element) -> None:
    texts = [holder.text, *(entry.tail for entry in holder)]
    if any(text and text.strip(" \t\r\n") for text in texts):
        raise ClientError(ENVELOPE_KIND, line=line_of(holder))


def _for_us(header: Element, env: str, version: Version) -> tuple[Element, ...]:
    role, must = f"{{{env}}}{_ROLE[version]}", f"{{{env}}}mustUnderstand"
    ours = tuple(entry for entry in header if entry.get(role, "").strip() in _OURS)
    for entry in ours:
        if entry.tag not in UNDERSTOOD and entry.get(must, "0").strip() not in ("0", "false"):
            raise ClientError(MUST_UNDERSTAND, line=line_of(entry))
        if entry.tag in (REPLY_TO, FAULT_TO) and reply_address(entry) != ANONYMOUS:
            raise ClientError(HEADER, path="Header", line=line_of(entry))
    for tag, count in Counter(entry.tag for entry in ours).items():
        if count > 1 and (tag in UNDERSTOOD or tag == FAULT_TO):
            raise ClientError(MESSAGE_ID if tag == MESSAGE else HEADER, path="Header", line=line_of(header))
    return ours
