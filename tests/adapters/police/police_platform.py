"""The simulated police platform for one test, and the adapter connected to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adapters.police import ADAPTER
from adapters.police.outbound import PolicePartner
from adapters.police.simulator.platform import PolicePlatform
from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.contract.outcome import Rejected
from hub.contract.xml import Element, encode, parse
from hub.testkit.ledger import read_ledger
from hub.testkit.simulator import SimulatorServer, running
from hub.transports.http_client import HttpClient
from tests.scripted_partner import free_port

SCHEMAS = Path(__file__).parents[3] / "schemas"
SAMPLES = Path(__file__).parents[3] / "adapters" / "police" / "samples"
REGISTRY = LxmlSchemaRegistry((SCHEMAS,))
SPACE = "urn:standin:police:1.0"
(QUERY,) = ADAPTER.queries


def question(name: str, number: str, purpose: str = "02") -> bytes:
    """A GACX as the hub hands it to the adapter: GB 18030, declared."""
    inside = f"<XM>{name}</XM><GMSFHM>{number}</GMSFHM><CXMD>{purpose}</CXMD>"
    return encode(parse(f'<GACX xmlns="{SPACE}">{inside}</GACX>'.encode()), ADAPTER.encoding)


class Platform:
    """A running simulator."""

    def __init__(self, server: SimulatorServer, ledger: Path) -> None:
        self.server, self.ledger = server, ledger
        self.url = f"http://127.0.0.1:{server.server_port}/services/query"

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

    def asked(self, name: str, number: str, seconds: float = 5) -> Element | Rejected:
        """What the adapter is answered."""
        partner = PolicePartner({"url": self.url})
        try:
            return partner.query(QUERY, question(name, number), seconds)
        finally:
            partner.close()

    def lines(self, *kinds: str) -> list[dict[str, Any]]:
        """The ledger's lines of these kinds."""
        return [line for line in read_ledger(self.ledger) if line["t"] in kinds]


@contextmanager
def platform(ledger: Path) -> Iterator[Platform]:
    """The platform at a ledger."""
    with running(PolicePlatform(ledger), free_port(), ledger) as server:
        yield Platform(server, ledger)
