"""A small real day through a real hub: its account, its ledgers that nobody can touch, and an end that leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest

from demo.families import ROUTES
from hub.testkit.checker import check
from hub.testkit.evidence import Line, read_ledgers, read_states

ROOT: Final = Path(__file__).parents[2]
MESSAGES: Final = 100
FIGURES: Final = {"accepted", "refused", "delivered", "rejected", "dead", "unknown", "waiting", "filtered", "unroutable", "no_recipient",
                   "duplicates", "lost"}  # fmt: skip


def free_ports(count: int) -> list[int]:
    """So many free ports of 127.0.0.1, below those that the system hands out itself."""
    found: list[int] = []
    for port in range(23_000 + os.getpid() % 4_000, 31_000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                found.append(port)
        if len(found) == count:
            return found
    raise OSError("no free ports")


def command(*more: str) -> list[str]:
    """``pophub demo`` on free ports."""
    return [sys.executable, "-m", "hub", "demo", "--ports", ",".join(map(str, free_ports(2))), *more]


def environment(temporary: Path) -> dict[str, str]:
    """Temporary homes go below the test's own folder; no setting from outside."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POPHUB_")}
    temporary.mkdir(exist_ok=True)
    return {**kept, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}


@dataclass(frozen=True)
class Day:
    """What a day left: its exit code, its account, its ledgers."""

    code: int
    account: dict[str, Any]
    keep: Path
    temporary: Path
    said: str

    @property
    def ledgers(self) -> dict[str, list[Line]]:
        """The ledgers by file name."""
        return {
            Path(name).name: lines
            for name, lines in read_ledgers((self.keep / "ledgers").glob("*.jsonl")).items()
            if "states" not in name and lines
        }


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """A day of a hundred enquiries and their answers."""
    folder = tmp_path_factory.mktemp("day")
    arguments = command("--once", "--json", "--messages", str(MESSAGES), "--keep", str(folder / "keep"), "--deadline", "200")
    done = subprocess.run(arguments, env=environment(folder / "tmp"), capture_output=True, text=True, timeout=400, check=False)
    assert done.stdout.strip(), done.stderr[-3000:]
    return Day(done.returncode, json.loads(done.stdout.splitlines()[-1]), folder / "keep", folder / "tmp", done.stderr)


def test_a_real_day_is_good(day: Day) -> None:
    """Every route of a day with a misbehaving platform ends with nothing lost, doubled or waiting, and exit code 0."""
    assert day.account["ok"], (day.account["problems"], day.account["named"], day.said[-2000:])
    assert day.code == 0
    assert day.account["messages"] >= MESSAGES
    assert day.account["invalid"] == day.account["refused"] > 10
    assert sum(day.account["faults_injected"]["padis"].values()) > 0
    assert day.account["tried"]["cross_province"] >= 0.3
    assert day.account["tried"]["answered"] >= 0.3
    assert set(day.account["routes"]) == set(ROUTES)
    assert all(set(route) == FIGURES for route in day.account["routes"].values())


def test_a_day_leaves_nothing_but_what_is_kept(day: Day) -> None:
    """The temporary home is gone, and the kept states say of every acknowledged message that it was delivered."""
    assert list(day.temporary.glob("pophub-demo-*")) == []
    states = read_states(day.keep / "ledgers" / "states.jsonl")
    acknowledged = {line["hub"] for lines in day.ledgers.values() for line in lines if line["t"] == "acked" and line.get("hub")}
    assert acknowledged <= set(states)
    assert {delivery["state"] for state in states.values() for delivery in state["deliveries"]} == {"delivered"}
    assert all(state["deliveries"] or state["state"] in ("no_recipient", "filtered") for state in states.values())


def test_kept_ledgers_hold_no_personal_data(day: Day) -> None:
    """Ledgers are ids, digests and numbers: no name, no citizen number, no credential."""
    text = "".join(path.read_text(encoding="utf-8") for path in (day.keep / "ledgers").glob("*.jsonl"))

    assert text.isascii()
    assert "3599" not in "".join(
        str(line.get(name, "")) for lines in day.ledgers.values() for line in lines for name in ("kind", "route")
    )
    allowed = {
        "no",
        "t",
        "id",
        "lane",
        "digest",
        "route",
        "kind",
        "type",
        "way",
        "to",
        "of",
        "hub",
        "duplicate",
        "laneNo",
        "receipt",
        "code",
        "key",
        "at",
        "chain",
        "query",
        "end",
        "expects",
        "ticket",
        "row",
    }
    assert {name for lines in day.ledgers.values() for line in lines for name in line} <= allowed


def tampered(lines: list[Line]) -> Iterator[tuple[str, set[str], list[Line]]]:
    """Acked and effect lines taken out, doubled, and exchanged with the next of their kinds: of a batch's records some, else each."""
    spots = [n for n, line in enumerate(lines) if line["t"] in ("acked", "effect")]
    spots = spots[:: max(1, len(spots) // 30)]
    for n in spots:
        yield "delete", {lines[n]["id"]}, lines[:n] + lines[n + 1 :]
        yield "double", {lines[n]["id"]}, lines[: n + 1] + lines[n:]
    for n, m in pairwise(spots):
        swapped = list(lines)
        swapped[n], swapped[m] = lines[m], lines[n]
        yield "swap", {lines[n]["id"], lines[m]["id"]}, swapped


def test_no_promise_of_a_real_day_can_be_touched(day: Day) -> None:
    """Whatever acked or effect line of whatever ledger is deleted, doubled or swapped, the checker names its id."""
    ledgers, tried = day.ledgers, 0
    assert check(ledgers, read_states(day.keep / "ledgers" / "states.jsonl"), closed=True).ok
    for name, lines in ledgers.items():
        for what, ids, changed in tampered(lines):
            faults = check(ledgers | {name: changed}).faults
            assert ids <= {one for named in faults.values() for one in named}, (what, name, ids)
            tried += 1

    assert tried > 3 * MESSAGES


def descendants(pid: int) -> set[int]:
    """The process and everything it started, directly or not."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_endless_demo_stops_when_told(tmp_path: Path, number: signal.Signals) -> None:
    """`make run` tells when the first enquiry is answered; at Ctrl-C or SIGTERM no process and no temporary home is left."""
    with subprocess.Popen(command(), env=environment(tmp_path / "tmp"), stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stderr is not None
        said, watchdog = "", threading.Timer(120, demo.kill)
        watchdog.start()
        for line in demo.stderr:
            said += line
            if "/_control" in line and "第一笔协查已反馈" in said:
                break
        family = descendants(demo.pid)
        demo.send_signal(number)
        said += demo.stderr.read()
        watchdog.cancel()
        assert demo.wait(60) == 0, said

    assert "第一笔协查已反馈" in said
    assert len(family) >= 6
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]
    assert list((tmp_path / "tmp").glob("pophub-demo-*")) == []
