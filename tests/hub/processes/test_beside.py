"""What stands beside the work: hints between processes, one hub per home, the engine as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hub.processes.engine import Engine
from hub.processes.hint import HintListener, HintSender, address
from hub.processes.supervisor import AlreadyServing, lock
from tests.flows.enquiry.documents import feedback, request
from tests.hub.pipeline.rig import SIMING, YANPING, Rig, wait_for


def _hint(home: Path) -> None:
    sender = HintSender(home)
    sender()
    sender._socket.close()


def test_hint_wakes(tmp_path: Path) -> None:
    """A hint sets the event; many hints and a missing listener hurt nobody."""
    sender, event = HintSender(tmp_path), threading.Event()
    sender()
    listener = HintListener(tmp_path, event)
    for _ in range(5000):
        sender()
    assert event.wait(5)
    listener.close()
    assert not Path(address(tmp_path)).exists()
    sender()
    sender._socket.close()


def test_listener_after_a_death(tmp_path: Path) -> None:
    """The socket file of a dead engine does not keep the next one from listening; it is the owner's alone."""
    first, event = HintListener(tmp_path, threading.Event()), threading.Event()
    second = HintListener(tmp_path, event)
    assert Path(address(tmp_path)).stat().st_mode & 0o077 == 0
    _hint(tmp_path)
    assert event.wait(5)
    second.close()
    first.close()


def test_one_hub_per_home(home: Path) -> None:
    """A second hub on the same home is refused, and let in when the first has ended, however it ended."""
    hold = f"import time; from pathlib import Path; from hub.processes.supervisor import lock; lock(Path({str(home)!r}), 'serve'); print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE)
    assert holder.stdout and holder.stdout.readline() == b"held\n"
    with pytest.raises(AlreadyServing):
        lock(home, "serve")
    holder.kill()
    holder.wait(10)
    holder.stdout.close()

    os.close(lock(home, "serve"))


def test_engine_as_a_whole(rig: Rig) -> None:
    """An engine plans and fills the mailboxes by itself, there and back, and ends when told to."""
    rig.settings = rig.settings.model_copy(update={"adapters": {"padis": {"url": "http://127.0.0.1:9/nobody"}}})
    engine = Engine(rig.settings, rig.found, rig.machine)
    asked = rig.submit(SIMING, request("XC1")).id
    _hint(rig.home)
    wait_for(lambda: rig.states(asked) == ("planned", "pending"))
    (item,) = rig.store.mailbox(YANPING, 5, 1000).result(5)
    rig.store.acknowledge(YANPING, [(item.message, item.lease)]).result(5)
    answer = rig.submit(YANPING, feedback("XC1")).id
    _hint(rig.home)
    wait_for(lambda: rig.states(answer) == ("planned", "pending"))
    engine.close()
    assert rig.rows("SELECT state FROM case_file") == [("6",)]
    ours = {"planner", "timers", "writer", "hints", "feed-padis", "mailbox-dispatch"}
    wait_for(lambda: not ours & {t.name for t in threading.enumerate()})


def test_engine_takes_over_at_once(rig: Rig) -> None:
    """A new engine does not wait for the leases of the dead one."""
    asked = rig.submit(SIMING, request("XC1")).id
    rig.plan()
    rig.claim("mailbox", owner="dead", lease_ms=10**9)
    engine = Engine(rig.settings, rig.found, rig.machine)
    wait_for(lambda: rig.states(asked) == ("planned", "pending"))
    engine.close()


def test_one_bad_spoke_does_not_stop_the_engine(rig: Rig) -> None:
    """A push address that cannot be used is that spoke's trouble: the engine starts and serves the others."""
    rig.write("UPDATE spoke SET push_url = 'nonsense' WHERE name = ?", SIMING)
    engine = Engine(rig.settings, rig.found, rig.machine)
    asked = rig.submit("jianyang", request("XC1", applicant="350703001000")).id
    _hint(rig.home)
    wait_for(lambda: rig.states(asked) == ("planned", "pending"))
    engine.close()


def test_nothing_is_lost_between_the_threads(rig: Rig) -> None:
    """An engine that is closed in the middle of its work leaves everything where the next one finds it."""
    ids = [rig.submit(SIMING, request(f"XC{n}")).id for n in range(30)]
    engine = Engine(rig.settings, rig.found, rig.machine)
    _hint(rig.home)
    engine.close()
    again = Rig(rig.home, rig.clock)
    again.clock.advance(60)
    second = Engine(again.settings, again.found, again.machine)
    wait_for(lambda: all(again.states(i) == ("planned", "pending") for i in ids))
    second.close()
    assert again.rows("SELECT count(*) FROM delivery") == [(30,)]
