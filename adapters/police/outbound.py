"""The case query at the police platform: one call, one array of records back, text in GB18030 both ways."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from adapters.police import faults, settings
from hub.contract.adapter import WithoutMessages
from hub.contract.operation import QueryOperation
from hub.contract.outcome import Rejected
from hub.contract.xml import Element, decode
from hub.transports.http_client import Ambiguous, HttpClient
from hub.transports.soap_client import SoapClient

SCHEMAS: Final = Path(__file__).resolve().parents[2] / "schemas" / "police" / "1.0"


class PolicePartner(WithoutMessages):
    """Implements `hub.contract.adapter.QueryPartner`; no message goes there. Raises ValueError for unusable settings."""

    def __init__(self, given: Mapping[str, str]) -> None:
        read = settings.read(given)
        http = HttpClient(read["url"], connections=int(read["connections"]), connect_timeout=float(read["connect_timeout"]))
        self._soap = SoapClient(SCHEMAS / "query.wsdl", http, encoding=settings.ENCODING)

    def query(self, _operation: QueryOperation, document: bytes, seconds: float) -> Element | Rejected:
        """Ask about a person. Raises CallFailed (OSError) for anything but an answer or a refusal of what was asked."""
        answer = self._soap.call("queryCase", decode(document).encode(), seconds)
        code = answer.findtext("{*}FHM") or ""
        if code in faults.REFUSED:
            return Rejected(code)
        if code != faults.DONE:
            raise Ambiguous(f"police.{code}" if code.isascii() and code.isdigit() else "reply.code")
        return answer

    def close(self) -> None:
        """Close pooled connections."""
        self._soap.close()
