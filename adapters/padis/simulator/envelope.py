"""How the simulated platform reads calls and words its answers; written apart from the adapter, so that neither hides the other's faults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from hub.contract.errors import ClientError
from hub.contract.xml import Element, parse
from hub.testkit.wire import Answer
from hub.transports.own_schema import OwnSchema

BEIJING: Final = timezone(timedelta(hours=8))
_SCHEMAS: Final = Path(__file__).resolve().parents[3] / "schemas" / "padis" / "1.0"
_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_SERVICE: Final = "urn:standin:padis:exchange:1.0"
SUBMITTED: Final = {"XC01": "XCQQ", "XC02": "XCFK", "XC03": "XCTH", "XC04": "XCCH", "XC05": "XCCQ", "XC06": "BYTB", "XC07": "TBQR"}
_BODY_OF: Final = {**SUBMITTED, "CX01": "CXQQ", "CX02": "GACX", "XZ01": "XZQQ"}
_MESSAGES: Final = {
    "0000": "成功", "1001": "报文不合规", "1002": "业务拒收", "1003": "所答复的协查或通报不存在", "2001": "流水号重复", "2002": "无此流水号",
    "2003": "报文过期", "9001": "系统忙", "9002": "停机维护", "9999": "系统异常",
}  # fmt: skip
REFUSALS: Final = frozenset(_MESSAGES) - {"0000", "2001", "2002"}
"""Codes with which the platform may refuse without work; the others would be lies."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call: transaction code, serial number, moment of sending, and the document, None when it violates the schemas."""

    transaction: str
    serial: str
    sent: datetime
    document: Element | None

    def answer(self, code: str, body: str = "") -> Answer:
        """The Response to this call."""
        head = f"<TransCode>{self.transaction}</TransCode><SerialNo>{self.serial}</SerialNo><RetCode>{code}</RetCode>"
        text = f"<Response><Head>{head}<RetMsg>{_MESSAGES[code]}</RetMsg></Head>{f'<Body>{body}</Body>' if body else ''}</Response>"
        return _envelope(f'<exchangeResponse xmlns="{_SERVICE}"><return>{escape(text)}</return></exchangeResponse>')

    def receipt(self, serial: str, at: datetime) -> Answer:
        """The answer that the exchange with this serial number is worked and available since ``at``."""
        return self.answer("0000", f"<XCHZ><YLSH>{serial}</YLSH><KYSJ>{stamp(at)}</KYSJ></XCHZ>")


class Reader:
    """Reads calls; checks them against the whole of schemas/padis."""

    def __init__(self) -> None:
        self._schema = OwnSchema(_SCHEMAS / "exchange.xsd")

    def request(self, body: bytes) -> Request | None:
        """The call in a SOAP request, or None when not even its Head can be read."""
        try:
            argument = parse(body).findtext(f"{{{_SOAP}}}Body/{{{_SERVICE}}}exchange/{{{_SERVICE}}}xml")
            request = parse((argument or "").encode())
        except ClientError:
            return None
        transaction, serial = request.findtext("Head/TransCode", ""), request.findtext("Head/SerialNo", "")
        if transaction not in _BODY_OF or not serial.replace("-", "").isalnum():
            return None
        sent = _moment(request.findtext("Head/SendTime", ""))
        fits = request.tag == "Request" and self._schema.accepts(request) and request[1][0].tag == _BODY_OF[transaction]
        if not fits or sent is None:
            return Request(transaction, serial, datetime.now(BEIJING), None)
        return Request(transaction, serial, sent, request[1][0])

    def document(self, text: str) -> Element:
        """A document given by hand. Raises ValueError unless it is one of the platform's own that satisfies its schema."""
        try:
            document = parse(text.encode())
        except ClientError:
            raise ValueError("not an XML document") from None
        if document.tag not in SUBMITTED.values() or not self._schema.accepts(document):
            raise ValueError("not a document of xc01.xsd to xc07.xsd")
        return document


def soap_fault() -> Answer:
    """The answer to a call that cannot be read."""
    fault = "<s:Fault><faultcode>s:Client</faultcode><faultstring>报文无法识别</faultstring></s:Fault>"
    return Answer(_envelope(fault).body, 500)


def _moment(text: str) -> datetime | None:
    try:
        day, clock = f"{text[:4]}-{text[4:6]}-{text[6:8]}", f"{text[8:10]}:{text[10:12]}:{text[12:14]}.{text[14:]}"
        return datetime.fromisoformat(f"{day}T{clock}+08:00")
    except ValueError:
        return None


def stamp(at: datetime) -> str:
    """A moment in the platform's form, with milliseconds."""
    return f"{at.astimezone(BEIJING):%Y%m%d%H%M%S}{at.microsecond // 1000:03d}"


def _envelope(inner: str) -> Answer:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return Answer(f'{head}<s:Envelope xmlns:s="{_SOAP}"><s:Body>{inner}</s:Body></s:Envelope>'.encode())
