"""The simulated certificate database for one test, and the adapter connected to it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from adapters.ehycert import ADAPTER
from adapters.ehycert.outbound import EcertPartner
from adapters.ehycert.simulator.database import CertificateDatabase
from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.contract.batch import Framing, Head, Period
from hub.contract.message import ChannelName
from hub.contract.outcome import Outcome, Pending, PerRecord
from hub.contract.xml import Element, parse, serialise
from hub.testkit.ledger import read_ledger
from hub.testkit.simulator import SimulatorServer, running
from hub.transports.http_client import HttpClient
from tests.scripted_partner import free_port

ROOT = Path(__file__).parents[3]
REGISTRY = LxmlSchemaRegistry((ROOT / "schemas",))
SAMPLES = ROOT / "schemas" / "canonical" / "1.0" / "samples"
RECORD = ChannelName("ecert.record")
(UPLOAD,) = ADAPTER.operations
TRANSLATOR = ADAPTER.translator
assert isinstance(TRANSLATOR, Framing)
JANUARY = Period("202501", date(2025, 1, 31))
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def checked(body: str) -> str:
    """A citizen number from its first 17 digits."""
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def row(**changed: str) -> Element:
    """A row as the adapter makes it of the sample of an unmarried woman, with changed texts."""
    view = REGISTRY.project(
        "views/ecert/ecert.record-1.0.xsd",
        parse((SAMPLES / "ecert.record" / "unmarried.xml").read_bytes()),
        fill={},
        basis=frozenset(),
    )
    own = TRANSLATOR.from_canonical(RECORD, view)
    for child in own:
        name = str(child.tag).rpartition("}")[2]
        child.text = changed.get(name, child.text)
    return own


def women(count: int, first: int = 0) -> list[Element]:
    """So many rows, each of another woman born in 1990."""
    numbers = (checked(f"3599{n // 500 % 99 + 1:02d}19900510{n % 500 * 2:03d}") for n in range(first, first + count))
    return [row(ID_NO=number, BIRTH="19900510") for number in numbers]


def part(
    rows: Sequence[Element], batch_no: str = "EC202501-1", number: int = 1, parts: int = 1, first: int = 1, count: int | None = None
) -> bytes:
    """A part as the hub would store it for sending."""
    head = Head(batch_no, JANUARY, number, parts, count or len(rows), first)
    framed = TRANSLATOR.frame(RECORD, head, rows)  # type: ignore[attr-defined]
    REGISTRY.validate(UPLOAD.schema, framed)
    return serialise(framed)


class Database:
    """A running simulator and a partner connected to it."""

    def __init__(self, server: SimulatorServer, ledger: Path) -> None:
        self.server, self.ledger = server, ledger
        self.partner = EcertPartner({"url": f"http://127.0.0.1:{server.server_port}/services/ecert", "poll_after": "0.05"})

    def tell(self, **order: object) -> Any:
        """Give an order through ``/_control``."""
        control = HttpClient(f"http://127.0.0.1:{self.server.server_port}/_control")
        reply = control.post(json.dumps(order).encode(), {}, 10)
        control.close()
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def upload(self, document: bytes) -> str:
        """Upload a part; its ticket."""
        got = self.partner.deliver(UPLOAD, document, "FJ-1")
        assert isinstance(got, Pending), got
        assert got.poll_after is not None
        return got.ticket

    def result(self, ticket: str, seconds: float = 20) -> PerRecord:
        """Ask about a ticket until it is judged."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            got: Outcome = self.partner.collect(UPLOAD, ticket)
            if isinstance(got, PerRecord):
                return got
            assert isinstance(got, Pending), got
            time.sleep(0.02)
        raise AssertionError("the part is not judged")

    def lines(self, *kinds: str) -> list[dict[str, Any]]:
        """The ledger's lines of these kinds."""
        return [line for line in read_ledger(self.ledger) if line["t"] in kinds]


@contextmanager
def database(ledger: Path) -> Iterator[Database]:
    """The database at a ledger; started again there, it goes on."""
    with running(CertificateDatabase(ledger), free_port(), ledger) as server:
        made = Database(server, ledger)
        made.tell(work={"after_ms": 0})
        try:
            yield made
        finally:
            made.partner.close()
