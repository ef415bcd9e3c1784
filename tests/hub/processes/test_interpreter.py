"""A process keeps to one core of those it may use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = """
import os, sys
from pathlib import Path
from hub.processes.interpreter import keep_to_a_core
allowed = {int(core) for core in sys.argv[2].split(",")}
os.sched_setaffinity(0, allowed)
keep_to_a_core(Path("/somewhere"), int(sys.argv[1]))
print(*sorted(os.sched_getaffinity(0)))
"""


def cores_of(child: int, allowed: set[int]) -> set[int]:
    """The cores that a child keeps to; asked in a process of its own, because it changes it."""
    command = [sys.executable, "-c", ASK, str(child), ",".join(map(str, allowed))]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    return {int(core) for core in said.stdout.split()}


@pytest.mark.skipif(sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="needs Linux and two cores")
def test_a_core_each() -> None:
    """Two children of one home keep to different cores of those allowed; with one allowed there is nothing to choose."""
    allowed = os.sched_getaffinity(0)
    edge, engine = cores_of(0, allowed), cores_of(1, allowed)
    assert len(edge) == len(engine) == 1
    assert edge | engine <= allowed
    assert edge != engine
    only = {min(allowed)}
    assert cores_of(0, only) == cores_of(1, only) == only
