"""The systems under test: the floor and the hub, each started fresh in a folder of its own and asked what still waits."""

from __future__ import annotations

import base64
import os
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench import processes
from bench.load import ACTION
from bench.processes import NotStarted, Running

SPOKE = "bench-register"
_ROOT = Path(__file__).parents[1]
PASSED_ON = ("POPHUB_EDGE_THREADS",)
"""Settings of the environment that reach the hub; the results name them."""
SETTINGS = """\
profile = "legacy"
edge_port = {edge}
admin_port = {admin}
[[spokes]]
name = "{spoke}"
title = "压力测试"
system = "FJFPIS"
sends = ["enquiry.request", "enquiry.feedback", "enquiry.return", "enquiry.withdraw", "enquiry.withdrawn"]
receives = ["enquiry.request", "enquiry.feedback", "enquiry.withdraw", "enquiry.withdrawn"]
places = ["35"]
[adapters.padis]
url = "http://127.0.0.1:{sink}/services/exchange"
[quotas.default]
per_minute = 10000000
per_day = 1000000000
concurrent = 100000
"""


_BLOCK = 10
_BLOCKS = 20


@dataclass(frozen=True, slots=True)
class Ports:
    """Four neighbouring ports of the loopback address, below the ephemeral ones."""

    base: int

    @classmethod
    def free(cls, base: int = 18_400) -> Ports:
        """The first free block from ``base`` on. Raises NotStarted when twenty are taken."""
        for ports in (cls(base + _BLOCK * step) for step in range(_BLOCKS)):
            if not processes.taken(ports.all()):
                return ports
        raise NotStarted(f"no free ports from {base} on")

    @property
    def sink(self) -> int:
        """The stand-in for the national platform."""
        return self.base

    @property
    def floor(self) -> int:
        """The floor's door."""
        return self.base + 1

    @property
    def edge(self) -> int:
        """The hub's door."""
        return self.base + 2

    @property
    def admin(self) -> int:
        """The hub's admin port."""
        return self.base + 3

    def all(self) -> tuple[int, ...]:
        """Every port."""
        return self.sink, self.floor, self.edge, self.admin


class System(Protocol):
    """A started system. ``running`` is the root of its process tree."""

    name: str
    url: str
    authorization: str
    running: Running

    def waiting(self) -> int:
        """Messages accepted and not yet at their recipient, as the store says."""

    def roles(self) -> Mapping[int, str]:
        """What each process of the tree is."""

    def stop(self) -> None:
        """End every process."""


class FloorSystem:
    """The bare process of `bench.floor`."""

    name = "floor"
    authorization = "none"

    def __init__(self, folder: Path, ports: Ports) -> None:
        self._database = folder / "floor.db"
        self.url = f"http://127.0.0.1:{ports.floor}/"
        command = [sys.executable, "-m", "bench.floor", str(ports.floor), str(ports.sink), str(self._database)]
        self.running = processes.start(command, folder / "floor.log")
        processes.wait_for_port(ports.floor, self.running)

    def waiting(self) -> int:
        return _count(self._database, "SELECT count(*) FROM message WHERE state = 0")

    def roles(self) -> Mapping[int, str]:
        return {self.running.pid: "floor"}

    def stop(self) -> None:
        processes.stop(self.running)


class HubSystem:
    """The hub with its defaults but for the quotas: SQLite store, one spoke, the sink as the national platform."""

    name = "hub"

    def __init__(self, folder: Path, ports: Ports) -> None:
        home = folder / "home"
        home.mkdir()
        self._database = home / "data" / "pophub.db"
        text = SETTINGS.format(edge=ports.edge, admin=ports.admin, sink=ports.sink, spoke=SPOKE)
        (home / "pophub.toml").write_text(text, encoding="utf-8")
        env = {k: v for k, v in os.environ.items() if not k.startswith("POPHUB_") or k in PASSED_ON} | {"POPHUB_HOME": str(home)}
        log = folder / "hub.log"
        made = processes.start([sys.executable, "-m", "hub", "init"], log, env)
        if made.process.wait(60) != 0:
            raise NotStarted(f"init failed:\n{made.tail()}")
        secret = (home / "keys" / "spokes" / SPOKE).read_text(encoding="ascii")
        self.authorization = "Basic " + base64.b64encode(f"{SPOKE}:{secret}".encode()).decode()
        self.url = f"http://127.0.0.1:{ports.edge}/soap/enquiry"
        self.running = processes.start([sys.executable, "-m", "hub", "serve"], log, env)
        try:
            processes.wait_for_port(ports.edge, self.running)
        except NotStarted:
            self.stop()
            raise

    def waiting(self) -> int:
        return _count(self._database, _WAITING)

    def roles(self) -> Mapping[int, str]:
        found: dict[int, str] = {}
        for pid in processes.tree(self.running.pid):
            role = _role(processes.command_line(pid))
            found[pid] = "edge worker" if role == "edge" and role in found.values() else role
        return found

    def stop(self) -> None:
        processes.stop(self.running)


_WAITING = """
SELECT (SELECT count(*) FROM message WHERE state = 'accepted')
     + (SELECT count(*) FROM delivery WHERE state IN ('queued', 'claimed', 'released', 'pending'))
"""


def _role(line: str) -> str:
    """The edge's worker is forked and has the edge's own command line; parents come first in a tree."""
    for role in ("edge", "engine"):
        if f"--role {role}" in line:
            return role
    return "tracker" if "resource_tracker" in line else "parent"


def probe(system: System, body: bytes) -> None:
    """Post one request until it is answered 200, for at most 20 s. Raises NotStarted with the last answer."""
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{ACTION}"', "Authorization": system.authorization}
    deadline, said = time.monotonic() + 20, ""
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(urllib.request.Request(system.url, body, headers), timeout=10):
                return
        except urllib.error.HTTPError as fault:
            said = fault.read().decode(errors="replace")[:1000]
        except OSError as fault:
            said = str(fault)
        time.sleep(0.1)
    raise NotStarted(f"{system.name} refuses a request of the load: {said}\n{system.running.tail()}")


def _count(database: Path, query: str) -> int:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
    try:
        return int(connection.execute(query).fetchone()[0])
    finally:
        connection.close()
