"""The SOAP door as the tests drive it: a small service behind it, requests, and what every refusal must look like."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from hub.contract.xml import Element
from hub.transports.soap_server import SoapCall, SoapService, soap_app

SCHEMAS = Path(__file__).parents[1] / "schemas"
VOICE = Path(__file__).parent / "data" / "soap"
PUBLIC_URL = "https://hub.example:8443"
CANARY = "359901198003070017"  # a made-up identity number: an area code that was never issued
ENV = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
MEDIA = {"1.1": "text/xml", "1.2": "application/soap+xml"}
SAY, SHOUT = "urn:pophub:say:1.0", "urn:pophub:shout:1.0"
ACTION = {SAY: "urn:pophub:voice:Say", SHOUT: "urn:pophub:voice:Shout"}
WSA = "http://www.w3.org/2005/08/addressing"
_S = "{urn:pophub:services:1.0}"


def say(text: str = CANARY, namespace: str = SAY) -> str:
    """A payload holding the text."""
    return f'<v:say xmlns:v="{namespace}"><v:text>{text}</v:text></v:say>'


def envelope(payload: str | None = None, headers: str = "", version: str = "1.1") -> str:
    """An envelope around a payload, with header entries when there are any."""
    header = f"<e:Header>{headers}</e:Header>" if headers else ""
    body = say() if payload is None else payload
    return f'<e:Envelope xmlns:e="{ENV[version]}">{header}<e:Body>{body}</e:Body></e:Envelope>'


def said(call: SoapCall) -> Element:
    """The plain handler: tells which operation was called, repeats nothing of the message."""
    answer = etree.Element(f"{{{SAY}}}said")
    etree.SubElement(answer, f"{{{SAY}}}text").text = call.operation
    return answer


@dataclass(frozen=True)
class Reply:
    """An HTTP answer; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def root(self) -> Element:
        """The body as XML."""
        return etree.fromstring(self.body)


@dataclass
class Door:
    """The application with the voice service behind it. ``handler`` may be changed; ``calls``, ``refused`` are what was seen; ``slowest`` in seconds."""

    handler: Callable[[SoapCall], Element] = said
    calls: list[SoapCall] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    slowest: float = 0.0

    def __post_init__(self) -> None:
        """Build the application."""
        services = [
            SoapService("voice", VOICE / "services/voice-1.0.wsdl", self._handle),
            SoapService("enquiry", SCHEMAS / "services/enquiry-1.0.wsdl", self._handle),
        ]
        roots = [SCHEMAS, VOICE]
        self.app: Any = soap_app(
            services, public_url=PUBLIC_URL, schema_roots=roots, on_refused=lambda *told: self.refused.append(told)
        )

    def _handle(self, call: SoapCall) -> Element:
        self.calls.append(call)
        return self.handler(call)

    def request(self, method: str, path: str, body: bytes = b"", **environ: Any) -> Reply:
        """One request through WSGI. ``environ`` overrides; a key set to None is left out."""
        path, _, query = path.partition("?")
        given = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "REMOTE_ADDR": "192.0.2.7",
            "CONTENT_LENGTH": str(len(body)), "HTTP_HOST": "hub.example:8443", "wsgi.input": io.BytesIO(body),
            "wsgi.input_terminated": True, "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http", "SERVER_PROTOCOL": "HTTP/1.1",
        } | environ  # fmt: skip
        started: list[tuple[str, list[tuple[str, str]]]] = []
        began = time.monotonic()
        chunks = self.app({k: v for k, v in given.items() if v is not None}, lambda *told: started.append(told))
        body = b"".join(chunks)
        self.slowest = max(self.slowest, time.monotonic() - began)
        [(status, headers)] = started
        reply = Reply(int(status[:3]), {name.lower(): value for name, value in headers}, body)
        self.replies.append(reply)
        return reply

    def post(self, text: str | bytes | None = None, version: str = "1.1", namespace: str = SAY, **environ: Any) -> Reply:
        """A SOAP request that is right in all that ``text`` and ``environ`` do not make wrong."""
        given = {"CONTENT_TYPE": f"{MEDIA[version]}; charset=utf-8"} | environ
        if version == "1.1":
            given = {"HTTP_SOAPACTION": f'"{ACTION[namespace]}"'} | given
        text = envelope(version=version) if text is None else text
        return self.request("POST", "/soap/voice", text.encode() if isinstance(text, str) else text, **given)


@dataclass(frozen=True)
class Told:
    """What a fault says: the role and code in SOAP terms, the sentence, and the typed detail."""

    code: str
    subcode: str | None
    sentence: str
    detail: dict[str, str]


@cache
def _services_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMAS / "services/services-1.0.xsd")))


def read_fault(reply: Reply, version: str = "1.1") -> Told:
    """Read a fault strictly: right version and media type, one detail element, valid against its schema, no canary."""
    assert reply.headers["content-type"] == f"{MEDIA[version]}; charset=utf-8"
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert CANARY not in reply.body.decode() + str(reply.headers)
    env = f"{{{ENV[version]}}}"
    [body] = reply.root
    [fault] = body
    assert [reply.root.tag, body.tag, fault.tag] == [f"{env}Envelope", f"{env}Body", f"{env}Fault"]
    if version == "1.1":
        assert [e.tag for e in fault] == ["faultcode", "faultstring", "detail"]
        code, subcode, sentence = fault.findtext("faultcode"), None, fault.findtext("faultstring")
    else:
        assert [e.tag for e in fault] == [f"{env}Code", f"{env}Reason", f"{env}Detail"]
        code, subcode = fault.findtext(f"{env}Code/{env}Value"), fault.findtext(f"{env}Code/{env}Subcode/{env}Value")
        text = fault.find(f"{env}Reason/{env}Text")
        assert text.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"
        sentence = text.text
    [hub_fault] = fault[-1]
    _services_schema().assertValid(etree.ElementTree(hub_fault))
    detail = {e.tag.removeprefix(_S): e.text for e in hub_fault}
    assert detail["correlationId"] == reply.headers["pophub-correlation-id"]
    return Told(code, subcode, sentence, detail)


def assert_refused(reply: Reply, code: str, version: str = "1.1", status: int | None = None) -> Told:
    """The reply is a clean fault with the code, and with the HTTP status of its SOAP version unless another is given."""
    told = read_fault(reply, version)
    assert told.detail["code"] == code
    own = {"Client.TooLarge": 413, "Client.ContentType": 415, "Client.Method": 405}
    usual = own.get(code, 400 if version == "1.2" and code not in ("Client.MustUnderstand", "Client.Version") else 500)
    assert reply.status == (status or usual)
    return told
