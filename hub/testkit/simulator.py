"""A simulated external system as a real server: HTTP/1.1 with kept-alive connections on loopback, in its own process.

Beside its own address it answers ``/_control`` (GET shows, POST switches faults and gives it orders) and ``/_ledger``
(GET: what arrived and what was applied). Faults are drawn per call and done by `spoilers`.
"""

from __future__ import annotations

import contextlib
import json
import signal
import socketserver
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Protocol

from hub.testkit.faults import Faults
from hub.testkit.ledger import read_ledger
from hub.testkit.spoilers import Arrival, answer
from hub.testkit.wire import Answer, Wire

_MAX_BODY: Final = 16 * 1024 * 1024
_JSON: Final = "application/json; charset=utf-8"


class Simulated(Protocol):
    """What a simulated system does. Called from many threads at once; ``path`` is its address on the server."""

    path: str

    def receive(self, body: bytes) -> Arrival:
        """Understand one call and note its arrival. Never raises: what it cannot read becomes a refusing `Arrival`."""

    def order(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what ``/_control`` asks beyond faults; returns what to tell. Raises ValueError for an order it does not know."""

    def state(self) -> Mapping[str, Any]:
        """What ``/_control`` shows beside the faults."""

    def close(self) -> None:
        """Stop working and close its ledger."""


class SimulatorServer(ThreadingHTTPServer):
    """The server of one simulated system. ``ledger`` is the file that ``/_ledger`` shows."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, system: Simulated, port: int, ledger: Path) -> None:
        self.system, self.ledger = system, ledger
        self.faults = Faults()
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        """Bind without looking the host name up."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller who leaves in the middle is part of the game; everything else is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: SimulatorServer

    def do_POST(self) -> None:
        body = self._read()
        if body is None:
            self._answer(Answer(b"", 411))
        elif self.path == self.server.system.path:
            arrival = self.server.system.receive(body)
            wire = Wire(self.connection, self.server.stopping)
            answer(wire, arrival, self.server.faults.draw(arrival.operation))
            self.close_connection = self.close_connection or not wire.open
        elif self.path == "/_control":
            self._control(body)
        else:
            self._answer(Answer(b"", 404))

    def do_GET(self) -> None:
        if self.path == "/_control":
            self._show({"faults": self.server.faults.shown(), **self.server.system.state()})
        elif self.path == "/_ledger":
            lines = list(read_ledger(self.server.ledger))
            kinds = {"calls": "call", "effects": "effect", "sent": "sent", "acked": "acked"}
            self._show({name: [line for line in lines if line["t"] == kind] for name, kind in kinds.items()})
        else:
            self._answer(Answer(b"", 404))

    def log_message(self, *_: object) -> None:
        """Nothing: a request line is no news, and a body must never be logged."""

    def _read(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > _MAX_BODY:
            self.close_connection = True
            return None
        return self.rfile.read(int(length))

    def _control(self, body: bytes) -> None:
        try:
            order = dict(json.loads(body))
            faults, seed = order.pop("faults", None), order.pop("seed", None)
            if faults is not None:
                self.server.faults.set(faults, seed)
            self._show(self.server.system.order(order) if order else {})
        except (ValueError, TypeError, KeyError, AttributeError) as fault:
            self._show({"error": str(fault)}, 400)

    def _show(self, value: Mapping[str, Any], status: int = 200) -> None:
        self._answer(Answer(json.dumps(value, ensure_ascii=False).encode(), status, _JSON))

    def _answer(self, made: Answer) -> None:
        wire = Wire(self.connection, self.server.stopping)
        wire.send(made.raw())
        self.close_connection = self.close_connection or not wire.open


@contextlib.contextmanager
def running(system: Simulated, port: int, ledger: Path) -> Iterator[SimulatorServer]:
    """Serve in a thread of this process while the block runs. Raises OSError when the port is taken."""
    server = SimulatorServer(system, port, ledger)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        system.close()


def serve(system: Simulated, port: int, ledger: Path) -> None:
    """Serve until SIGTERM or SIGINT; what a simulator's ``main`` calls, from the main thread."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with running(system, port, ledger):
        ended.wait()
