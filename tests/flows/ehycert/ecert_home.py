"""A real hub beside the real simulator of the certificate database; who asks is one spoke of 流动人口."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hub.testkit.conformance.simulated import SimulatorProcess, free_port
from tests.faults.processes import HubProcesses

ROOT: Final = Path(__file__).parents[3]
SPOKE: Final = "fjfpis"
USER: Final = "350102001L001"
_SETTINGS: Final = """
profile = "legacy"
edge_port = {edge}
admin_port = {admin}
retry_first_seconds = 0.2
retry_cap_seconds = 1.0

[adapters.ehycert]
url = "http://127.0.0.1:{ecert}/services/ecert"
poll_after = "0.2"

[[spokes]]
name = "{spoke}"
title = "流动人口系统"
system = "FJFPIS"
asks = ["ecert.verify"]
places = ["35"]
{more}
"""


@dataclass(frozen=True)
class EcertHome:
    """The hub's home and processes, and the database's process."""

    folder: Path
    edge: int
    hub: HubProcesses
    ecert: SimulatorProcess

    def tell(self, **order: object) -> Any:
        """Give the database an order."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ecert.port, timeout=20)
        connection.request("POST", "/_control", json.dumps(order).encode())
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        told = json.loads(answer.read())
        connection.close()
        return told

    def verify(self, name: str, number: str, *, user: str | None = USER) -> tuple[int, dict[str, Any]]:
        """Ask over REST in JSON: status and answer."""
        secret = (self.folder / "keys" / "spokes" / SPOKE).read_text(encoding="ascii").strip()
        headers = {
            "Authorization": "Basic " + base64.b64encode(f"{SPOKE}:{secret}".encode()).decode(),
            "Content-Type": "application/json",
            "Accept": "application/json",
            **({"Pophub-From-User": user} if user else {}),
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.edge, timeout=20)
        body = json.dumps({"name": name, "idNo": number, "purpose": "4"}).encode()
        connection.request("POST", "/api/v1/queries/ecert.verify", body, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        connection.close()
        return answer.status, told


@contextmanager
def ecert_home(folder: Path, more: str = "", before: Callable[[EcertHome], None] = lambda _home: None) -> Iterator[EcertHome]:
    """Everything started, and everything ended again; ``before`` the hub serves, the database is told and the register filled."""
    ecert = SimulatorProcess("ehycert", (), folder / "ehycert")
    edge, admin = free_port(), free_port()
    settings = _SETTINGS.format(edge=edge, admin=admin, ecert=ecert.port, spoke=SPOKE, more=more)
    (folder / "pophub.toml").write_text(settings, encoding="utf-8")
    hub = HubProcesses(folder, admin, ROOT)
    try:
        done = hub.run("hub", "init")
        assert done.returncode == 0, done.stdout + done.stderr
        home = EcertHome(folder, edge, hub, ecert)
        before(home)
        hub.start()
        yield home
    finally:
        hub.stop()
        ecert.stop()
