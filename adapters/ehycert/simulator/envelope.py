"""How the simulated database reads calls and words its answers; written apart from the adapter, so that neither hides the other's faults."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path
from typing import Final

from hub.contract.errors import ClientError
from hub.contract.xml import Element, parse
from hub.testkit.wire import Answer
from hub.transports.own_schema import OwnSchema

BEIJING: Final = timezone(timedelta(hours=8))
DATA: Final = "{urn:standin:ecert:data:1.0}"
_SCHEMAS: Final = Path(__file__).resolve().parents[3] / "schemas" / "ehycert" / "1.0"
_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_SERVICE: Final = "urn:standin:ecert:service:1.0"
REFUSALS: Final = frozenset({"11", "12", "13", "14", "90", "99"})
"""Codes with which it may refuse without work; the others would be lies."""
_MOST: Final = 8 * 1024 * 1024
_ELEMENTS: Final = 200_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call: operation, and its parameters by name; ``document`` is that of a verification."""

    operation: str
    values: dict[str, str]
    document: Element | None = None

    def answer(self, code: str, inside: str = "") -> Answer:
        """The response to this call."""
        ticket = f"<ticket>{self.values['ticket']}</ticket>" if self.operation == "QueryResult" else ""
        name = f"{self.operation}Response"
        return _envelope(f'<{name} xmlns="{_SERVICE}"><code>{code}</code>{ticket}{inside}</{name}>')


class Reader:
    """Reads calls and the documents in them; checks them against the whole of schemas/ehycert."""

    def __init__(self) -> None:
        self._service, self._package = OwnSchema(_SCHEMAS / "service.xsd"), OwnSchema(_SCHEMAS / "package.xsd")

    def call(self, body: bytes) -> Call | None:
        """The call in a SOAP request, or None when it cannot be read."""
        try:
            root = parse(body, max_bytes=2 * _MOST)
        except ClientError:
            return None
        payload = root.find(f"{{{_SOAP}}}Body/*")
        if payload is None or not self._service.accepts(payload):
            return None
        values = {str(part.tag).rpartition("}")[2]: part.text or "" for part in payload if not len(part)}
        return Call(str(payload.tag).rpartition("}")[2], values, payload.find(f"{DATA}VERIFY"))

    def package(self, archive: bytes) -> Element | None:
        """The PACKAGE in a zip that holds it alone, bounded; None when there is none, or none that is valid."""
        try:
            with zipfile.ZipFile(io.BytesIO(archive)) as held, held.open("package.xml") as file:
                text = file.read(_MOST + 1) if len(held.infolist()) == 1 else b""
            found = parse(text, max_bytes=_MOST, max_elements=_ELEMENTS)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, RuntimeError, NotImplementedError, ClientError):
            return None
        return found if found.tag == f"{DATA}PACKAGE" and self._package.accepts(found) else None


def soap_fault() -> Answer:
    """The answer to a call that cannot be read."""
    fault = "<s:Fault><faultcode>s:Client</faultcode><faultstring>报文无法识别</faultstring></s:Fault>"
    return Answer(_envelope(fault).body, 500)


def zipped(document: str) -> str:
    """The digest and content elements of a RESULT document."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("result.xml", document.encode())
    data = made.getvalue()
    return f"<digest>{hashlib.sha256(data).hexdigest()}</digest><content>{base64.b64encode(data).decode()}</content>"


def _envelope(inner: str) -> Answer:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return Answer(f'{head}<s:Envelope xmlns:s="{_SOAP}"><s:Body>{inner}</s:Body></s:Envelope>'.encode())
