"""How the simulated health system reads calls and words its answers; written apart from the adapter, so that neither hides the other's faults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from hub.contract.errors import ClientError
from hub.contract.xml import Element, parse
from hub.testkit.wire import Answer
from hub.transports.own_schema import OwnSchema

BEIJING: Final = timezone(timedelta(hours=8))
SCHEMAS: Final = Path(__file__).resolve().parents[3] / "schemas" / "health" / "1.0"
SPACE: Final = "urn:standin:health:1.0"
_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
REFUSALS: Final = frozenset({"1", "3", "8"})
"""Codes with which it may refuse without work; the others would be lies."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its operation, key, moment of sending (of a push) and receipt, None when it violates the schema."""

    operation: str
    key: str
    sent: datetime
    record: Element | None

    def answer(self, code: str, at: datetime | None = None) -> Answer:
        """The answer to this call."""
        time = f"<h:ProcessTime>{stamp(at)}</h:ProcessTime>" if at else ""
        name = f"{self.operation}Response"
        inner = f"<h:Key>{self.key}</h:Key><h:CallCode>{code}</h:CallCode>{time}"
        return _envelope(f'<h:{name} xmlns:h="{SPACE}">{inner}</h:{name}>')


class Reader:
    """Reads calls; checks them against the whole of schemas/health."""

    def __init__(self) -> None:
        self._calls = OwnSchema(SCHEMAS / "exchange.xsd")

    def call(self, body: bytes) -> Call | None:
        """The call in a SOAP request, or None when not even its key can be read."""
        try:
            found = parse(body).find(f"{{{_SOAP}}}Body")
        except ClientError:
            return None
        if found is None or len(found) != 1:
            return None
        payload, now = found[0], datetime.now(BEIJING)
        operation, key = str(payload.tag).rpartition("}")[2], payload.findtext(f"{{{SPACE}}}Key", "")
        if operation not in ("PushResult", "AskResult") or not key.replace("-", "").isalnum():
            return None
        if not self._calls.accepts(payload):
            return Call(operation, key, now, None)
        sent = _moment(payload.findtext(f"{{{SPACE}}}SendTime", "")) if operation == "PushResult" else now
        return Call(operation, key, sent or now, payload[-1] if sent else None)


def soap_fault() -> Answer:
    """The answer to a call that cannot be read."""
    detail = f'<detail><h:HealthFault xmlns:h="{SPACE}"><h:CallCode>1</h:CallCode></h:HealthFault></detail>'
    fault = f"<s:Fault><faultcode>s:Client</faultcode><faultstring>报文无法识别</faultstring>{detail}</s:Fault>"
    return Answer(_envelope(fault).body, 500)


def stamp(at: datetime) -> str:
    """A moment in the form of 15 characters."""
    return f"{at.astimezone(BEIJING):%Y%m%dT%H%M%S}"


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(f"{text}+0800", "%Y%m%dT%H%M%S%z")
    except ValueError:
        return None


def _envelope(inner: str) -> Answer:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return Answer(f'{head}<s:Envelope xmlns:s="{_SOAP}"><s:Body>{inner}</s:Body></s:Envelope>'.encode())
