"""``python -m bench.queries [--system padis|police]``: 500 concurrent case queries on a platform that hangs, beside ordinary enquiries.

Interleaved phases A (enquiries alone), B (with the queries): A B A B A B. Each phase begins with all 500 askers at once; an asker
waits for its answer, then as long as Retry-After says (give or take half), and asks again. Wanted: `/healthz` p99 ≤ 200 ms,
every answer ≤ 2 s, the enquiries' p95 (median of the B phases) within 20 % of that of the A phases. Takes about 50 s.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import random
import statistics
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bench import processes
from bench.load import ACTION, requests
from bench.systems import SETTINGS, SPOKE, Ports

ASKERS = 500
RATE = 40.0
"""Enquiries and probes of /healthz a second, each."""
_ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><h:Header xmlns:h="urn:pophub:header:1.0">'
    "<h:fromUser>350203001L{{:03d}}</h:fromUser></h:Header></s:Header><s:Body>"
    '<{root} xmlns="urn:pophub:{query}:1.0"><name>张测试</name><idNo>35990119900510{{:04d}}</idNo><purpose>2</purpose></{root}>'
    "</s:Body></s:Envelope>"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A platform that is asked and hangs: the query, the service and operation it is asked by, the simulator's name for the call."""

    query: str
    service: str
    operation: str
    hangs: str

    @property
    def question(self) -> str:
        """The envelope, with places for the user and the number."""
        family, _, name = self.query.partition(".")
        return _ENVELOPE.format(root=family + name.capitalize(), query=self.query)


SYSTEMS = {
    "padis": Asked("enquiry.case", "enquiry", "QueryEnquiryCase", "CX02"),
    "police": Asked("police.case", "police_share", "QueryPoliceCase", "query"),
}


@dataclass
class Phase:
    """What one phase measured, in milliseconds; ``codes`` are the HTTP statuses of the queries."""

    kind: str
    health: list[float] = field(default_factory=list)
    enquiries: list[float] = field(default_factory=list)
    queries: list[float] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)

    def shown(self) -> dict[str, object]:
        return {
            "phase": self.kind, "healthz_p99_ms": _at(self.health, 0.99), "enquiries": len(self.enquiries),
            "enquiry_p50_ms": _at(self.enquiries, 0.5), "enquiry_p95_ms": _at(self.enquiries, 0.95), "queries": len(self.queries),
            "query_p50_ms": _at(self.queries, 0.5), "query_max_ms": round(max(self.queries, default=0.0), 1), "codes": dict(self.codes),
        }  # fmt: skip


def _at(values: list[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))], 1) if values else 0.0


class Wire:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._pair: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> None:
        if self._pair is None:
            self._pair = await asyncio.open_connection("127.0.0.1", self._port)

    async def call(self, head: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
        await self.open()
        assert self._pair is not None
        reader, writer = self._pair
        writer.write(f"{head}\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines if line)}
        data = await reader.readexactly(int(fields.get("content-length", "0")))
        return int(status.split()[1]), fields, data

    def close(self) -> None:
        if self._pair:
            self._pair[1].close()


@asynccontextmanager
async def wires(port: int, number: int) -> AsyncIterator[list[Wire]]:
    """Opened before the phase begins."""
    made = [Wire(port) for _ in range(number)]
    await asyncio.gather(*(w.open() for w in made))
    yield made
    for wire in made:
        wire.close()


async def steadily(wire_of: list[Wire], until: float, heads: Iterator[tuple[str, bytes]], into: list[float]) -> None:
    """A call every 1/RATE s, however long the earlier ones take (a late one does not make the next ones late)."""
    free: asyncio.Queue[Wire] = asyncio.Queue()
    for wire in wire_of:
        free.put_nowait(wire)

    async def one(at: float) -> None:
        wire = await free.get()
        head, body = next(heads)
        status, _, _ = await wire.call(head, body)
        if status == 200:
            into.append((time.perf_counter() - at) * 1000)
        free.put_nowait(wire)

    begun: list[asyncio.Task[None]] = []
    at = time.perf_counter()
    while at < until:
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        begun.append(asyncio.create_task(one(at)))
        at += 1 / RATE
    await asyncio.gather(*begun)


async def asker(wire: Wire, number: int, head: str, question: str, until: float, phase: Phase) -> None:
    """Ask, wait as told, ask again."""
    rng, body = random.Random(number), question.format(number % 1000, number).encode()
    while (at := time.perf_counter()) < until:
        status, fields, data = await wire.call(head, body)
        phase.queries.append((time.perf_counter() - at) * 1000)
        code = data.partition(b"<s:code>")[2].partition(b"<")[0].decode() or "answer"
        phase.codes[f"{status} {code}"] += 1
        pause = float(fields.get("retry-after", "1")) * rng.uniform(0.5, 1.5)
        if time.perf_counter() + pause >= until:
            return
        await asyncio.sleep(pause)


async def phase(kind: str, system: str, ports: Ports, secret: str, seconds: float, bodies: Iterator[bytes]) -> Phase:
    made, submit = Phase(kind), _head(secret, "enquiry", ACTION)
    async with (
        wires(ports.edge, 16) as submitting,
        wires(ports.edge, 4) as probing,
        beside(kind, system, ports, secret, seconds) as others,
    ):
        until = time.perf_counter() + seconds
        await asyncio.gather(
            steadily(submitting, until, ((submit, body) for body in bodies), made.enquiries),
            steadily(probing, until, (("GET /healthz HTTP/1.1", b"") for _ in count()), made.health),
        )
        if others:
            told = json.loads((await others.communicate())[0])
            made.queries, made.codes = told["queries"], Counter(told["codes"])
    return made


def _head(secret: str, service: str, action: str) -> str:
    login = base64.b64encode(f"{SPOKE}:{secret}".encode()).decode()
    fields = f'Content-Type: text/xml; charset=utf-8\r\nAuthorization: Basic {login}\r\nSOAPAction: "{action}"'
    return f"POST /soap/{service} HTTP/1.1\r\n{fields}"


@asynccontextmanager
async def beside(
    kind: str, system: str, ports: Ports, secret: str, seconds: float
) -> AsyncIterator[asyncio.subprocess.Process | None]:
    """The askers, in a process of their own: what they do must not be measured as the hub's delay."""
    if kind != "B":
        yield None
        return
    words = [sys.executable, "-m", "bench.queries", "--system", system, "--askers", str(ports.edge), "--seconds", str(seconds)]
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe)
    assert child.stdin
    assert child.stdout
    child.stdin.write(secret.encode() + b"\n")
    await child.stdout.readline()
    yield child


async def ask(port: int, system: Asked, secret: str, seconds: float) -> Phase:
    """All askers, at once; says when it begins."""
    made = Phase("askers")
    head = _head(secret, system.service, f"urn:pophub:{system.service}:{system.operation}")
    async with wires(port, ASKERS) as asking:
        print("ready", flush=True)
        until = time.perf_counter() + seconds
        await asyncio.gather(*(asker(wire, n, head, system.question, until, made) for n, wire in enumerate(asking)))
    return made


def _tell(port: int, order: object) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/_control", json.dumps(order).encode())
    urllib.request.urlopen(request, timeout=5).read()


def run(system: str, seconds: float, rounds: int) -> list[Phase]:
    """Start everything in a folder of its own, run the phases, end everything."""
    with tempfile.TemporaryDirectory(prefix="bench-queries-") as name:
        folder, ports, asked = Path(name), Ports.free(18_700), SYSTEMS[system]
        listens = {"padis": ports.sink, "police": ports.base + 5}
        (folder / "pophub.toml").write_text(_settings(ports, listens["police"], asked), encoding="utf-8")
        env = {**os.environ, "POPHUB_HOME": str(folder)}
        init = processes.start([sys.executable, "-m", "hub", "init"], folder / "init.log", env)
        if init.process.wait(60):
            raise processes.NotStarted(init.tail())
        simulate = [sys.executable, "-m", "hub", "simulate"]
        platforms = {
            one: processes.start([*simulate, one, "--port", str(listens[one])], folder / f"{one}.log", env)
            for one in {"padis", system}
        }
        hub = processes.start([sys.executable, "-m", "hub", "serve"], folder / "hub.log", env)
        try:
            for one, running in platforms.items():
                processes.wait_for_port(listens[one], running)
            processes.wait_for_port(ports.edge, hub)
            _tell(ports.sink, {"answer": {"share": 0}})
            _tell(listens[system], {"faults": {"hang": {"on": [asked.hangs]}}})
            secret = (folder / "keys" / "spokes" / SPOKE).read_text(encoding="ascii")
            bodies = requests(int(RATE * seconds * (2 * rounds + 1)) + 500)
            asyncio.run(phase("warm", system, ports, secret, 2, bodies))
            return [asyncio.run(phase(kind, system, ports, secret, seconds, bodies)) for _ in range(rounds) for kind in "AB"]
        finally:
            for running in (hub, *platforms.values()):
                processes.stop(running)


def _settings(ports: Ports, police: int, asked: Asked) -> str:
    text = SETTINGS.format(edge=ports.edge, admin=ports.admin, sink=ports.sink, spoke=SPOKE)
    text = text.replace("places", f'asks = ["{asked.query}"]\nplaces')
    text += f'[adapters.police]\nurl = "http://127.0.0.1:{police}/services/query"\n'
    return f'{text}[caps."{asked.query}"]\nspoke_day = 1000000\n'


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--system", choices=SYSTEMS, default="padis", help="the platform that hangs")
    options.add_argument("--seconds", type=float, default=7.0)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--askers", type=int, help="a process of the bench itself: the port of the hub")
    given = options.parse_args()
    if given.askers:
        made = asyncio.run(ask(given.askers, SYSTEMS[given.system], sys.stdin.readline().strip(), given.seconds))
        print(json.dumps({"queries": made.queries, "codes": made.codes}))
        return 0
    phases = run(given.system, given.seconds, given.rounds)
    for one in phases:
        print(json.dumps(one.shown()))
    alone, beside = ([_at(p.enquiries, 0.95) for p in phases if p.kind == kind] for kind in "AB")
    health = _at([value for p in phases if p.kind == "B" for value in p.health], 0.99)
    slowest = max(value for p in phases for value in p.queries or [0.0])
    ratio = statistics.median(beside) / statistics.median(alone)
    good = {"healthz_p99_ms": health <= 200, "query_max_ms": slowest <= 2000, "enquiry_p95_ratio": ratio <= 1.2}
    print(
        json.dumps({"healthz_p99_ms": health, "query_max_ms": round(slowest, 1), "enquiry_p95_ratio": round(ratio, 3), "ok": good})
    )
    return 0 if all(good.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
