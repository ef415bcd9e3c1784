"""Calls to a health system: push a result, ask what became of a key; and its vaccination table, polled and confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from adapters.health import faults, settings
from adapters.health.table import MiddleTable
from adapters.health.translator import SPACE
from adapters.health.values import compact_moment
from hub.contract.adapter import Feed, FeedPage, ItemResult
from hub.contract.operation import Operation
from hub.contract.outcome import Outcome, Unknown
from hub.contract.xml_text import leaf
from hub.transports.http_client import Ambiguous, CallFailed, HttpClient
from hub.transports.own_schema import OwnSchema
from hub.transports.soap_client import SoapClient

SCHEMAS: Final = Path(__file__).resolve().parents[2] / "schemas" / "health" / "1.0"
_BEIJING: Final = timezone(timedelta(hours=8))


class HealthPartner:
    """Implements `hub.contract.adapter.Partner` and `Confirming`. The hub's key is the Key. Raises ValueError for unusable settings."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._settings = read = settings.read(given)
        http = HttpClient(read["url"], connections=int(read["connections"]), connect_timeout=float(read["connect_timeout"]))
        self._soap, self._schema = SoapClient(SCHEMAS / "result.wsdl", http), OwnSchema(SCHEMAS / "exchange.xsd")
        seconds = float(read["connect_timeout"]), float(read["statement_timeout"])
        self._table = MiddleTable(read["vaccinations"], read["table"], *seconds) if read["vaccinations"] else None

    def deliver(self, operation: Operation, document: bytes, key: str) -> Outcome:
        """Push the stored receipt under the key, with the moment of sending around it."""
        sent = leaf("SendTime", compact_moment(datetime.now(UTC).astimezone(_BEIJING).isoformat()))
        body = f'<PushResult xmlns="{SPACE}">{leaf("Key", key)}{sent}'.encode() + document + b"</PushResult>"
        try:
            return faults.outcome(faults.PUSHED, self._called("PushResult", body, key, operation.timeout))
        except CallFailed as fault:
            return faults.failed(fault)

    def ask(self, operation: Operation, key: str) -> Outcome:
        """Ask by key. Only a clear answer counts: who cannot be reached knows neither that it has it nor that it has not."""
        body = f'<AskResult xmlns="{SPACE}">{leaf("Key", key)}</AskResult>'.encode()
        try:
            timeout = min(float(self._settings["ask_timeout"]), operation.timeout)
            return faults.outcome(faults.ASKED, self._called("AskResult", body, key, timeout))
        except CallFailed as fault:
            return Unknown(fault.reason)

    def poll(self, feed: Feed, cursor: str) -> FeedPage:
        """The rows that are not read yet. Raises `TableAwayError` (OSError)."""
        return self._table.page(feed.page) if self._table else FeedPage((), cursor)

    def confirm(self, _feed: Feed, results: Sequence[ItemResult]) -> None:
        """Write back what became of the rows of a page. Raises `TableAwayError` (OSError)."""
        if self._table:
            self._table.confirm(results)

    def close(self) -> None:
        """Close pooled connections."""
        self._soap.close()
        if self._table:
            self._table.close()

    def _called(self, operation: str, body: bytes, key: str, timeout: float) -> str:
        """The CallCode of the answer to exactly this call."""
        answer = self._soap.call(operation, body, timeout)
        if not self._schema.accepts(answer):
            raise Ambiguous("reply.schema")
        if answer.findtext(f"{{{SPACE}}}Key") != key:
            raise Ambiguous("reply.other_call")
        return answer.findtext(f"{{{SPACE}}}CallCode", "")
