"""Calls to PADIS: submit an enquiry, feedback, return or withdrawal (XC01 to XC05), ask what became of a serial number (CX01), download (XZ01)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from adapters.padis import faults, inbound, settings
from adapters.padis.exchange import SCHEMAS, Exchange, moment, texts
from hub.contract.adapter import Feed, FeedPage
from hub.contract.operation import Operation
from hub.contract.outcome import Outcome, Unknown
from hub.contract.xml import Element
from hub.transports.http_client import CallFailed, HttpClient
from hub.transports.soap_client import SoapClient

TRANSACTIONS: Final = {
    "submit_request": "XC01", "submit_feedback": "XC02", "submit_return": "XC03", "submit_withdraw": "XC04", "confirm_withdraw": "XC05",
}  # fmt: skip


class PadisPartner:
    """Implements `hub.contract.adapter.Partner`. The hub's key is the SerialNo. Raises ValueError for unusable settings."""

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
            timeout = min(float(self._settings["ask_timeout"]), operation.timeout)
            answer = self._exchange.call("CX01", f"CX-{key}", f"<CXQQ><YLSH>{key}</YLSH></CXQQ>", timeout)
        except CallFailed as fault:
            return Unknown(fault.reason)
        return faults.outcome(faults.ASKED, answer.code, _available(answer.body, key))

    def poll(self, feed: Feed, cursor: str) -> FeedPage:
        """Download what follows the cursor. Raises CallFailed (OSError) when PADIS is away or its page cannot be trusted."""
        question, timeout = inbound.question(cursor, feed.page), float(self._settings["poll_timeout"])
        return inbound.page(self._exchange.call("XZ01", f"XZ-{uuid.uuid4().hex}", question, timeout), cursor)


def _available(receipt: Element | None, key: str) -> datetime | None:
    """KYSJ of a receipt for this very key, else None."""
    if receipt is None or receipt.tag != "XCHZ":
        return None
    found = texts(receipt)
    return moment(found["KYSJ"]) if found["YLSH"] == key else None
