"""A partner of the demo: its simulator as a process of its own, told by ``/_control`` which calls to spoil and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.province import Person
from demo.spokes.wire import NoAnswerError, Wire, request


@dataclass(frozen=True, slots=True)
class Calls:
    """As whom a system calls the hub in its own vocabulary: name and system of the caller, what it may send."""

    name: str
    system: str
    sends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HubSeen:
    """Where a partner finds the hub, and with which credential."""

    url: str
    name: str
    secret_file: Path


@dataclass(frozen=True, slots=True)
class Simulator:
    """What the demo must know of a simulated system. ``toml`` makes the lines of pophub.toml under ``[adapters.<name>]``, of its port
    and its ledger.

    ``knows`` says whom it knows: they stand beside its ledger before it starts. ``faults`` are what goes wrong on the demo
    day, as ``/_control`` takes them. ``calls``: it calls the hub.
    """

    name: str
    title: str
    port: int
    toml: Callable[[int, Path], Iterable[str]]
    faults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    knows: Callable[[Person], bool] = lambda _person: False
    calls: Calls | None = None


_LONG_SECONDS = 600.0
KNOWN = ".people"
"""Ending of the file beside a simulator's ledger: whom it knows (register entries, JSON Lines)."""


class Partner:
    """Gives orders to a simulator on a port of 127.0.0.1."""

    def __init__(self, simulator: Simulator, port: int, ledger: Path, hub: HubSeen) -> None:
        self.simulator, self.port, self.ledger, self.hub = simulator, port, ledger, hub
        self._wire, self._host = Wire("127.0.0.1", port, timeout=60.0), f"127.0.0.1:{port}"
        self._apart = ThreadPoolExecutor(1)

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            self.state()
        except NoAnswerError:
            return False
        return True

    def state(self) -> dict[str, Any]:
        """Its counts and faults. Raises NoAnswerError."""
        return self._ask("GET")

    def order(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Tell it what to do; what it says to that. Raises NoAnswerError, also when it refuses."""
        return self._ask("POST", order)

    def order_apart(self, order: Mapping[str, Any]) -> Future[dict[str, Any]]:
        """The same without waiting for its end, one after the other, however long each takes."""
        return self._apart.submit(lambda: self._on(Wire("127.0.0.1", self.port, timeout=_LONG_SECONDS), "POST", order))

    def misbehave(self, seed: int) -> None:
        """Spoil calls from now on as its declaration says."""
        self.order({"faults": self.simulator.faults, "seed": seed})

    def _ask(self, method: str, order: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return self._on(self._wire, method, order)

    def _on(self, wire: Wire, method: str, order: Mapping[str, Any] | None) -> dict[str, Any]:
        body = json.dumps(order).encode() if order else b""
        reply = wire.exchange(request(method, "/_control", self._host, {"Content-Type": "application/json"}, body))
        if reply.status != 200:
            raise NoAnswerError(f"{self.simulator.name} refused: {reply.body.decode(errors='replace')}")
        answer: dict[str, Any] = json.loads(reply.body)
        return answer
