"""Calls to the register: plain XML by POST, GB18030 both ways."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from adapters.cadastre import settings
from adapters.cadastre.translator import ANSWER

from hub.contract import encodings
from hub.contract.adapter import Feed, FeedItem, FeedPage
from hub.contract.errors import ClientError
from hub.contract.operation import Operation
from hub.contract.outcome import Delivered, Outcome, Pending, Rejected, Released, Unknown
from hub.contract.xml import Element, decode, encode, parse
from hub.transports.http_client import Ambiguous, HttpClient, NotSent
from hub.transports.http_reply import HttpReply
from hub.transports.own_schema import OwnSchema

SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "cadastre" / "1.0" / "exchange.xsd"
_TYPE = "text/xml; charset=GB18030"
_POLL_AFTER = 0.3


class CadastrePartner:
    """Implements `hub.contract.adapter.Partner`. Raises ValueError for a setting that is unknown or unusable."""

    def __init__(self, given: Mapping[str, str]) -> None:
        read = settings.read(given)
        self._poll_timeout = float(read["poll_timeout"])
        self._http = HttpClient(read["url"], connections=int(read["connections"]), connect_timeout=float(read["connect_timeout"]))
        self._schema = OwnSchema(SCHEMA)
        self.close = self._http.close

    def deliver(self, operation: Operation, document: bytes, key: str) -> Outcome:
        """Report. Only a receipt for this very key says anything for certain."""
        try:
            reply = self._post(f"<呈报><流水号>{key}</流水号>{decode(document)}</呈报>", operation.timeout)
            if reply.status in (429, 503):
                after = reply.headers.get("retry-after", "")
                return Released("http.busy", float(after) if after.isdigit() else None)
            receipt = self._read(reply, "回执")
        except NotSent as fault:
            return Released(fault.reason)
        except Ambiguous as fault:
            return Unknown(fault.reason)
        if receipt.findtext("流水号") != key:
            return Unknown("reply.other_call")
        return _said(receipt) or Unknown(f"cadastre.{receipt.findtext('码', '')}")

    def collect(self, operation: Operation, ticket: str) -> Outcome:
        """What came of a report that was looked at on the spot. Whatever is not clear is asked again."""
        try:
            receipt = self._read(self._post(f"<问果><票号>{ticket}</票号></问果>", operation.timeout), "回执")
        except (NotSent, Ambiguous) as fault:
            return Released(fault.reason)
        return _said(receipt) or Released(f"cadastre.{receipt.findtext('码', '')}")

    def ask(self, operation: Operation, key: str) -> Outcome:
        """The register remembers nothing."""
        return Unknown("cannot be asked")

    def poll(self, feed: Feed, cursor: str) -> FeedPage:
        """Collect answers after a number. Raises CallFailed (OSError) when the register is away or the page cannot be trusted."""
        page = self._read(self._post(f"<取件><起>{cursor or '0'}</起><数>{feed.page}</数></取件>", self._poll_timeout), "来件")
        numbered = [(part.findtext("序", ""), part[1]) for part in page.iterfind("件")]
        items = tuple(FeedItem(number, ANSWER, encode(document, "GB18030"), "GB18030") for number, document in numbered)
        return FeedPage(items, numbered[-1][0] if numbered else cursor, page.findtext("尚有") in ("true", "1"))

    def _post(self, text: str, timeout: float) -> HttpReply:
        body = encodings.encode(f'<?xml version="1.0" encoding="GB18030"?>{text}', "GB18030")
        return self._http.post(body, {"Content-Type": _TYPE}, timeout)

    def _read(self, reply: HttpReply, wanted: str) -> Element:
        if reply.status != 200 or reply.headers.get("content-type") != _TYPE:
            raise Ambiguous(f"http.{reply.status}")
        try:
            root = parse(reply.body, "GB18030")
        except ClientError:
            raise Ambiguous("reply.malformed") from None
        if root.tag != wanted or not self._schema.accepts(root):
            raise Ambiguous("reply.schema")
        return root


def _said(receipt: Element) -> Outcome | None:
    """What a receipt says for certain."""
    code, ticket = receipt.findtext("码", ""), receipt.findtext("票号")
    if code == "20" and ticket:
        return Pending(ticket, poll_after=_POLL_AFTER)
    return Delivered() if code == "00" else Rejected(code) if code == "10" else None
