"""A kill campaign: traffic without pause, processes killed at random moments, then quiet, and the checker's word."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from demo.spokes.soap import basic
from demo.spokes.wire import Wire, request
from hub.testkit.checker import Verdict, check
from hub.testkit.evidence import Ledgers, read_ledgers
from tests.faults.fault_home import SPOKE, FaultHome, make_home
from tests.faults.processes import HubProcesses, waited
from tests.faults.store_view import StoreView
from tests.faults.traffic import Traffic, ledger_files

LEAST_UNDER_WAY: Final = 20
_SLOW: Final = {"slow": {"ms": 500}}
_FAULTS: Final[dict[str, dict[str, Any]]] = {
    "lose_answer_after_work": {"probability": 0.03}, "reset_before_work": {"probability": 0.02}, "garbage": {"probability": 0.02},
    "500": {"probability": 0.02}, "busy": {"probability": 0.02}, "answer_twice": {"probability": 0.02}, **_SLOW,
}  # fmt: skip
_QUIET_SECONDS: Final = 90.0


@dataclass
class Outcome:
    """What the campaign did and what came of it."""

    verdict: Verdict
    kills: list[tuple[str, int]]
    messages: int
    waiting: int
    repeated: list[dict[str, Any]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    locked: list[str] = field(default_factory=list)
    exit_code: int | None = None


def run(
    folder: Path, root: Path, roles: Sequence[str], seed: int, planted: Path | None = None, *, reading: bool = False
) -> Outcome:
    """Kill the roles in turn under traffic; everything is closed again when this returns.

    ``reading``: in the first half of the kills the mailbox is read under fire too. An answer lost then comes again when its
    lease of a minute is over.
    """
    home = make_home(folder)
    hub = HubProcesses(folder, home.admin, root, planted)
    try:
        assert hub.run("hub", "init").returncode == 0
        hub.start()
        traffic = Traffic(home, seed)
        try:
            home.padis.faults(_FAULTS)
            if reading:
                traffic.read()
            traffic.ask()
            rng, half = random.Random(seed), len(roles) // 2
            kills = _under_fire(home, hub, roles[:half], rng)
            traffic.rest()
            kills += _under_fire(home, hub, roles[half:], rng)
            traffic.finish_asking()
            traffic.read()
            waiting = _quiet(home)
            before = read_ledgers([traffic.sent])
            traffic.repeat(30)
            states = _states(home, before)
        finally:
            traffic.close()
        exit_code = hub.stop()
    finally:
        hub.stop()
        home.padis.stop()
    ledgers = read_ledgers(ledger_files(home, traffic))
    verdict = check(ledgers, states, _receipt_key(folder), closed=True)
    repeated = [line for line in ledgers[str(traffic.sent.resolve())][len(next(iter(before.values()))) :] if line["t"] == "acked"]
    return Outcome(verdict, kills, len(traffic.submitted), waiting, repeated, hub.left(), hub.locked(), exit_code)


def _under_fire(home: FaultHome, hub: HubProcesses, roles: Sequence[str], rng: random.Random) -> list[tuple[str, int]]:
    """Each role killed at a random moment with enough under way; the number that was, counted in the store just before."""
    view, kills = StoreView(home.folder), []
    for role in roles:
        moment = time.monotonic() + rng.uniform(0.1, 0.8)
        assert waited(lambda m=moment: time.monotonic() > m and view.under_way() >= LEAST_UNDER_WAY, 60), "no backlog"
        kills.append((role, view.under_way()))
        hub.kill(role)
    view.close()
    return kills


def _quiet(home: FaultHome) -> int:
    """Make the platform good and wait until nothing is on its way. How much still is, after a long while."""
    home.padis.faults({})
    view = StoreView(home.folder)
    calm = 0
    deadline = time.monotonic() + _QUIET_SECONDS
    while calm < 3 and time.monotonic() < deadline:
        time.sleep(0.3)
        state = home.padis.shown()
        still = view.waiting() + state["answers_due"] + state["published"] - state["acked"]
        calm = calm + 1 if still == 0 else 0
    waiting = view.waiting()
    view.close()
    return waiting


def _states(home: FaultHome, ledgers: Ledgers) -> dict[str, Any]:
    """The hub's public word on each message that was acknowledged."""
    wire, fields = Wire("127.0.0.1", home.edge), {"Authorization": basic(SPOKE, home.secret)}
    found = {}
    for hub_id in sorted({str(line["hub"]) for lines in ledgers.values() for line in lines if line.get("t") == "acked"}):
        reply = wire.exchange(request("GET", f"/api/v1/messages/{hub_id}", f"127.0.0.1:{home.edge}", fields))
        if reply.status == 200:
            found[hub_id] = json.loads(reply.body)
    wire.close()
    return found


def _receipt_key(folder: Path) -> bytes:
    key = load_pem_private_key((folder / "keys" / "receipt").read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key.public_key().public_bytes_raw()
