"""The exchange document around a business document: ``Request`` with its Head going out, ``Response`` coming back.

The stored bytes of a delivery are the business document alone; the Head with the key (SerialNo) and the moment of
sending is written around them at each call, so that every attempt carries the same document unchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from adapters.padis.values import TIME
from hub.contract.errors import ClientError
from hub.contract.xml import Element, parse
from hub.transports.http_client import Ambiguous
from hub.transports.own_schema import OwnSchema
from hub.transports.soap_client import SoapClient

SCHEMAS: Final = Path(__file__).resolve().parents[2] / "schemas" / "padis" / "1.0"
BEIJING: Final = timezone(timedelta(hours=8))


class Answer(NamedTuple):
    """A Response that satisfies exchange.xsd and belongs to the call: return code, and the document of its Body if any."""

    code: str
    body: Element | None


class Exchange:
    """The one operation of PADIS. ``now`` gives the moment of sending (aware). Thread-safe."""

    def __init__(self, soap: SoapClient, org_code: str, now: Callable[[], datetime]) -> None:
        self._soap, self._org_code, self._now = soap, org_code, now
        self._schema = OwnSchema(SCHEMAS / "exchange.xsd")
        self.close = soap.close

    def call(self, transaction: str, serial: str, document: str, timeout: float) -> Answer:
        """Send one document under a serial number and read the answer to exactly this call.

        Raises the CallFailed of `SoapClient.call`; Ambiguous also for ``reply.schema`` and ``reply.other_call``.
        """
        sent = self._now().astimezone(BEIJING)
        request = (
            f"<Request><Head><TransCode>{transaction}</TransCode><SerialNo>{escape(serial)}</SerialNo>"
            f"<SendTime>{sent:%Y%m%d%H%M%S}{sent.microsecond // 1000:03d}</SendTime><OrgCode>{self._org_code}</OrgCode></Head>"
            f"<Body>{document}</Body></Request>"
        )
        first, *body = self._response(self._soap.call("exchange", request, timeout))
        head = texts(first)
        if (head["TransCode"], head["SerialNo"]) != (transaction, serial):
            raise Ambiguous("reply.other_call")
        return Answer(head["RetCode"], body[0][0] if body else None)

    def _response(self, payload: Element) -> Element:
        try:
            response = parse("".join(part.text or "" for part in payload).encode())
        except ClientError as fault:
            raise Ambiguous("reply.text." + fault.code.rpartition(".")[2].lower()) from None
        if response.tag != "Response" or not self._schema.accepts(response):
            raise Ambiguous("reply.schema")
        return response


def texts(element: Element) -> dict[str, str]:
    """The children of a flat element by name."""
    return {child.tag: child.text or "" for child in element}


def moment(text: str) -> datetime | None:
    """A time of PADIS as an aware one; None when there is no such day."""
    try:
        return datetime.fromisoformat(TIME.canonical(text))
    except ValueError:
        return None
