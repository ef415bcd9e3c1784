"""The stand-in for the national platform, called by the adapter that the hub uses."""

from __future__ import annotations

import json
import socket
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.padis import ADAPTER
from bench import processes
from hub.contract.outcome import Delivered, Released

pytest.importorskip("uvloop")
pytest.importorskip("httptools")
SUBMIT = ADAPTER.operations[0]
DOCUMENT = b"<XCQQ><FQXT>FJFPIS</FQXT><XCH>XC1</XCH></XCQQ>"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    number = next(p for p in range(18_900, 18_950) if not processes.taken([p]))
    running = processes.start([sys.executable, "-m", "bench.sink", str(number)], tmp_path_factory.mktemp("sink") / "log")
    processes.wait_for_port(number, running)
    yield number
    processes.stop(running)


def count(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/count", timeout=5) as answer:
        return json.load(answer)


def test_adapter_reads_its_answers_and_they_are_counted_by_key(port: int) -> None:
    """A submission is delivered, a repeated one counts as a call but not as a key; only what came is known; nothing to download."""
    partner = ADAPTER.connect({"url": f"http://127.0.0.1:{port}/services/exchange"})
    try:
        assert isinstance(partner.ask(SUBMIT, "FJ-1-1"), Released)
        for key in ("FJ-1-1", "FJ-1-1", "FJ-1-2"):
            outcome = partner.deliver(SUBMIT, DOCUMENT, key)
            assert isinstance(outcome, Delivered)
            assert outcome.effective_at is not None
        assert isinstance(partner.ask(SUBMIT, "FJ-1-1"), Delivered)
        assert partner.poll(ADAPTER.feeds[0], "").items == ()
    finally:
        partner.close()
    counted = count(port)
    assert (counted["calls"], counted["serials"], counted["numbers"]) == (3, 2, 1)


def test_what_is_no_exchange_is_refused(port: int) -> None:
    """A request without transaction and serial number is answered 400 and not counted."""
    before = count(port)["calls"]
    body = b"<XCH>1</XCH>"
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        assert connection.recv(4096).startswith(b"HTTP/1.1 400")
    assert count(port)["calls"] == before


def test_stopping_ends_the_process(tmp_path: Path) -> None:
    """What was started is gone after stop."""
    running = processes.start([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "log")
    processes.stop(running)
    assert running.process.returncode is not None
    assert processes.command_line(running.pid) == ""
