"""What the doctor looks at, one by one: the calendar, the ports, the clock against the store; and how moments are written."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import update

from hub.backends.sql.engine import open_engine
from hub.backends.sql.read import Question, find
from hub.backends.sql.tables import MESSAGE
from hub.control_bus.diagnosis.machine import covered, disk, port_state
from hub.control_bus.diagnosis.store import store
from hub.control_bus.moments import since
from hub.control_bus.refusals import Refused
from hub.reference.calendar import WorkingCalendar
from hub.settings import load
from tests.hub.control_bus.traffic import Traffic

KNOWN = WorkingCalendar("made", 2004, 2026, frozenset(), frozenset())


@contextmanager
def served(status: int, body: bytes) -> Iterator[int]:
    """A server on a free port that answers every GET alike."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("day", "level"), [(date(2026, 6, 1), "ok"), (date(2026, 11, 1), "ok"), (date(2026, 11, 3), "warn"), (date(2027, 1, 1), "fail")]
)
def test_the_calendar_must_reach_the_due_dates_to_come(day: date, level: str) -> None:
    """A year without known holidays is a failure once it has come, a warning when a limit may reach it."""
    assert covered(KNOWN, day).level == level


@pytest.mark.parametrize(
    ("status", "body", "level"),
    [(200, b'{"status": "ok"}', "ok"), (503, b'{"status": "not ready"}', "fail"), (200, b"<html>", "fail"), (404, b"", "fail")],
)
def test_a_port_is_free_or_served_by_the_hub(status: int, body: bytes, level: str) -> None:
    """Only the hub's own healthy answer is fine; a hub that is not ready and a stranger are failures."""
    with served(status, body) as port:
        assert port_state("edge", "127.0.0.1", port, "/healthz").level == level
    assert port_state("edge", "127.0.0.1", port, "/healthz").level == "ok"


def test_a_clock_behind_the_newest_message_is_a_failure(traffic: Traffic, tmp_path: Path) -> None:
    """A message accepted in the future means that the clock went back."""
    home = tmp_path / "copy"
    shutil.copytree(traffic.home, home)
    assert [f.level for f in store(load(home))] == ["ok", "ok"]
    engine = open_engine(load(home).store_url)
    with engine.begin() as connection:
        connection.execute(update(MESSAGE).values(accepted_at=int((time.time() + 3600) * 1000)))
    engine.dispose()
    assert [(f.what, f.level) for f in store(load(home))] == [("store", "ok"), ("migration", "ok"), ("clock", "fail")]


def test_little_disk_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Below 1 GiB nothing more should be accepted; below 5 GiB the operator is warned."""
    settings = load(tmp_path)
    levels = []
    for gib in (0.5, 3, 50):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=gib: shutil._ntuple_diskusage(0, 0, int(free * 2**30)))  # type: ignore[attr-defined]
        levels += [f.level for f in disk(settings)]
    assert levels == ["fail", "warn", "ok"]


NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90m", 1_799_994_600_000), ("24h", 1_799_913_600_000), ("7d", 1_799_395_200_000), ("2026-03-01", 1_772_294_400_000),
        ("2026-03-01T08:00", 1_772_323_200_000), ("2026-03-01T00:00:00+00:00", 1_772_323_200_000),
    ],
)  # fmt: skip
def test_a_moment_is_so_long_ago_or_in_china_time(text: str, moment: int) -> None:
    """A date without zone is +08:00."""
    assert since(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "0h", "24", "h", "-1h", "24H", "２４h", "yesterday", "2026-13-01"])
def test_any_other_moment_is_refused(text: str) -> None:
    """What is not understood is not guessed."""
    with pytest.raises(Refused):
        since(text, NOW)


def test_a_question_looks_back_only_so_far(traffic: Traffic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key only the newest rows are looked at, and the answer says when older ones were left out."""
    engine = open_engine(load(traffic.home).store_url)
    ask: Callable[[int], tuple[int, bool, bool]] = lambda limit: (  # noqa: E731
        len((a := find(engine, Question(0, limit, channel="enquiry.request"))).found), a.more, a.cut,
    )  # fmt: skip
    assert ask(50) == (2, False, False)
    assert ask(1) == (1, True, False)
    monkeypatch.setattr("hub.backends.sql.read.LOOK_BACK", 2)
    assert ask(50) == (1, False, True)
    engine.dispose()
