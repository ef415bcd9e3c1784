"""The ledger: lines are on disk when it says so, in the order of the calls, and a torn one never counts."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hub.testkit.ledger import Ledger, entry_digest, entry_id, entry_lane, read_ledger


def test_ids_are_the_agreed_ones() -> None:
    """Both sides compute the same names: SHA-256 over the parts joined by a bar, cut to 16, 16 and 32 hex digits."""
    assert entry_id("enquiry.request", "FJFPIS", "X1") == "enquiry.request:2a6eab7aa81407d7"
    assert entry_lane("FJFPIS", "X1") == "2a6eab7aa81407d7"
    assert entry_digest("X1", "1", "", "1990-05-10") == "6c35b599427f2a3e93ff8c0281722749"


def test_written_lines_are_read_in_order(tmp_path: Path) -> None:
    """What is written is there for a reader at once, in order, and a second opening goes on after it."""
    path = tmp_path / "deep" / "a.jsonl"
    first = Ledger(path)
    first.write({"t": "sent", "id": "1"})
    first.add({"t": "call", "id": "2"})
    first.write({"t": "effect", "id": "2"})
    assert [line.get("id") for line in read_ledger(path)] == ["1", "2", "2"]
    again = Ledger(path)
    again.write({"t": "acked", "id": "3"})
    assert [line.get("id") for line in read_ledger(path)] == ["1", "2", "2", "3"]
    again.close()


def test_a_torn_line_is_cut_off(tmp_path: Path) -> None:
    """Half a line at the end is no line, for a reader and for whoever goes on writing."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"t":"sent","id":"1"}\n{"t":"eff')
    assert [line["id"] for line in read_ledger(path)] == ["1"]
    Ledger(path).write({"t": "sent", "id": "2"})
    assert [line["id"] for line in read_ledger(path)] == ["1", "2"]


def test_many_threads_share_flushes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Concurrent writers each return after their own line is flushed, with fewer flushes than lines."""
    flushed: list[int] = []
    real = os.fdatasync

    def counted(fd: int) -> None:
        real(fd)
        flushed.append(os.fstat(fd).st_size)

    monkeypatch.setattr(os, "fdatasync", counted)
    ledger = Ledger(tmp_path / "a.jsonl")

    def write(number: int) -> None:
        for step in range(20):
            ledger.write({"t": "call", "id": f"{number}-{step}"})
            assert flushed, "returned before any flush"

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    lines = list(read_ledger(tmp_path / "a.jsonl"))
    assert len(lines) == 160
    assert len(flushed) < 160
    for number in range(8):
        assert [line["id"] for line in lines if line["id"].startswith(f"{number}-")] == [f"{number}-{step}" for step in range(20)]


def test_a_failed_flush_is_never_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fails, the write that met it and every later one raise."""
    ledger = Ledger(tmp_path / "a.jsonl")

    def broken(_fd: int) -> None:
        raise OSError(5, "input/output error")

    monkeypatch.setattr(os, "fdatasync", broken)
    for _ in range(2):
        with pytest.raises(OSError, match="input/output"):
            ledger.write({"t": "effect", "id": "1"})


def test_what_was_written_survives_a_kill(tmp_path: Path) -> None:
    """A process killed right after a write leaves that line, whole."""
    path = tmp_path / "a.jsonl"
    code = (
        "import os, sys; from pathlib import Path; from hub.testkit.ledger import Ledger\n"
        "Ledger(Path(sys.argv[1])).write({'t': 'effect', 'id': '1'}); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False, cwd=Path(__file__).parents[3], timeout=30)
    assert [line["id"] for line in read_ledger(path)] == ["1"]
