"""The simulated health system for one test, and the adapter connected to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adapters.health import ADAPTER
from adapters.health.outbound import HealthPartner
from adapters.health.simulator.clinic import Clinic
from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.contract.adapter import Feed
from hub.contract.operation import Operation
from hub.testkit.ledger import read_ledger
from hub.testkit.simulator import SimulatorServer, running
from hub.transports.http_client import HttpClient
from tests.scripted_partner import free_port

SCHEMAS = Path(__file__).parents[3] / "schemas"
SAMPLES = Path(__file__).parents[3] / "adapters" / "health" / "samples"
REGISTRY = LxmlSchemaRegistry((SCHEMAS,))
RESULT = (
    b'<ResultRecord xmlns="urn:standin:health:1.0"><HubNo>10234-7</HubNo><RecordSeq>1</RecordSeq><RecordNo>FM1</RecordNo><UpdateTime>20240306T080000</UpdateTime>'
    b"<Accepted>T</Accepted><ResultCode>0</ResultCode><ProcessTime>20240306T080001</ProcessTime></ResultRecord>"
)


def push_result() -> Operation:
    """The one operation."""
    (operation,) = ADAPTER.operations
    return operation


def vaccinations() -> Feed:
    """The one feed."""
    (feed,) = ADAPTER.feeds
    return feed


class HealthSystem:
    """A running simulator and a partner connected to it and to its table."""

    def __init__(self, server: SimulatorServer, ledger: Path) -> None:
        self.server, self.ledger = server, ledger
        url = f"http://127.0.0.1:{server.server_port}/services/result"
        self.partner = HealthPartner({"url": url, "ask_timeout": "2", **server.system.state()["settings"]})

    def tell(self, **order: object) -> Any:
        """Give an order through ``/_control``."""
        control = HttpClient(f"http://127.0.0.1:{self.server.server_port}/_control")
        reply = control.post(json.dumps(order).encode(), {}, 60)
        control.close()
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def lines(self, *kinds: str) -> list[dict[str, Any]]:
        """The ledger's lines of these kinds."""
        return [line for line in read_ledger(self.ledger) if line["t"] in kinds]


@contextmanager
def health_system(ledger: Path) -> Iterator[HealthSystem]:
    """The system at a ledger; started again there, it goes on."""
    with running(Clinic(ledger), free_port(), ledger) as server:
        made = HealthSystem(server, ledger)
        try:
            yield made
        finally:
            made.partner.close()
