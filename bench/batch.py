"""``python -m bench.batch``: batches of 10,000 and 100,000 records through a whole hub, with the peak of memory of every process.

The records are those of the made-up register of tests/made_up, plugged in by POPHUB_PATH; the batch is uploaded in parts over REST.
Wanted: every process at most 300 MiB and at most 1.2 times its peak with 10,000 records; every record answered. Each size runs on a
fresh home. Rates say how fast records got their outcomes (and, with ``--deliver``, how fast everything was delivered as well).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench import processes
from bench.systems import Ports

ROOT = Path(__file__).parents[1]
MADE_UP = ROOT / "tests" / "made_up" / "template"
RESULTS = Path(__file__).with_name("results")
BATCH = "housenumber.reports"
PART = 2 * 1024 * 1024
MOST_MIB, MOST_GROWTH = 300.0, 1.2
SETTINGS = """
profile = "legacy"
edge_port = {edge}
admin_port = {admin}

[adapters.cadastre]
url = "http://127.0.0.1:{register}/register"

[[spokes]]
name = "fjpis"
title = "全员人口系统"
system = "FJPIS"
sends = ["housenumber.report", "housenumber.reports"]
receives = ["housenumber.answer"]
places = ["350203"]
"""


@dataclass
class Run:
    """What one batch took. Peaks in MiB by process, seconds from the first byte sent."""

    records: int
    bytes: int = 0
    uploaded: float = 0.0
    accepted: float = 0.0
    done: float = 0.0
    delivered: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)
    engine_cpu: float = 0.0


class Wire:
    """One kept-alive connection of the spoke."""

    def __init__(self, port: int, secret: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self._fields = {"Authorization": "Basic " + base64.b64encode(f"fjpis:{secret}".encode()).decode()}

    def call(self, method: str, path: str, body: bytes = b"", **fields: str) -> tuple[int, dict[str, str], bytes]:
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        self._connection.request(method, path, body, {**self._fields, **named})
        reply = self._connection.getresponse()
        return reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read()

    def asked(self, method: str, path: str, body: bytes = b"", **fields: str) -> tuple[dict[str, str], dict[str, object]]:
        status, answered, data = self.call(method, path, body, **fields)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {data[:500]!r}")
        return answered, json.loads(data) if data else {}


def document(records: int) -> Iterator[bytes]:
    """The batch in pieces; every hundredth record is bad."""
    yield b'<batch xmlns="urn:pophub:batch:1.0">'
    for n in range(records):
        bad = "" if n % 100 == 50 else "<reportDiv>350203001000</reportDiv>"
        yield (
            f'<housenumberReport xmlns="urn:pophub:housenumber.report:1.0"><reportNo>MB{n:08d}</reportNo>'
            f"<ownerName>欧阳测试{n % 997}</ownerName><street>龙𬱖里{n % 313}号院</street><contactPhone>0592-1234567</contactPhone>{bad}"
            "<reportTime>2026-03-01T09:00:00+08:00</reportTime></housenumberReport>\n"
        ).encode()
    yield b"</batch>"


def main() -> int:
    """Run, print, keep the figures; 1 when memory grew beyond what is wanted or a record has no answer."""
    parser = argparse.ArgumentParser(prog="python -m bench.batch", description=__doc__)
    parser.add_argument("--records", default="10000,100000", help="sizes, parted by commas")
    parser.add_argument("--deliver", action="store_true", help="also wait until everything is delivered")
    parser.add_argument("--name", default="batch", help="of the result file, after the date")
    options = parser.parse_args()
    runs = []
    for size in (int(part) for part in options.records.split(",")):
        with tempfile.TemporaryDirectory(prefix="pophub-batch-") as folder:
            runs.append(measure(Path(folder), size, deliver=options.deliver))
            print(json.dumps(vars(runs[-1])), flush=True)
    text = shown(runs)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-{options.name}.md").write_text(text, encoding="utf-8")
    return 1 if faults(runs) else 0


def measure(folder: Path, records: int, *, deliver: bool) -> Run:
    """One batch on a fresh home."""
    ports, home = Ports.free(), folder / "home"
    home.mkdir()
    edge, admin, register = ports.edge, ports.admin, ports.sink
    (home / "pophub.toml").write_text(SETTINGS.format(edge=edge, admin=admin, register=register), encoding="utf-8")
    env = {**os.environ, "POPHUB_HOME": str(home), "POPHUB_PATH": str(MADE_UP), "PYTHONPATH": str(ROOT)}
    processes.start([sys.executable, "-m", "hub", "init"], folder / "init.log", env).process.wait(120)
    simulator = processes.start(
        [sys.executable, "-m", "hub", "simulate", "cadastre", "--port", str(register), "--ledger", str(folder / "register")],
        folder / "register.log",
        env,
    )
    hub = processes.start([sys.executable, "-m", "hub", "serve"], folder / "hub.log", env)
    try:
        processes.wait_for_port(register, simulator)
        processes.wait_for_port(edge, hub, 60)
        secret = (home / "keys" / "spokes" / "fjpis").read_text(encoding="ascii").strip()
        return _drive(Wire(edge, secret), hub, records, home, deliver=deliver)
    finally:
        processes.stop(hub)
        processes.stop(simulator)


def _drive(wire: Wire, hub: processes.Running, records: int, home: Path, *, deliver: bool) -> Run:
    run, digest = Run(records), hashlib.sha256()
    for piece in document(records):
        digest.update(piece)
    stated = f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    began = time.perf_counter()
    answered, _ = wire.asked(
        "POST", f"/api/v1/batches/{BATCH}", Idempotency_Key=f"B{records}", Repr_Digest=stated, Pophub_Count=str(records), Content_Length="0"
    )  # fmt: skip
    place, offset = answered["location"], 0
    for part in _parts(records):
        wire.asked("PATCH", place, part, Upload_Offset=str(offset), Content_Type="application/partial-upload")
        offset += len(part)
    run.bytes, run.uploaded = offset, time.perf_counter() - began
    wire.asked("POST", f"{place}/complete")
    run.accepted = time.perf_counter() - began
    while (told := wire.asked("GET", place)[1])["state"] != "done":
        time.sleep(0.2)
    run.done = time.perf_counter() - began
    run.counts = {name: int(str(told[name])) for name in ("total", "accepted", "duplicate", "refused")}
    run.engine_cpu = processes.cpu_seconds([pid for pid, role in roles(hub.pid).items() if role == "engine"])
    if deliver:
        while not _quiet(home):
            time.sleep(0.5)
        run.delivered = time.perf_counter() - began
    run.peaks = {role: peak_mib(pid) for pid, role in roles(hub.pid).items()}
    return run


def _parts(records: int) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in document(records):
        waiting += piece
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            del waiting[:PART]
    yield bytes(waiting)


def _quiet(home: Path) -> bool:
    import sqlite3  # noqa: PLC0415 - only to look

    with sqlite3.connect(f"file:{home}/data/pophub.db?mode=ro", uri=True, timeout=30) as db:
        (left,) = db.execute("SELECT (SELECT count(*) FROM message WHERE state = 'accepted') + (SELECT count(*) FROM delivery WHERE recipient LIKE 'system:%' AND settled_at IS NULL)").fetchone()  # fmt: skip
    db.close()
    return int(left) == 0


def roles(parent: int) -> dict[int, str]:
    """The hub's processes: parent, edge, edge worker, engine."""
    found = {parent: "parent"}
    for pid in processes.tree(parent)[1:]:
        words = processes.command_line(pid).split()
        if words[-1:] == ["engine"] and "serve" in words:
            found[pid] = "engine"
        elif words[-1:] == ["edge"]:
            found[pid] = "edge worker" if "edge" in found.values() else "edge"
        elif words and "resource_tracker" not in " ".join(words):
            found[pid] = "edge worker"
    return found


def peak_mib(pid: int) -> float:
    """The largest resident set so far (VmHWM)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def faults(runs: list[Run]) -> list[str]:
    """What is not as wanted."""
    found = [f"{run.records}: {role} {mib} MiB" for run in runs for role, mib in run.peaks.items() if mib > MOST_MIB]
    for run in runs[1:]:
        found += [
            f"{run.records}: {role} grew {mib / runs[0].peaks[role]:.2f} times" for role, mib in run.peaks.items() if mib > MOST_GROWTH * runs[0].peaks[role]
        ]  # fmt: skip
    found += [f"{run.records}: not every record answered" for run in runs if sum(list(run.counts.values())[1:]) != run.records]
    return found


def shown(runs: list[Run]) -> str:
    """The figures as Markdown."""
    load = os.getloadavg()
    lines = [
        "# A batch received and answered", "", f"{os.cpu_count()} cores, load {load[0]:.1f}; register simulated on the same cores; one round.", "",
        "| records | MB | uploaded s | accepted s | all outcomes s | records/s | engine CPU ms/record | all delivered s | accepted, refused |",
        "|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {r.records} | {r.bytes / 1e6:.1f} | {r.uploaded:.1f} | {r.accepted:.1f} | {r.done:.1f} | {r.records / (r.done - r.accepted):.0f} "
            f"| {1000 * r.engine_cpu / r.records:.2f} | {r.delivered or '–'} | {r.counts['accepted']}, {r.counts['refused']} |"
            for r in runs
        ),
        "", "Peak of resident memory (VmHWM), MiB:", "", "| records | " + " | ".join(runs[0].peaks) + " |", "|---" * (len(runs[0].peaks) + 1) + "|",
        *(f"| {r.records} | " + " | ".join(str(mib) for mib in r.peaks.values()) + " |" for r in runs),
        "", f"Wanted: at most {MOST_MIB:.0f} MiB, at most {MOST_GROWTH} times the peak of the smallest. " + ("; ".join(faults(runs)) or "Kept."), "",
    ]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
