"""Calls to the certificate database: upload a part, ask what became of it, verify a certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adapters.ehycert import faults, settings
from adapters.ehycert.archive import pack
from adapters.ehycert.exchange import Exchange, text
from adapters.ehycert.results import Results
from adapters.ehycert.translator import SPACE
from hub.contract.adapter import Feed, FeedPage
from hub.contract.operation import Operation, QueryOperation
from hub.contract.outcome import Outcome, Pending, Rejected, Unknown
from hub.contract.xml import Element, parse
from hub.transports.http_client import Ambiguous, CallFailed

DOCUMENT: Final = "package.xml"
_MOST_ELEMENTS: Final = 200_000
_OWN: Final = f"{{{SPACE}}}"
_NUMBERS: Final = {"part": "PART", "parts": "PARTS", "count": "TOTAL"}


class EcertPartner:
    """Implements `hub.contract.adapter.Partner`, `Collecting` and `QueryPartner`. Raises ValueError for unusable settings."""

    def __init__(self, given: Mapping[str, str]) -> None:
        read = settings.read(given)
        self._exchange, self._results = Exchange(read), Results()
        self._poll_after = float(read["poll_after"])
        self.close = self._exchange.close

    def deliver(self, operation: Operation, document: bytes, _key: str) -> Outcome:
        """Upload the stored PACKAGE, zipped here: the same document is the same zip. Batch number and part are what the upload is known by."""
        head = parse(document, max_bytes=operation.max_bytes, max_elements=_MOST_ELEMENTS)[0]
        numbers = {name: head.findtext(_OWN + own, "") for name, own in _NUMBERS.items()}
        try:
            reply = self._exchange.upload(
                head.findtext(f"{_OWN}BATCH_NO", ""), numbers, pack(DOCUMENT, document), operation.timeout
            )
        except CallFailed as fault:
            return faults.upload_failed(fault)
        code, ticket = text(reply, "code"), text(reply, "ticket")
        if code in faults.TAKEN and ticket:
            return Pending(ticket, poll_after=self._poll_after)
        return faults.UPLOADED.get(code, Unknown(f"ehycert.{code}"))

    def collect(self, operation: Operation, ticket: str) -> Outcome:
        """What became of a ticket. An unclear answer tells nothing: the ticket is asked about again."""
        try:
            reply = self._exchange.result(ticket, operation.timeout)
        except CallFailed as fault:
            return faults.question_failed(fault)
        code = text(reply, "code")
        if code == faults.WORKING:
            return Pending(ticket, poll_after=self._poll_after)
        if code in faults.TAKEN:
            return self._results.read(reply)
        return faults.ASKED.get(code, faults.question_failed(Ambiguous(f"ehycert.{code}")))

    def ask(self, _operation: Operation, _key: str) -> Outcome:
        """It is not asked about keys: an upload in doubt is repeated."""
        return Unknown("not asked")

    def poll(self, _feed: Feed, cursor: str) -> FeedPage:
        """It brings nothing by itself."""
        return FeedPage((), cursor)

    def query(self, _operation: QueryOperation, document: bytes, seconds: float) -> Element | Rejected:
        """Verify. Raises CallFailed (OSError) for anything but an answer or a refusal of what was asked."""
        reply = self._exchange.verify(document.decode(), seconds)
        code, answer = text(reply, "code"), reply.find(f"{_OWN}VERIFIED")
        if code in faults.REFUSED:
            return Rejected(code)
        if code not in faults.TAKEN or answer is None:
            raise Ambiguous(f"ehycert.{code}")
        return answer
