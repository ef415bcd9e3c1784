"""The processes of a demo: heard, missed when they die, and gone when the demo is gone, however it went."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.children import Children, DemoFailedError

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
WAITS = "import signal,json; print(json.dumps({'ready': True}), flush=True); signal.pause()"
STUBBORN = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('{\"ready\": 1}', flush=True); time.sleep(60)"


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for a condition."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:4]
    except FileNotFoundError:
        return False


def test_children_are_heard_and_ended(tmp_path: Path) -> None:
    """The newest JSON line of a child is known; all end with the block."""
    with Children(tmp_path, ENVIRONMENT) as children:
        one, two = (children.start(name, ["-c", WAITS]) for name in ("one", "two"))
        until(lambda: one.said and two.said)
        children.must_live()

    assert not lives(one.process.pid)
    assert not lives(two.process.pid)


def test_a_child_that_begins_on_word_waits_for_it(tmp_path: Path) -> None:
    """`begin` sends the line for which a child waits."""
    with Children(tmp_path, ENVIRONMENT) as children:
        child = children.start("one", ["-c", "input(); print('{\"begun\": true}', flush=True); input()"])
        child.begin()
        until(lambda: child.said)
        assert child.said == {"begun": True}


def test_a_dead_child_is_missed(tmp_path: Path) -> None:
    """A child that ended by itself fails the demo with its code and its last words."""
    with Children(tmp_path, ENVIRONMENT) as children:
        child = children.start("one", ["-c", "import sys; sys.exit('the last words')"])
        until(lambda: not child.alive())
        with pytest.raises(DemoFailedError, match=r"one ended by itself with code 1:\nthe last words"):
            children.must_live()


def test_a_stubborn_child_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that ignores the request to stop is killed after the grace period."""
    monkeypatch.setattr("demo.children._GRACE", 0.3)
    with Children(tmp_path, ENVIRONMENT) as children:
        child = children.start("one", ["-c", STUBBORN])
        until(lambda: child.said)

    assert child.process.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends children on Linux; elsewhere each watches its parent")
def test_children_end_with_a_killed_demo(tmp_path: Path) -> None:
    """When the demo itself is killed without a chance to clean up, its children end too."""
    program = (
        "import sys, time; from pathlib import Path; from demo.children import Children; import os\n"
        f"children = Children(Path({str(tmp_path)!r}), dict(os.environ)); child = children.start('one', ['-c', {WAITS!r}])\n"
        "while not child.said: time.sleep(0.02)\n"
        "print(child.process.pid, flush=True); time.sleep(60)"
    )
    demo = subprocess.Popen([sys.executable, "-c", program], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    assert demo.stdout is not None
    pid = int(demo.stdout.readline())
    assert lives(pid)

    demo.kill()
    demo.wait()
    demo.stdout.close()

    until(lambda: not lives(pid))
