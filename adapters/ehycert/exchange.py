"""The three calls: what goes around a document, and a reply that is checked before anyone reads it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from hub.contract.xml import Element
from hub.contract.xml_text import leaf
from hub.transports.http_client import Ambiguous, HttpClient
from hub.transports.own_schema import OwnSchema
from hub.transports.soap_client import SoapClient

SCHEMAS: Final = Path(__file__).resolve().parents[2] / "schemas" / "ehycert" / "1.0"
SPACE: Final = "urn:standin:ecert:service:1.0"
_MOST_REPLY: Final = 12 * 1024 * 1024


class Exchange:
    """The service of the certificate database. Thread-safe."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        http = HttpClient(
            settings["url"], connections=int(settings["connections"]), connect_timeout=float(settings["connect_timeout"]),
            max_reply=_MOST_REPLY,
        )  # fmt: skip
        self._org, self._soap = leaf("orgCode", settings["org_code"]), SoapClient(SCHEMAS / "ecert.wsdl", http)
        self._schema = OwnSchema(SCHEMAS / "service.xsd")
        self.close = self._soap.close

    def upload(self, batch_no: str, numbers: Mapping[str, str], archive: bytes, timeout: float) -> Element:
        """UploadPart; ``numbers`` are part, parts and count. Raises the CallFailed of `SoapClient.call`; Ambiguous also for ``reply.schema``."""
        parts = [leaf("batchNo", batch_no), *(leaf(name, numbers[name]) for name in ("part", "parts", "count"))]
        parts += [leaf("digest", digest(archive)), leaf("content", base64.b64encode(archive).decode())]
        return self._call("UploadPart", "".join(parts), timeout)

    def result(self, ticket: str, timeout: float) -> Element:
        """QueryResult, the answer to this very ticket. Raises as `upload`; Ambiguous also for ``reply.other_call``."""
        reply = self._call("QueryResult", leaf("ticket", ticket), timeout)
        if text(reply, "ticket") != ticket:
            raise Ambiguous("reply.other_call")
        return reply

    def verify(self, question: str, timeout: float) -> Element:
        """Verify; ``question`` is a VERIFY document. Raises as `upload`."""
        return self._call("Verify", question, timeout)

    def _call(self, operation: str, inside: str, timeout: float) -> Element:
        payload = f'<{operation} xmlns="{SPACE}">{self._org}{inside}</{operation}>'
        reply = self._soap.call(operation, payload.encode(), timeout)
        if not self._schema.accepts(reply):
            raise Ambiguous("reply.schema")
        return reply


def text(reply: Element, name: str) -> str:
    """The text of a reply's element, empty when it has none."""
    return reply.findtext(f"{{{SPACE}}}{name}", "")


def digest(data: bytes) -> str:
    """SHA-256, lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()
