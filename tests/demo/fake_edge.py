"""A small edge for the spokes' tests: the real SOAP door and the mailbox addresses, with a memory in place of the hub."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from lxml import etree

from hub.contract.errors import SCHEMA, UNAUTHENTICATED, UNAVAILABLE, ClientError, ServerError
from hub.contract.message import show_hub_id
from hub.contract.xml import Element, canonical_form, local_name, serialise
from hub.transports.soap_headers import message_id
from hub.transports.soap_server import SoapCall, SoapService, soap_app

SCHEMAS = Path(__file__).parents[2] / "schemas"
SERVICES = "urn:pophub:services:1.0"
SECRET = "a-secret-of-the-tests"


@dataclass
class FakeHub:
    """Accepts what the schema allows, once for each MessageID. ``busy`` tells by the number of a call whether it is away then."""

    busy: Callable[[int], bool] = lambda _number: False
    accepted: dict[str, int] = field(default_factory=dict)
    documents: dict[int, bytes] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    mail: list[dict[str, Any]] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, call: SoapCall) -> Element:
        """The handler behind the door."""
        if call.authorization != authorization():
            raise ClientError(UNAUTHENTICATED)
        with self.lock:
            self.calls[message_id(call.headers)] += 1
            self.versions[call.version] += 1
            if self.busy(self.calls.total()):
                raise ServerError(UNAVAILABLE)
            if not valid(call.payload):
                raise ClientError(SCHEMA, label="报文")
            first = message_id(call.headers) not in self.accepted
            number = self.accepted.setdefault(message_id(call.headers), len(self.accepted) + 1)
            self.documents[number] = canonical_form(call.payload)
            if first:
                self.delivered(number, call.payload)
        return response(number, duplicate=not first)

    def delivered(self, number: int, payload: Element) -> None:
        """An enquiry goes back to the mailbox of the only spoke."""
        if local_name(payload) == "enquiryRequest":
            self.mail.append({"hubId": show_hub_id(number), "channel": "enquiry.request", "fromSystem": "FJFPIS", "lease": f"L{number}",
                              "document": serialise(payload).decode()})  # fmt: skip

    def rest(self, method: str, path: str, body: bytes) -> dict[str, Any] | None:
        """The mailbox: what waits is shown until it is acknowledged with its lease."""
        with self.lock:
            if (method, path) == ("GET", "/api/v1/mailbox"):
                return {"items": self.mail[:100]}
            if (method, path) == ("POST", "/api/v1/mailbox/ack"):
                wanted = {(item["hubId"], item["lease"]) for item in json.loads(body)["items"]}
                done = [item for item in self.mail if (item["hubId"], item["lease"]) in wanted]
                self.mail = [item for item in self.mail if item not in done]
                self.settled += [item["hubId"] for item in done]
                return {"settled": [item["hubId"] for item in done], "stale": []}
        return None


def authorization() -> str:
    """HTTP Basic of the only spoke."""
    return "Basic " + base64.b64encode(f"demo-east:{SECRET}".encode()).decode()


_LOCAL = threading.local()


def valid(payload: Element) -> bool:
    """Whether the document satisfies its canonical schema and asks in the name of the spoke's own place."""
    channel = {"enquiryRequest": "enquiry.request", "enquiryFeedback": "enquiry.feedback"}[local_name(payload)]
    schemas = _LOCAL.__dict__.setdefault("schemas", {})
    if channel not in schemas:
        schemas[channel] = etree.XMLSchema(file=str(SCHEMAS / "canonical" / "1.0" / f"{channel}.xsd"))
    place = payload.findtext("{*}applicantDiv") or "3501"
    return place.startswith(("3501", "3502")) and schemas[channel].validate(payload)


def response(number: int, *, duplicate: bool) -> Element:
    """A ``submitResponse``."""
    root = etree.Element(f"{{{SERVICES}}}submitResponse")
    said = {"hubId": show_hub_id(number), "acceptedAt": "2026-01-01T00:00:00+08:00", "duplicate": str(duplicate).lower(),
            "laneNo": "1", "receipt": f"a.{number}.c"}  # fmt: skip
    for name, text in said.items():
        etree.SubElement(root, f"{{{SERVICES}}}{name}").text = text
    return root


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextlib.contextmanager
def edge(hub: FakeHub) -> Iterator[str]:
    """Serve the fake on a free port; gives its URL."""
    with _Server(("127.0.0.1", 0), _Quiet) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        services = [SoapService("enquiry", SCHEMAS / "services/enquiry-1.0.wsdl", hub.submit)]
        door = soap_app(services, public_url=url, schema_roots=[SCHEMAS], on_refused=lambda *_: None)

        def app(environ: Any, start: Any) -> Any:
            path = environ["PATH_INFO"]
            if path.startswith(("/soap/", "/contracts/")):
                return door(environ, start)
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            found = (
                hub.rest(environ["REQUEST_METHOD"], path, body) if environ.get("HTTP_AUTHORIZATION") == authorization() else None
            )
            data = json.dumps(found).encode()
            start("200 OK" if found is not None else "404 Not Found", [("Content-Length", str(len(data)))])
            return [data]

        server.set_app(app)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield url
        finally:
            server.shutdown()
            thread.join(10)
