"""kill -9 at random moments, with deliveries under way: nothing lost, nothing twice, nothing altered, everything resumed."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from hub.testkit.checker import MEANING
from tests.faults import campaign
from tests.faults.processes import ROLES

ROOT = Path(__file__).parents[2]
FULL = bool(os.environ.get("POPHUB_CAMPAIGN"))
KILLS = 20 if FULL else 4
LEAST_MESSAGES = 200 if FULL else 40
SEED = int(os.environ.get("POPHUB_SEED", "0")) or random.SystemRandom().randrange(1, 100_000)
PLANT = Path(__file__).parent / "plants" / "ack_before_commit"


@pytest.mark.campaign
def test_killed_at_random_moments(tmp_path: Path) -> None:
    """Edge worker, edge, engine and parent killed in turn under traffic: the checker finds every promise kept."""
    print(f"\nPOPHUB_SEED={SEED}")
    done = campaign.run(tmp_path, ROOT, [ROLES[n % len(ROLES)] for n in range(KILLS)], SEED, reading=FULL)
    print(f"{done.messages} messages, killed with so many under way: {done.kills}, routes {done.verdict.routes}")
    assert done.waiting == 0
    assert {name: ids for name, ids in done.verdict.faults.items() if ids} == {}
    assert done.verdict.undecided == ()
    assert len(done.kills) == KILLS
    assert all(under_way >= campaign.LEAST_UNDER_WAY for _, under_way in done.kills)
    assert done.messages >= LEAST_MESSAGES
    assert done.repeated and all(line["duplicate"] for line in done.repeated)
    assert (done.exit_code, done.left, done.locked) == (0, [], [])


@pytest.mark.campaign
def test_acknowledging_before_the_commit_is_seen(tmp_path: Path) -> None:
    """Control: a hub that acknowledges before its commit loses what it acknowledged, and the checker says so."""
    done = campaign.run(tmp_path, ROOT, ["edge worker"] * 2, SEED, PLANT)
    assert done.verdict.faults["lost"], f"POPHUB_SEED={SEED}"
    assert set(done.verdict.faults) == set(MEANING)
    assert done.left == []
