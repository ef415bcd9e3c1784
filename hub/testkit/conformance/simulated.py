"""An adapter's own simulator as a process of its own, started the way an operator starts it."""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from hub.testkit.conformance.verdict import Failed
from hub.testkit.ledger import read_ledger

_LOWEST, _HIGHEST = 20_000, 32_000
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 15.0


def free_port() -> int:
    """A port of 127.0.0.1 below the ephemeral range that is free now. Raises OSError when a hundred are taken."""
    for port in random.sample(range(_LOWEST, _HIGHEST), 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port")


class SimulatorProcess:
    """One simulator with a port and a ledger of its own; started by construction. Raises `Failed` when it does not come up."""

    def __init__(self, system: str, folders: Sequence[Path], place: Path) -> None:
        place.mkdir(parents=True, exist_ok=True)
        self.port, self.ledger, self._log = free_port(), place / f"{system}.jsonl", place / f"{system}.log"
        self._command = [sys.executable, "-m", "hub", "simulate", system, "--port", str(self.port), "--ledger", str(self.ledger)]
        self._environment = {
            **os.environ,
            "POPHUB_PATH": os.pathsep.join(str(f.resolve()) for f in folders),
            "POPHUB_HOME": str(place),
        }
        self._place = place
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it, again on the same port and ledger, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                self._command, env=self._environment, cwd=self._place, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", self.port)):
                    return
            time.sleep(0.05)
        self.stop()
        raise Failed(f"the simulator does not come up: {self._log.read_text(encoding='utf-8', errors='replace')[-500:]}")

    def stop(self) -> None:
        """End it: asked first, then made to."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def order(self, order: Mapping[str, Any]) -> bool:
        """Give an order through ``/_control``; False when the simulator does not know it."""
        return self._ask("POST", json.dumps(order, ensure_ascii=False).encode())[0] == http.HTTPStatus.OK

    def faults(self, ways: Mapping[str, Mapping[str, Any]]) -> None:
        """Put exactly these faults in force; an empty mapping makes it good again."""
        if not self.order({"faults": ways, "seed": 1}):
            raise Failed(f"the simulator refuses the faults {', '.join(ways)}")

    def effects(self) -> int:
        """How many calls it worked: effects its ledger states or, of a system that works later, calls it took (``taken``)."""
        counts = Counter(line.get("t") for line in read_ledger(self.ledger))
        return counts["taken"] or counts["effect"]

    def shown(self) -> dict[str, Any]:
        """What ``/_control`` shows: faults in force, the system's own counts."""
        return dict(self._ask("GET")[1])

    def _ask(self, method: str, body: bytes | None = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, "/_control", body)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()
