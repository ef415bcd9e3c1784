"""The edge as `pophub serve` builds it, without the HTTP server: real services, real schemas, real store."""

from __future__ import annotations

import base64
from typing import Any

from hub.processes.edge import application
from tests.flows.enquiry.documents import request
from tests.hub.pipeline.rig import SIMING, Rig
from tests.soap_door import MEDIA, WSA, Door, Reply, envelope

ACTION = "urn:pophub:enquiry:SubmitEnquiryRequest"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


class EdgeDoor(Door):
    """Submits enquiries of one spoke."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.calls, self.replies, self.refused = rig, [], [], []
        self.app: Any = application(rig.settings, rig.machine)
        credentials = base64.b64encode(f"{SIMING}:{rig.secret(SIMING)}".encode()).decode()
        self._authorization, self._count = f"Basic {credentials}", 0

    def enquire(self, document: str | None = None, version: str = "1.1", headers: str | None = None, **environ: Any) -> Reply:
        """Submit an ``enquiryRequest``, a good one unless given, under a new MessageID unless other headers are given."""
        self._count += 1
        text = enquiry(f"XC{self._count}") if document is None else document
        entries = message_id(f"urn:test:hostile:{self._count}") if headers is None else headers
        return self.send(envelope(text, entries, version).encode(), version, **environ)

    def send(self, data: bytes, version: str = "1.1", **environ: Any) -> Reply:
        """Send bytes to the enquiry service."""
        given = {"CONTENT_TYPE": f"{MEDIA[version]}; charset=utf-8", "HTTP_AUTHORIZATION": self._authorization} | environ
        if version == "1.1":
            given = {"HTTP_SOAPACTION": f'"{ACTION}"'} | given
        return self.request("POST", "/soap/enquiry", data, **given)

    def stored(self) -> int:
        """How many messages were accepted."""
        return int(self.rig.rows("SELECT count(*) FROM message")[0][0])

    def evidence(self) -> list[str]:
        """The codes of refused documents that were kept."""
        return [code for (code,) in self.rig.rows("SELECT code FROM invalid_message ORDER BY id")]


def enquiry(no: str = "XC1", **changed: Any) -> str:
    """A valid enquiry of the spoke."""
    return request(no, **changed).decode()


def message_id(text: str) -> str:
    """The header entry."""
    return f'<a:MessageID xmlns:a="{WSA}">{text}</a:MessageID>'
