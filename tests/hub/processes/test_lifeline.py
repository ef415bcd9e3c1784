"""A child of the hub ends with its parent, also with one that died before the child looked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HELD = "from hub.processes import lifeline; lifeline.hold(); import os; print(os.environ.get(lifeline.PARENT))"


@pytest.mark.parametrize(("parent", "code"), [(str(os.getpid()), 0), ("", 0), ("1", 1)])
def test_a_parent_that_is_gone_already_is_missed(parent: str, code: int) -> None:
    """Started by somebody who is not the parent any more the child ends at once; who started it is not told further."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "_POPHUB_PARENT": parent}

    done = subprocess.run([sys.executable, "-c", HELD], env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == code
    assert done.stdout == ("" if code else "None\n")
