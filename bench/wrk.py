"""The load generator: wrk (https://github.com/wg/wrk) with one thread and post.lua."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.load import ACTION, Load

SCRIPT = Path(__file__).with_name("post.lua")
MISSING = "wrk is missing: apt-get install wrk"


class WrkFailed(Exception):
    """wrk did not run to its end; the text is what it said."""


CHECKED = 1
"""Requests that wrk asks of a script before the load, to look at, and does not send."""
LAST_ANSWERS_SECONDS = 20
"""How long wrk may wait for the last answers when the load has ended."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One run: answers 2xx, latency in milliseconds, requests drawn from the load and those that got no answer at all.

    ``per_second`` counts the answers, of any status, that came before the load ended; the last of each connection follows later.
    """

    acknowledged: int
    per_second: float
    errors: int
    p50: float
    p99: float
    longest: float
    used: int
    unanswered: int


def check() -> None:
    """Raises WrkFailed when wrk is not installed."""
    if shutil.which("wrk") is None:
        raise WrkFailed(MISSING)


def run(url: str, load: Load, first: int, connections: int, seconds: int, authorization: str) -> Answered:
    """Post from the load's request ``first`` on. Raises WrkFailed also when the load had too few requests."""
    env = {
        **os.environ, "BENCH_BODIES": str(load.bodies), "BENCH_INDEX": str(load.index), "BENCH_FIRST": str(first),
        "BENCH_COUNT": str(load.count), "BENCH_SECONDS": str(seconds), "BENCH_CONNECTIONS": str(connections),
        "BENCH_ACTION": ACTION, "BENCH_AUTH": authorization,
    }  # fmt: skip
    longest = seconds + LAST_ANSWERS_SECONDS
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{longest}s", "--timeout", f"{longest}s", "-s", str(SCRIPT), url],
        env=env, capture_output=True, text=True, timeout=longest + 30, check=False,
    )  # fmt: skip
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if line is None:
        raise WrkFailed(done.stdout + done.stderr)
    answered, exhausted, elapsed = _read(line, connections)
    if exhausted:
        raise WrkFailed(f"the load of {load.count} requests was used up in {elapsed:.1f} s: make more with --messages")
    return answered


def _read(line: str, connections: int) -> tuple[Answered, bool, float]:
    """What post.lua printed: the answers, whether the load was used up, seconds until no more was sent."""
    completed, status, sockets, p50, p99, longest, used, exhausted, elapsed = map(float, line.split()[1:])
    sent = used - CHECKED
    in_time = max(sent - connections, 0)
    answered = Answered(
        acknowledged=int(completed - status), per_second=in_time / elapsed, errors=int(status + sockets), p50=p50, p99=p99,
        longest=longest, used=int(used), unanswered=int(sent - completed),
    )  # fmt: skip
    return answered, bool(exhausted), elapsed
