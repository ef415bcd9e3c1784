"""A real hub with the register, the simulated health system and two registers' mailboxes; every side keeps its own ledger."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from adapters.health.simulator.facts import Source, task
from demo.province import generate
from hub.contract.xml import parse
from hub.testkit.conformance.simulated import SimulatorProcess, free_port
from hub.testkit.ledger import Ledger
from tests.faults.processes import HubProcesses, waited

ROOT: Final = Path(__file__).parents[3]
REGISTERS: Final = {"fjpis": "FJPIS", "fjfpis": "FJFPIS"}
HOSPITAL: Final = "350203001000"
_SETTINGS: Final = """
profile = "legacy"
edge_port = {edge}
admin_port = {admin}
retry_first_seconds = 0.2
retry_cap_seconds = 1.0

[adapters.register]
url = "sqlite:///{register}"

[adapters.health]
url = "http://127.0.0.1:{health}/services/result"
vaccinations = "{table}"

[[spokes]]
name = "phc"
title = "基层卫生信息系统"
system = "PHC"
speaks = "health"
sends = ["health.delivery"]
receives = []
places = ["35"]
"""
_SPOKE: Final = """
[[spokes]]
name = "{name}"
title = "{name}"
system = "{system}"
sends = ["health.handling"]
receives = ["health.comparison", "health.handling"]
places = ["35"]
"""


class HealthDay:
    """Everything that runs. ``entries`` are the people of the register and whom the health system knows."""

    def __init__(self, folder: Path, people: int = 400, planted: Path | None = None, **more: str) -> None:
        self.folder, self.edge = folder, free_port()
        (folder / "health").mkdir(parents=True)
        entries = "\n".join(person.to_json() for person in generate(people, 7))
        (folder / "health" / "health.jsonl.people").write_text(entries, encoding="utf-8")
        self.health = SimulatorProcess("health", (), folder / "health")
        admin, shown = free_port(), self.health.shown()
        text = _SETTINGS.format(
            edge=self.edge, admin=admin, register=folder / "register.db", health=self.health.port, table=shown["settings"]["vaccinations"]
        )  # fmt: skip
        text += "".join(_SPOKE.format(name=name, system=system) for name, system in REGISTERS.items())
        (folder / "pophub.toml").write_text(text, encoding="utf-8")
        self.hub = HubProcesses(folder, admin, ROOT, planted, **more)
        for words in (("init",), ("register", "load", str(folder / "health" / "health.jsonl.people"))):
            done = self.hub.run("hub", *words)
            assert done.returncode == 0, done.stdout + done.stderr
        self.ledgers = {name: Ledger(folder / f"{name}.jsonl") for name in REGISTERS}
        self.seen: dict[str, list[str]] = {name: [] for name in REGISTERS}

    def start(self) -> None:
        """Start the hub, and tell the health system where it is."""
        self.hub.start()
        hub = {"url": f"http://127.0.0.1:{self.edge}", "name": "phc", "secret": self.secret("phc")}
        assert self.health.order({"hub": hub})

    def secret(self, name: str) -> str:
        """A caller's secret."""
        return (self.folder / "keys" / "spokes" / name).read_text(encoding="ascii").strip()

    def call(self, name: str, method: str, path: str, body: Any = None, **fields: str) -> Any:
        """One REST call of a register; its JSON."""
        token = base64.b64encode(f"{name}:{self.secret(name)}".encode()).decode()
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json", **fields}
        connection = http.client.HTTPConnection("127.0.0.1", self.edge, timeout=30)
        try:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            return json.loads(answer.read() or b"{}")
        finally:
            connection.close()

    def fetch(self) -> int:
        """Every register takes what waits in its mailbox: effect in its ledger first, then the acknowledgement."""
        taken = 0
        for name, system in REGISTERS.items():
            items = self.call(name, "GET", "/api/v1/mailbox?max=200").get("items", [])
            for item in items:
                self.seen[name].append(item["document"])
                line = _task_of(item["document"], system)
                if line:
                    self.ledgers[name].write({"t": "effect", **line, "hub": item["hubId"]})
            if items:
                pairs = [{"hubId": item["hubId"], "lease": item["lease"]} for item in items]
                self.call(name, "POST", "/api/v1/mailbox/ack", {"items": pairs})
            taken += len(items)
        return taken

    def until(self, condition: Any, seconds: float = 120.0) -> None:
        """Fetch until the condition holds."""

        def fetched() -> bool:
            self.fetch()
            return bool(condition())

        assert waited(fetched, seconds), self.health.shown()

    def stop(self) -> None:
        """End everything; close the ledgers."""
        self.hub.stop()
        self.health.stop()
        for ledger in self.ledgers.values():
            ledger.close()


def _task_of(document: str, system: str) -> dict[str, str] | None:
    """The ledger's names of a comparison as a register reads it."""
    root = parse(document.encode())
    if not root.tag.endswith("}healthComparison"):
        return None
    said = {str(e.tag).rpartition("}")[2]: e.text or "" for e in root.iter()}
    source = Source(said["orgCode"], said["recordNo"], said.get("newbornOrder", ""), said["version"])
    return task(system, source, said["outcome"], said["assignedDiv"], said["eventDate"])._asdict()


@contextmanager
def health_day(folder: Path, **more: Any) -> Iterator[HealthDay]:
    """A day that is ended whatever happens."""
    made = HealthDay(folder, **more)
    try:
        made.start()
        yield made
    finally:
        made.stop()
