"""Faults: one shape for every error, in SOAP 1.1 and 1.2, with one typed detail and never a value of the message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lxml import etree

from hub.contract import xml
from hub.contract.errors import MUST_UNDERSTAND, VERSION, HubError
from hub.contract.xml import Element
from hub.transports.soap_call import ENVELOPE, Version

SERVICES: Final = "urn:pophub:services:1.0"
RETRY_AFTER: Final = "5"
"""Seconds that a caller is asked to wait when the hub cannot accept now."""

CHALLENGE: Final = 'Basic realm="pophub", charset="UTF-8", Bearer realm="pophub"'
"""How to authenticate (RFC 7617, RFC 6750), told with every 401."""

_OWN_STATUS: Final = frozenset({401, 405, 413, 415, 429, 503})
_OWN_CODE: Final = {VERSION.code: "VersionMismatch", MUST_UNDERSTAND.code: "MustUnderstand"}
_ROLES: Final[dict[Version, tuple[str, str]]] = {"1.1": ("Client", "Server"), "1.2": ("Sender", "Receiver")}
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_LONGEST: Final = 500


def http_status(error: HubError, version: Version) -> int:
    """The HTTP status of a fault: its own when it is about the transport, else what the SOAP HTTP binding demands.

    SOAP 1.1 (section 6.2) wants 500 for every fault; SOAP 1.2 (part 2, table 20) 400 for Sender and 500 for Receiver.
    """
    if error.kind.http in _OWN_STATUS:
        return error.kind.http
    by_sender = error.code.startswith("Client.") and error.code not in _OWN_CODE
    return 400 if version == "1.2" and by_sender else 500


def http_headers(status: int, error: HubError | None = None) -> list[tuple[str, str]]:
    """What must stand beside the status: how to authenticate (401), when to come again (429, 503), what is allowed (405)."""
    again = ("Retry-After", str(error.retry_after) if error and error.retry_after else RETRY_AFTER)
    named: Mapping[int, tuple[str, str]] = {
        401: ("WWW-Authenticate", CHALLENGE),
        429: again,
        503: again,
        405: ("Allow", "POST, GET, HEAD"),
    }
    return [named[status]] if status in named else []


def fault(error: HubError, version: Version, correlation_id: str) -> Element:
    """The Fault element of the version. Its detail is exactly one ``hubFault`` of services-1.0.xsd."""
    env = ENVELOPE[version]
    made = etree.Element(f"{{{env}}}Fault", nsmap={"soap": env, "s": SERVICES})
    if version == "1.1":
        _add(made, "faultcode", f"soap:{_code(error, version)}")
        _add(made, "faultstring", f"{error.zh} {error.en}")
        holder = etree.SubElement(made, "detail")
    else:
        code = etree.SubElement(made, f"{{{env}}}Code")
        _add(code, f"{{{env}}}Value", f"soap:{_code(error, version)}")
        _add(etree.SubElement(code, f"{{{env}}}Subcode"), f"{{{env}}}Value", f"s:{error.code}")
        # One Text with both sentences: common clients read the first or take several for a structure.
        reason = etree.SubElement(made, f"{{{env}}}Reason")
        _add(reason, f"{{{env}}}Text", f"{error.zh} {error.en}").set(_LANG, "zh-CN")
        holder = etree.SubElement(made, f"{{{env}}}Detail")
    _detail(holder, error, correlation_id)
    return made


def envelope(body: Element, version: Version) -> bytes:
    """The whole reply, UTF-8: an envelope around the one element of its Body."""
    env = ENVELOPE[version]
    return b"%b%b</soap:Body></soap:Envelope>" % (_OPENING[env], xml.serialise(body))


_OPENING: Final = {
    env: f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{env}"><soap:Body>'.encode()
    for env in ENVELOPE.values()
}


def _code(error: HubError, version: Version) -> str:
    if error.code in _OWN_CODE:
        return _OWN_CODE[error.code]
    client, server = _ROLES[version]
    root, _, rest = error.code.partition(".")
    role = client if root == "Client" else server
    if version == "1.2":
        return role
    return f"{role}.{rest}" if root in ("Client", "Server") else f"{role}.{error.code}"


def _detail(holder: Element, error: HubError, correlation_id: str) -> None:
    hub_fault = etree.SubElement(holder, f"{{{SERVICES}}}hubFault")
    told = {
        "code": error.code,
        "messageZh": error.zh,
        "messageEn": error.en,
        "path": error.path,
        "line": str(error.line) if error.line and error.line > 0 else None,
        "advice": error.kind.advice,
        "blame": error.kind.blame,
        "correlationId": correlation_id,
    }
    for name, text in told.items():
        if text:
            _add(hub_fault, f"{{{SERVICES}}}{name}", text[:_LONGEST])


def _add(parent: Element, tag: str, text: str) -> Element:
    child = etree.SubElement(parent, tag)
    child.text = text
    return child
