"""One measurement: a fresh system and a fresh sink, a warm-up, the load, the draining, and the accounts."""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import processes, systems, wrk
from bench.load import Load
from bench.processes import NotStarted
from bench.systems import Ports, System

DRAIN_SECONDS = 60.0
QUIET_LOOKS = 3
WARM_UP_CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Cell:
    """What one round with one number of connections gave. Rates per second, latencies in ms, CPU in s per 1,000 delivered.

    ``difference`` is delivered + waiting - acknowledged: 0, or up to ``unanswered`` more where requests got no answer at all;
    below 0 is loss. ``repeated`` are deliveries beyond one per message.
    """

    system: str
    connections: int
    acknowledged: int
    acknowledged_per_second: float
    p50: float
    p99: float
    longest: float
    errors: int
    unanswered: int
    delivered: int
    delivered_per_second: float
    waiting: int
    difference: int
    repeated: int
    cpu_per_1000: float
    cpu_seconds: dict[str, float]
    pss_mib: dict[str, float]

    @property
    def balanced(self) -> bool:
        """Nothing lost, nothing from nowhere."""
        return 0 <= self.difference <= self.unanswered

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


During = Callable[[System], Callable[[], None]]
"""Called when the load begins; what it returns is called when the load has ended."""


def measure(
    make: type[systems.FloorSystem | systems.HubSystem], folder: Path, ports: Ports, load: Load, connections: int, seconds: int,
    during: During | None = None,
) -> Cell:  # fmt: skip
    """Measure one cell in an empty folder. Whatever happens, what was started is stopped."""
    if taken := processes.taken(ports.all()):
        raise NotStarted(f"port(s) {', '.join(map(str, taken))} taken: choose others with --base-port")
    folder.mkdir(parents=True)
    sink = processes.start([sys.executable, "-m", "bench.sink", str(ports.sink)], folder / "sink.log")
    try:
        processes.wait_for_port(ports.sink, sink)
        system: System = make(folder, ports)
        try:
            first = _warm_up(system, load)
            return _loaded(system, ports, load, first, connections, seconds, during)
        finally:
            system.stop()
    finally:
        processes.stop(sink)


def _warm_up(system: System, load: Load) -> int:
    with load.bodies.open("rb") as file:
        systems.probe(system, file.read(int.from_bytes(file.read(4))))
    warm = wrk.run(system.url, load, 1, WARM_UP_CONNECTIONS, 1, system.authorization)
    if waiting := _drain(system):
        raise NotStarted(f"{system.name}: {waiting} messages of the warm-up were not delivered\n{system.running.tail()}")
    return 1 + warm.used


def _loaded(system: System, ports: Ports, load: Load, first: int, connections: int, seconds: int, during: During | None) -> Cell:
    before, cpu_before, began = _sink(ports), _cpu(system), time.monotonic()
    ended = during(system) if during else None
    answered = wrk.run(system.url, load, first, connections, seconds, system.authorization)
    pss = {name: round(processes.pss_mib(pid), 1) for pid, name in system.roles().items()}
    if ended:
        ended()
    waiting = _drain(system)
    cpu = {name: round(used - cpu_before.get(name, 0.0), 2) for name, used in _cpu(system).items()}
    after = _sink(ports)
    delivered = after["numbers"] - before["numbers"]
    return Cell(
        system=system.name, connections=connections, acknowledged=answered.acknowledged,
        acknowledged_per_second=round(answered.per_second, 1), p50=answered.p50, p99=answered.p99, longest=answered.longest,
        errors=answered.errors, unanswered=answered.unanswered, delivered=delivered, delivered_per_second=round(delivered / max(after["last"] - began, 0.001), 1),
        waiting=waiting, difference=delivered + waiting - answered.acknowledged,
        repeated=after["calls"] - before["calls"] - delivered,
        cpu_per_1000=round(sum(cpu.values()) / max(delivered, 1) * 1000, 3), cpu_seconds=cpu, pss_mib=pss,
    )  # fmt: skip


def _drain(system: System) -> int:
    """Until nothing waits, no longer than `DRAIN_SECONDS`; what still waits.

    Three looks in a row must find nothing: a request without an answer may still be on its way in.
    """
    deadline, quiet, waiting = time.monotonic() + DRAIN_SECONDS, 0, 0
    while quiet < QUIET_LOOKS and time.monotonic() < deadline:
        waiting = system.waiting()
        quiet = 0 if waiting else quiet + 1
        time.sleep(0.1)
    return waiting


def _cpu(system: System) -> dict[str, float]:
    used: dict[str, float] = {}
    for pid, name in system.roles().items():
        used[name] = used.get(name, 0.0) + processes.cpu_seconds([pid])
    return used


def _sink(ports: Ports) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{ports.sink}/count", timeout=10) as answer:
        return dict(json.load(answer))
