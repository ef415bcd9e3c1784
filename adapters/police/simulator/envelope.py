"""How the simulated platform reads and words SOAP, in GB18030; written apart from the adapter, so that neither hides the other's faults."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hub.contract import encodings
from hub.contract.errors import ClientError
from hub.contract.xml import Element, parse
from hub.testkit.wire import Answer
from hub.transports.own_schema import OwnSchema

SPACE: Final = "urn:standin:police:1.0"
SCHEMAS: Final = Path(__file__).resolve().parents[3] / "schemas" / "police" / "1.0"
SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
CHARSET: Final = "GB18030"
CONTENT_TYPE: Final = "text/xml; charset=gb18030"
REFUSALS: Final = frozenset({"11", "12", "13", "91", "92", "99"})
"""Return codes with which the platform may refuse without having looked."""


class Questions:
    """Reads case queries."""

    def __init__(self) -> None:
        self._schema = OwnSchema(SCHEMAS / "query.xsd")

    def read(self, body: bytes) -> Element | None:
        """The GACX of a call, None for anything else."""
        payload = payload_of(body)
        return payload if payload is not None and self._schema.accepts(payload) else None


def payload_of(body: bytes, charset: str | None = None) -> Element | None:
    """The one element in the Body of an envelope, None when there is none to be read."""
    try:
        root = parse(body, charset)
    except ClientError:
        return None
    found = root.find(f"{{{SOAP}}}Body")
    return found[0] if found is not None and len(found) == 1 else None


def enveloped(inner: str) -> bytes:
    """An envelope around one element, in the platform's encoding."""
    text = f'<?xml version="1.0" encoding="{CHARSET}"?><s:Envelope xmlns:s="{SOAP}"><s:Body>{inner}</s:Body></s:Envelope>'
    return encodings.encode(text, CHARSET)


def answer(code: str, items: str = "", *, more: bool = False) -> Answer:
    """A GACXJG."""
    inner = f'<GACXJG xmlns="{SPACE}"><FHM>{code}</FHM><SFYG>{int(more)}</SFYG><ITEMS>{items}</ITEMS></GACXJG>'
    return Answer(enveloped(inner), content_type=CONTENT_TYPE)


def soap_fault() -> Answer:
    """The answer to a call that cannot be read."""
    fault = "<s:Fault><faultcode>s:Client</faultcode><faultstring>报文无法识别</faultstring></s:Fault>"
    return Answer(enveloped(fault), 500, CONTENT_TYPE)
