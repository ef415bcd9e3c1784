"""Fixtures of the door tests: whatever a test sends, nothing of it may leak and the next good request must work."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.hub.pipeline.rig import Rig
from tests.security import corpora
from tests.security.edge_door import EdgeDoor
from tests.security.wire import Wire
from tests.soap_door import CANARY, Door, envelope, said, say
from tests.soap_door_server import serving

collect_ignore = [] if corpora.folder() else ["test_corpora.py"]
"""Run by ``make corpora``, which fetches what they need."""
GOOD = envelope(say("你好")).encode()


@contextmanager
def _overheard(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """What goes to the log at any level, and to standard output and error, holds no canary."""
    told = io.StringIO()
    listener = logging.StreamHandler(told)
    root = logging.getLogger()
    before = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(listener)
        root.setLevel(before)
    out, err = capfd.readouterr()
    assert CANARY not in told.getvalue() + out + err


@pytest.fixture
def door(capfd: pytest.CaptureFixture[str]) -> Iterator[Door]:
    """A door that afterwards proves itself: no value in replies, log or output, and it still serves."""
    with _overheard(capfd):
        door = Door()
        yield door
        door.handler = said
        for version in ("1.1", "1.2"):
            assert door.post(envelope(say("你好"), version=version), version).status == 200
    assert door.slowest < 3
    assert not any(CANARY.encode() in reply.body for reply in door.replies)
    assert not any(CANARY in str(reply.headers) for reply in door.replies)


@pytest.fixture
def edge(rig: Rig, capfd: pytest.CaptureFixture[str]) -> Iterator[EdgeDoor]:
    """The whole edge over a real store. Afterwards: no canary in replies, log, output or any file, and it still accepts."""
    with _overheard(capfd):
        edge = EdgeDoor(rig)
        yield edge
        assert edge.enquire().status == 200
    assert edge.slowest < 3
    assert not any(CANARY.encode() in reply.body for reply in edge.replies)
    assert not any(CANARY in str(reply.headers) for reply in edge.replies)
    files = [file for file in rig.home.rglob("*") if file.is_file()]
    assert files and not [file.name for file in files if CANARY.encode() in file.read_bytes()]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server's output goes."""
    return tmp_path_factory.mktemp("door") / "server.log"


@pytest.fixture(scope="module")
def port(log: Path) -> Iterator[int]:
    """The port of a running server; when all is done, its output holds nothing of any message."""
    with serving(log) as port:
        yield port
    assert CANARY not in log.read_text(errors="replace")


@pytest.fixture
def wire(port: int) -> Iterator[Wire]:
    """The running server; after each test the next good request succeeds."""
    wire = Wire(port)
    yield wire
    assert wire.post(GOOD).status == 200
