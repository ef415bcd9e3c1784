"""The simulated platform for one test, and the adapter connected to it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adapters.padis import ADAPTER
from adapters.padis.outbound import PadisPartner
from adapters.padis.simulator.platform import NationalPlatform
from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.contract.message import ChannelName
from hub.contract.operation import Operation
from hub.contract.xml import Element, parse, serialise
from hub.testkit.ledger import read_ledger
from hub.testkit.simulator import SimulatorServer, running
from hub.transports.http_client import HttpClient
from tests.scripted_partner import free_port

SCHEMAS = Path(__file__).parents[3] / "schemas"
SAMPLES = Path(__file__).parents[3] / "adapters" / "padis" / "samples"
REQUEST, FEEDBACK = ChannelName("enquiry.request"), ChannelName("enquiry.feedback")
NOTICE, RECEIPT = ChannelName("notice.contraception"), ChannelName("notice.contraception_receipt")
REGISTRY = LxmlSchemaRegistry((SCHEMAS,))


def sample(channel: str, name: str) -> bytes:
    """A sample of ours as the hub would store it for sending."""
    return serialise(parse((SAMPLES / channel / f"{name}.xml").read_bytes()))


def submit(channel: ChannelName = REQUEST, **changed: Any) -> Operation:
    """The operation that carries the channel, with changed limits."""
    operation = ADAPTER.operation_for(channel)
    assert operation is not None
    fields = {name: getattr(operation, name) for name in Operation.__slots__}
    return Operation(**{**fields, **changed})


class Platform:
    """A running simulator and a partner connected to it."""

    def __init__(self, server: SimulatorServer, ledger: Path) -> None:
        self.server, self.ledger = server, ledger
        self.partner = PadisPartner({"url": f"http://127.0.0.1:{server.server_port}/services/exchange", "ask_timeout": "2"})

    def tell(self, **order: object) -> Any:
        """Give an order through ``/_control``."""
        control = HttpClient(f"http://127.0.0.1:{self.server.server_port}/_control")
        reply = control.post(json.dumps(order).encode(), {}, 10)
        control.close()
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def fault(self, way: str, **settings: object) -> None:
        """Spoil the next call."""
        self.tell(faults={way: {"count": 1, **settings}})

    def lines(self, *kinds: str) -> list[dict[str, Any]]:
        """The ledger's lines of these kinds."""
        return [line for line in read_ledger(self.ledger) if line["t"] in kinds]

    def download(self, cursor: str = "", wanted: int = 1) -> tuple[list[tuple[str, Element]], str]:
        """Poll from the cursor until so many records have come; channel and document of each, and the last cursor."""
        found: list[tuple[str, Element]] = []
        pause = threading.Event()
        for _ in range(400):
            page = self.partner.poll(ADAPTER.feeds[0], cursor)
            found += [(item.channel, parse(item.data, item.charset)) for item in page.items]
            cursor = page.cursor
            if len(found) >= wanted:
                return found, cursor
            pause.wait(0.02)
        raise AssertionError("the platform did not publish")


@contextmanager
def platform(ledger: Path) -> Iterator[Platform]:
    """The platform at a ledger; started again there, it goes on."""
    with running(NationalPlatform(ledger), free_port(), ledger) as server:
        made = Platform(server, ledger)
        try:
            yield made
        finally:
            made.partner.close()
