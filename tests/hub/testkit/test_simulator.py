"""A simulator as a server: whole answers, every way to spoil one, its control and its ledger."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hub.testkit.faults import WAYS
from hub.testkit.ledger import Ledger, read_ledger
from hub.testkit.simulator import SimulatorServer, running
from hub.testkit.spoilers import Arrival
from hub.testkit.wire import Answer
from hub.transports.http_client import Ambiguous, HttpClient
from tests.scripted_partner import free_port

WORKED = "<done>办好</done>".encode()
IDLE = {"hang", "500", "busy", "redirect", "reset_before_work", "reject"}


class Echo:
    """A simulated system that counts its work."""

    path = "/echo"

    def __init__(self, ledger: Path) -> None:
        self.ledger = Ledger(ledger)

    def receive(self, body: bytes) -> Arrival:
        self.ledger.add({"t": "call", "id": body.decode()})
        return Arrival("echo", lambda: self._work(body), lambda code: Answer(f"<refused>{code}</refused>".encode()))

    def _work(self, body: bytes) -> Answer:
        self.ledger.write({"t": "effect", "id": body.decode()})
        return Answer(WORKED)

    def order(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        if set(order) != {"ring"}:
            raise ValueError("unknown order")
        return {"rang": order["ring"]}

    def state(self) -> Mapping[str, Any]:
        return {"awake": True}

    def close(self) -> None:
        self.ledger.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SimulatorServer]:
    """The echo system, served."""
    ledger = tmp_path / "echo.jsonl"
    with running(Echo(ledger), free_port(), ledger) as running_server:
        yield running_server


def tell(server: SimulatorServer, path: str, order: object = None) -> tuple[int, Any]:
    """GET, or POST of an order as JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        connection.request("GET" if order is None else "POST", path, None if order is None else json.dumps(order))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


def effects(server: SimulatorServer) -> list[str]:
    """What was applied, by id."""
    return [line["id"] for line in read_ledger(server.ledger) if line["t"] == "effect"]


@pytest.mark.parametrize("way", sorted(WAYS))
def test_each_way_works_or_not_as_it_says(server: SimulatorServer, way: str) -> None:
    """A fault that says it does no work leaves no effect, every other exactly one; the next call is a good one."""
    tell(server, "/_control", {"faults": {way: {"count": 1, "ms": 40 if way != "late" else 700, "code": "77"}}})
    client = HttpClient(f"http://127.0.0.1:{server.server_port}/echo")
    if way in {"hang", "reset_before_work", "truncated", "trickle", "lose_answer_after_work", "late"}:
        with pytest.raises(Ambiguous):
            client.post(b"1", {}, 0.5)
    else:
        reply = client.post(b"1", {}, 5)
        assert reply.status == {"500": 500, "busy": 503, "redirect": 302}.get(way, 200)
        assert (reply.body == WORKED) is (way in {"slow", "answer_twice"})
    deadline = time.monotonic() + 5
    while way not in IDLE and not effects(server) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert effects(server) == ([] if way in IDLE else ["1"])
    assert client.post(b"2", {}, 5).body == WORKED
    assert tell(server, "/_control")[1]["faults"][way]["injected"] == 1
    client.close()


def test_an_answer_given_twice_is_on_the_wire_twice(server: SimulatorServer) -> None:
    """The second answer really leaves the simulator."""
    tell(server, "/_control", {"faults": {"answer_twice": {"count": 1}}})
    with socket.create_connection(("127.0.0.1", server.server_port), 5) as sock:
        sock.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\n1")
        data = b""
        while more := sock.recv(4096):
            data += more
    assert data.count(WORKED) == 2
    assert effects(server) == ["1"]


def test_connections_are_kept_and_served_at_once(server: SimulatorServer) -> None:
    """Calls on many connections do not wait for one another, and a connection carries many."""
    tell(server, "/_control", {"faults": {"hang": {"count": 1}}})
    client = HttpClient(f"http://127.0.0.1:{server.server_port}/echo")
    hanging = ThreadPoolExecutor(1).submit(client.post, b"0", {}, 2.0)
    deadline = time.monotonic() + 5
    while not server.faults.shown()["hang"]["injected"] and time.monotonic() < deadline:
        time.sleep(0.01)
    for _ in range(20):
        assert client.post(b"1", {}, 1).body == WORKED
    assert not hanging.done()
    assert isinstance(hanging.exception(10), Ambiguous)
    client.close()


def test_control_and_ledger(server: SimulatorServer) -> None:
    """Control shows faults and state, hands further orders on, and refuses what it does not know; the ledger tells calls and effects."""
    assert tell(server, "/_control") == (200, {"faults": {}, "awake": True})
    assert tell(server, "/_control", {"ring": 3}) == (200, {"rang": 3})
    assert tell(server, "/_control", {"faults": {"nope": {}}})[0] == 400
    assert tell(server, "/_control", {"other": 1})[0] == 400
    assert tell(server, "/_control", [1])[0] == 400
    assert tell(server, "/nowhere")[0] == 404
    client = HttpClient(f"http://127.0.0.1:{server.server_port}/echo")
    client.post(b"1", {}, 5)
    client.close()
    told = tell(server, "/_ledger")[1]
    assert [line["id"] for line in told["calls"]] == [line["id"] for line in told["effects"]] == ["1"]


def test_it_ends_on_sigterm(tmp_path: Path) -> None:
    """A simulator in its own process answers until SIGTERM, then ends with its ledger closed."""
    port, ledger = free_port(), tmp_path / "padis.jsonl"
    code = (
        "import sys; from pathlib import Path; from adapters.padis.simulator import main; main(int(sys.argv[1]), Path(sys.argv[2]))"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(port), str(ledger)], cwd=Path(__file__).parents[3])
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        control = HttpClient(f"http://127.0.0.1:{port}/_control")
        assert control.post(b'{"originate":{"count":1,"places":["350102001000"]}}', {}, 5).status == 200
        control.close()
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(10) == 0
        assert [line["t"] for line in read_ledger(ledger)] == ["sent", "closed"]
    finally:
        process.kill()
        process.wait()
