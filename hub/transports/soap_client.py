"""SOAP calls to a partner. The one place that uses zeep, and zeep only reads the WSDL and builds the frame of a call.

The frame of each operation is built once; a call splices its argument in and posts the bytes. What comes back is read
by the hub's own parser and checked for shape; zeep decodes nothing (it lets missing elements through).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, NoReturn

import zeep
from zeep.transports import Transport

from hub.contract import encodings, errors
from hub.contract.errors import ClientError
from hub.contract.xml import Element, parse, serialise
from hub.transports.http_client import Ambiguous, CallFailed, HttpClient
from hub.transports.http_reply import HttpReply

_SLOT: Final = "pophub-argument-slot"
_SOAP11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_SOAP12: Final = "http://www.w3.org/2003/05/soap-envelope"
_XS_STRING: Final = "{http://www.w3.org/2001/XMLSchema}string"
_MEDIA: Final = {_SOAP11: "text/xml", _SOAP12: "application/soap+xml"}
_CHARSET: Final = re.compile(r""";\s*charset\s*=\s*"?([A-Za-z0-9._-]{1,40})"?\s*(?:;|$)""", re.IGNORECASE)
_CODE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MAX_RETRY_AFTER: Final = 86_400.0
_BODY: Final = b"<e:Body>"
_UNREADABLE: Final = {
    errors.EMPTY.code: "reply.empty",
    errors.ENCODING.code: "reply.encoding",
    errors.DOCTYPE.code: "reply.doctype",
    errors.TOO_LARGE.code: "reply.too_large",
}


class Busy(CallFailed):
    """The partner said 429 or 503: it took nothing. ``retry_after`` in seconds, when it names a time."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("http.busy")
        self.retry_after = retry_after


class PartnerFault(CallFailed):
    """The partner answered with a SOAP fault. ``code`` is its local name (SOAP 1.2: the subcode's, if any); its text is dropped."""

    def __init__(self, code: str) -> None:
        super().__init__(f"fault.{code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class _Frame:
    """One operation, ready to send: bytes around the argument, HTTP headers, the tag the reply must have."""

    string: tuple[bytes, bytes] | None
    element: tuple[bytes, bytes]
    headers: Mapping[str, str]
    reply: str


class _DiskOnly(Transport):
    """zeep's way to the outside, closed: it opens local files and nothing else; calls go through the pooled client."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def _refuse(self, *_: object) -> NoReturn:
        raise OSError("zeep may open local files only")

    _load_remote_data = get = post = _refuse


class SoapClient:
    """Calls the operations of one port of a WSDL on disk, at the address of ``http``. Thread-safe.

    The address inside the WSDL is ignored. ``encoding`` is that of what is sent, by an XML declaration and HTTP's charset; replies say
    their own. Raises OSError or ValueError when the WSDL cannot be used.
    """

    def __init__(
        self, wsdl: Path, http: HttpClient, *, service: str | None = None, port: str | None = None, encoding: str = "UTF-8"
    ) -> None:
        settings: Any = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True, xml_huge_tree=False)
        client: Any = zeep.Client(str(wsdl), transport=_DiskOnly(), settings=settings)  # type: ignore[no-untyped-call]
        proxy: Any = client.bind(service, port)
        binding: Any = proxy._binding  # noqa: SLF001 - zeep has no public name for the binding of a port
        self._http, self._encoding = http, encoding
        self._soap = str(binding.nsmap["soap-env"])
        self._frames = {name: _frame(client, proxy, operation, self._soap, encoding) for name, operation in binding.all().items()}

    def call(self, operation: str, argument: str | bytes, timeout: float, *, headers: bytes = b"") -> Element:
        """Call an operation: ``str`` is the value of its one string parameter, ``bytes`` its whole payload element in UTF-8.

        ``headers`` are header entries in UTF-8, each with its own namespace declarations; only with a payload element.
        Returns the payload element of the reply; ``timeout`` in seconds bounds all of it. Raises NotSent, Ambiguous
        (also for any reply that is not exactly what the WSDL says), Busy or PartnerFault, all CallFailed;
        KeyError for an unknown operation, ValueError when it does not take one string.
        """
        frame = self._frames[operation]
        if isinstance(argument, bytes):
            head, tail = frame.element
            body = head.replace(_BODY, b"<e:Header>" + headers + b"</e:Header>" + _BODY) if headers else head
            body += argument + tail
        elif frame.string is None:
            raise ValueError("the operation does not take one string")
        else:
            head, tail = frame.string
            body = head + _escaped(argument) + tail
        return self._payload(self._http.post(self._encoded(body), frame.headers, timeout), frame.reply)

    def close(self) -> None:
        """Close pooled connections."""
        self._http.close()

    def _encoded(self, body: bytes) -> bytes:
        if self._encoding == "UTF-8":
            return body
        return encodings.encode(f'<?xml version="1.0" encoding="{self._encoding}"?>{body.decode()}', self._encoding)

    def _payload(self, reply: HttpReply, expected: str) -> Element:
        if reply.status in (429, 503):
            raise Busy(_retry_after(reply.headers.get("retry-after")))
        if 300 <= reply.status < 400:
            raise Ambiguous("http.redirect")
        try:
            payload = self._body(reply)
        except Ambiguous:
            if reply.status == 200:
                raise
            raise Ambiguous(f"http.{reply.status}") from None
        fault = payload.tag == f"{{{self._soap}}}Fault"
        if reply.status == 200 and not fault and payload.tag == expected:
            return payload
        if reply.status != 200 and fault:
            raise PartnerFault(self._fault_code(payload))
        if reply.status != 200:
            raise Ambiguous(f"http.{reply.status}")
        raise Ambiguous("reply.fault_with_200" if fault else "reply.other_operation")

    def _body(self, reply: HttpReply) -> Element:
        """The one element in the one Body of the envelope."""
        content = reply.headers.get("content-type", "")
        media = content.partition(";")[0].strip().lower()
        if media != _MEDIA[self._soap]:
            raise Ambiguous("reply.html" if "html" in media else "reply.content_type")
        charset = _CHARSET.search(content)
        try:
            root = parse(reply.body, charset[1] if charset else None)
        except ClientError as fault:
            raise Ambiguous(_UNREADABLE.get(fault.code, "reply.malformed")) from None
        parts = [part.tag for part in root]
        body, header = f"{{{self._soap}}}Body", f"{{{self._soap}}}Header"
        if root.tag != f"{{{self._soap}}}Envelope" or parts not in ([body], [header, body]) or len(root[-1]) != 1:
            raise Ambiguous("reply.envelope")
        return root[-1][0]

    def _fault_code(self, fault: Element) -> str:
        soap = f"{{{self._soap}}}"
        path = "faultcode" if self._soap == _SOAP11 else f"{soap}Code//{soap}Value"
        codes = [(found.text or "").strip().rpartition(":")[2] for found in fault.iterfind(path)]
        return codes[-1] if codes and _CODE.fullmatch(codes[-1]) else "unreadable"


def _frame(client: Any, proxy: Any, operation: Any, soap: str, encoding: str) -> _Frame:
    action = operation.soapaction or ""
    headers = {"Content-Type": f"{_MEDIA[soap]}; charset={encoding.lower()}"}
    if soap == _SOAP11:
        headers["SOAPAction"] = f'"{action}"'
    elif action:
        headers["Content-Type"] += f'; action="{action}"'
    head, tail = f'<e:Envelope xmlns:e="{soap}">'.encode() + _BODY, b"</e:Body></e:Envelope>"
    return _Frame(_string_frame(client, proxy, operation), (head, tail), headers, str(operation.output.body.qname))


def _string_frame(client: Any, proxy: Any, operation: Any) -> tuple[bytes, bytes] | None:
    """The envelope around the argument of an operation that takes one string, else None."""
    parameters = getattr(operation.input.body.type, "elements", ())
    if [str(parameter.type.qname) for _, parameter in parameters] != [_XS_STRING]:
        return None
    head, _, tail = serialise(client.create_message(proxy, operation.name, _SLOT)).partition(_SLOT.encode())
    return head, tail


def _escaped(text: str) -> bytes:
    data = text.encode().replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return data.replace(b"\r", b"&#13;") if b"\r" in data else data


def _retry_after(value: str | None) -> float | None:
    """RFC 9110 section 10.2.3: seconds or an HTTP date; at most a day, None when absent or unreadable."""
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", value):
        return min(float(value), _MAX_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(value)
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), _MAX_RETRY_AFTER)
