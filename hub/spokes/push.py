"""Push: the hub calls the SOAP endpoint that a spoke offers, with the view document and one delivery header."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from hub.contract.adapter import Feed, FeedPage
from hub.contract.message import show_hub_id
from hub.contract.operation import Operation
from hub.contract.outcome import Delivered, Outcome, Released, Unknown
from hub.pipeline.machine import Machine
from hub.ports.spoke_registry import Spoke
from hub.spokes.moments import on_the_wire
from hub.spokes.operation import SpokeOperation
from hub.transports.http_client import HttpClient, NotSent
from hub.transports.soap_client import Busy, SoapClient

PUSH_SLOTS: Final = 8
_SERVICES: Final = "{urn:pophub:services:1.0}"
_HEADER: Final = "urn:pophub:header:1.0"
_ADDRESSING: Final = "http://www.w3.org/2005/08/addressing"


class PushPartner:
    """A push spoke as a partner. Delivered only when the answer says that the document was taken."""

    def __init__(self, spoke: Spoke, machine: Machine, roots: Sequence[Path]) -> None:
        if not spoke.push_url:
            raise ValueError("a spoke without a push address has a mailbox")
        self._machine = machine
        self._http = HttpClient(spoke.push_url, connections=PUSH_SLOTS)
        self._clients: dict[str, SoapClient] = {}
        for flow in machine.catalogue.flows:
            wsdl = next((w for r in roots if (w := r / "services" / f"{flow.name}-delivery-1.0.wsdl").exists()), None)
            if wsdl:
                self._clients |= dict.fromkeys((str(channel.name) for channel in flow.channels), SoapClient(wsdl, self._http))

    @property
    def channels(self) -> frozenset[str]:
        """The channels that can be pushed: those of flows with a delivery contract."""
        return frozenset(self._clients)

    def deliver(self, operation: Operation, document: bytes, key: str) -> Outcome:
        """One call of ``Deliver<Document>``."""
        assert isinstance(operation, SpokeOperation)
        channel = self._machine.catalogue.channels[operation.channel]
        name = f"Deliver{channel.root[:1].upper()}{channel.root[1:]}"
        now = self._machine.clock.now()
        try:
            answer = self._clients[str(operation.channel)].call(
                name, document, operation.timeout, headers=self._headers(operation, key, now)
            )
        except NotSent as fault:
            return Released(str(fault))
        except Busy as fault:
            return Released("busy", retry_after=fault.retry_after)
        except OSError as fault:
            return Unknown(str(fault))
        taken = answer.findtext(f"{_SERVICES}taken")
        if taken in ("true", "1"):
            return Delivered(effective_at=datetime.fromtimestamp(now / 1000, UTC))
        return Released("not taken") if taken in ("false", "0") else Unknown("reply.taken")

    def ask(self, _operation: Operation, _key: str) -> Outcome:
        """Never asked: spokes are idempotent by hub id."""
        return Released("not asked")

    def poll(self, _feed: Feed, cursor: str) -> FeedPage:
        """A push spoke brings nothing."""
        return FeedPage((), cursor)

    def close(self) -> None:
        """Close pooled connections."""
        self._http.close()

    def _headers(self, operation: SpokeOperation, key: str, now: int) -> bytes:
        claimed = operation.claimed
        fields = [
            ("hubId", show_hub_id(claimed.message)), ("channel", claimed.channel), ("version", "1.0"),
            ("fromSystem", claimed.from_system), ("laneNo", str(claimed.lane_no or 0)), ("effectiveTime", on_the_wire(now)),
        ]  # fmt: skip
        if claimed.owed:
            due = max(self._machine.due(now, claimed.owed[1], claimed.owed[2]), claimed.owed_floor or 0)
            fields.append(("dueAt", on_the_wire(due)))
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields)
        addressing = f'<MessageID xmlns="{_ADDRESSING}">urn:pophub:message:{escape(key)}</MessageID>'
        return f'{addressing}<Delivery xmlns="{_HEADER}">{inner}</Delivery>'.encode()
