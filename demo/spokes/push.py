"""A push spoke's way to receive: it serves the ``<family>-delivery-1.0.wsdl`` on a port of its own, idempotent by hub id."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Collection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Final

from demo.spokes.facts import root_of
from demo.spokes.inbox import Inbox
from demo.spokes.soap import service_of
from hub.contract.errors import ClientError
from hub.contract.xml import Element, parse

PATH: Final = "/soap/delivery"
"""Where everything may be posted; each family's own address (``/soap/<family>-delivery``) will do too."""
_SERVICES: Final = Path(__file__).resolve().parents[2] / "schemas" / "services"
_PLACEHOLDER: Final = "http://hub.invalid"
_SOAP: Final = {
    "http://schemas.xmlsoap.org/soap/envelope/": "text/xml",
    "http://www.w3.org/2003/05/soap-envelope": "application/soap+xml",
}
_HEADER: Final = "{urn:pophub:header:1.0}"
_TAKEN: Final = '<s:deliverResponse xmlns:s="urn:pophub:services:1.0"><s:taken>true</s:taken></s:deliverResponse>'
_LARGEST: Final = 4 * 1024 * 1024


class PushServer(ThreadingHTTPServer):
    """Serves one spoke on 127.0.0.1, for documents of the channels. Every ``lose_each``-th answer is lost after the work (0: none), as
    networks do.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, inbox: Inbox, channels: Collection[str], lose_each: int = 0) -> None:
        self.inbox, self.lose_each = inbox, lose_each
        self.roots = frozenset(f"{{urn:pophub:{channel}:1.0}}{root_of(channel)}" for channel in channels)
        self.contracts = {
            f"/soap/{service_of(channel)}-delivery": f"{service_of(channel)}-delivery-1.0.wsdl" for channel in channels
        }
        self._arrivals, self._lock = count(1), threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        """Bind without looking the host name up."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def loses_this(self) -> bool:
        """Whether the answer to the arrival being worked is to be lost."""
        with self._lock:
            number = next(self._arrivals)
        return bool(self.lose_each) and number % self.lose_each == 0

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that left is not worth a word; what it misses it asks for again."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: PushServer

    def do_GET(self) -> None:
        contract = self.server.contracts.get(self.path.removesuffix("?wsdl"))
        if contract is None or not self.path.endswith("?wsdl"):
            self._answer(404, "text/plain", b"")
            return
        text = (
            (_SERVICES / contract).read_text(encoding="utf-8").replace(_PLACEHOLDER, f"http://127.0.0.1:{self.server.server_port}")
        )
        self._answer(200, "text/xml; charset=utf-8", text.encode())

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or -1)
        known = self.path == PATH or self.path in self.server.contracts
        if not known or not 0 <= length <= _LARGEST:
            self.close_connection = True
            self._answer(411 if known else 404, "text/plain", b"")
            return
        status, media, body = deliver(self.rfile.read(length), self.server.roots, self.server.inbox.take)
        self.server.inbox.settle()
        if self.server.loses_this():
            self.close_connection = True
            return
        self._answer(status, f"{media}; charset=utf-8", body)

    def log_message(self, *_: object) -> None:
        """Nothing: a body must never be logged."""

    def _answer(self, status: int, media: str, body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def deliver(envelope: bytes, roots: Collection[str], take: Callable[[str, Element, str], None]) -> tuple[int, str, bytes]:
    """Work one SOAP request of either version: (HTTP status, media type, answer). Refuses what it cannot read or whose document is not one of the
    ``roots`` (qualified names), taking nothing.
    """
    try:
        root = parse(envelope)
    except ClientError:
        return _fault("http://schemas.xmlsoap.org/soap/envelope/")
    space = str(root.tag).removeprefix("{").removesuffix("}Envelope")
    bodies = root.findall(f"{{{space}}}Body/*")
    said = root.find(f"{{{space}}}Header/{_HEADER}Delivery")
    if space not in _SOAP or said is None or len(bodies) != 1 or bodies[0].tag not in roots:
        return _fault(space)
    hub, system = said.findtext(f"{_HEADER}hubId"), said.findtext(f"{_HEADER}fromSystem")
    if not hub or not system:
        return _fault(space)
    take(hub, bodies[0], system)
    return 200, _SOAP[space], _envelope(space, _TAKEN)


def _fault(space: str) -> tuple[int, str, bytes]:
    if space == "http://www.w3.org/2003/05/soap-envelope":
        code = "<e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text xml:lang='zh'>报文无法识别</e:Text></e:Reason>"
        return 400, _SOAP[space], _envelope(space, f"<e:Fault>{code}</e:Fault>")
    space = "http://schemas.xmlsoap.org/soap/envelope/"
    code = "<faultcode>e:Client</faultcode><faultstring>报文无法识别</faultstring>"
    return 500, _SOAP[space], _envelope(space, f"<e:Fault>{code}</e:Fault>")


def _envelope(space: str, inner: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}<e:Envelope xmlns:e="{space}"><e:Body>{inner}</e:Body></e:Envelope>'.encode()
