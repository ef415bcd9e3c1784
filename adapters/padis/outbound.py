"""Calls to PADIS: submit (XC01 to XC07), ask what became of a serial number (CX01), download (XZ01), query a person (CX02)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from adapters.padis import faults, inbound, settings
from adapters.padis.exchange import SCHEMAS, Exchange, moment, texts
from hub.contract.adapter import Feed, FeedPage
from hub.contract.operation import Operation, QueryOperation
from hub.contract.outcome import Outcome, Rejected, Unknown
from hub.contract.xml import Element
from hub.transports.http_client import Ambiguous, CallFailed, HttpClient
from hub.transports.soap_client import SoapClient

TRANSACTIONS: Final = {
    "submit_request": "XC01", "submit_feedback": "XC02", "submit_return": "XC03", "submit_withdraw": "XC04", "confirm_withdraw": "XC05",
    "submit_notice": "XC06", "confirm_notice": "XC07",
}  # fmt: skip


class PadisPartner:
    """Implements `hub.contract.adapter.Partner` and `QueryPartner`. The hub's key is the SerialNo. Raises ValueError for unusable settings."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._settings = read = settings.read(given)
        http = HttpClient(read["url"], connections=int(read["connections"]), connect_timeout=float(read["connect_timeout"]))
        self._exchange = Exchange(SoapClient(SCHEMAS / "exchange.wsdl", http), read["org_code"], lambda: datetime.now(UTC))
        self.close = self._exchange.close

    def deliver(self, operation: Operation, document: bytes, key: str) -> Outcome:
        """Submit the stored document; Delivered from the moment PADIS makes it available to the other province."""
        try:
            answer = self._exchange.call(TRANSACTIONS[operation.name], key, document.decode(), operation.timeout)
        except CallFailed as fault:
            return faults.failed(fault)
        return faults.outcome(faults.SUBMITTED, answer.code, _available(answer.body, key))

    def ask(self, operation: Operation, key: str) -> Outcome:
        """Ask by SerialNo. Only a clear answer counts: an unreachable PADIS knows neither that it has it nor that it has not."""
        try:
            document, timeout = f"<CXQQ><YLSH>{key}</YLSH></CXQQ>", float(self._settings["ask_timeout"])
            answer = self._exchange.call("CX01", f"CX-{key}", document, min(timeout, operation.timeout))
        except CallFailed as fault:
            return Unknown(fault.reason)
        return faults.outcome(faults.ASKED, answer.code, _available(answer.body, key))

    def poll(self, feed: Feed, cursor: str) -> FeedPage:
        """Download what follows the cursor. Raises CallFailed (OSError) when PADIS is away or its page cannot be trusted."""
        question, timeout = inbound.question(cursor, feed.page), float(self._settings["poll_timeout"])
        return inbound.page(self._exchange.call("XZ01", f"XZ-{uuid.uuid4().hex}", question, timeout), cursor)

    def query(self, _operation: QueryOperation, document: bytes, seconds: float) -> Element | Rejected:
        """Ask about a person. Raises CallFailed (OSError) for anything but an answer or a refusal of what was asked."""
        answer = self._exchange.call("CX02", f"GA-{uuid.uuid4().hex}", document.decode(), seconds)
        if isinstance(refused := faults.SUBMITTED.get(answer.code), Rejected):
            return refused
        if answer.code != faults.DONE or answer.body is None:
            raise Ambiguous(f"padis.{answer.code}")
        return answer.body


def _available(receipt: Element | None, key: str) -> datetime | None:
    """KYSJ of a receipt for this very key, else None."""
    found = texts(receipt) if receipt is not None and receipt.tag == "XCHZ" else {}
    return moment(found["KYSJ"]) if found.get("YLSH") == key else None
