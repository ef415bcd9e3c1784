"""kill -9 over the whole demo day: every family's promises, batches that resume, no vaccination row lost or twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from demo.families import ROUTES
from hub.testkit.evidence import entries, read_ledgers
from tests.faults.processes import ROLES

ROOT = Path(__file__).parents[2]
FULL = bool(os.environ.get("POPHUB_CAMPAIGN"))
KILLS, MESSAGES = (24, 800) if FULL else (4, 200)
SEED = int(os.environ.get("POPHUB_SEED", "0")) or random.SystemRandom().randrange(1, 100_000)


@pytest.mark.campaign
def test_a_whole_day_under_fire(tmp_path: Path) -> None:
    """Edge worker, edge, engine and parent killed in turn while all families are at work: the account of the day is good."""
    print(f"\nPOPHUB_SEED={SEED}")
    home, keep = tmp_path / "home", tmp_path / "keep"
    command = [sys.executable, "-m", "tests.faults.day_under_fire", *map(str, (KILLS, SEED, MESSAGES, home, keep))]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=700, check=False
    )
    assert len(done.stdout.splitlines()) >= 2, done.stderr[-3000:]
    account, fire = map(json.loads, done.stdout.splitlines()[-2:])
    print(f"{account['messages']} messages, {account['records']} records, killed with so many under way: {fire['kills']}")

    assert account["problems"] == [], (account["named"], done.stderr[-2000:])
    assert len(fire["kills"]) == KILLS
    assert {role for role, _ in fire["kills"]} == set(ROLES)
    assert not FULL or {name for name, counts in account["routes"].items() if counts["accepted"]} == set(ROUTES)
    found = entries(read_ledgers((keep / "ledgers").glob("[!s]*.jsonl")))
    rows = [entry for entry in found.values() if entry.route == "row-to-hub"]
    assert rows
    assert all(len(entry.acked) + len(entry.faults) == 1 for entry in rows), "each row of the table ends once"
    records = [entry for entry in found.values() if entry.route == "record-to-ecert"]
    assert records
    assert all(len(entry.effects) == 1 for entry in records), "the batch was resumed: each certificate is there once"
