"""What nobody needs goes: uploads that nobody finished, and documents whose batch is over; what is needed stays."""

from __future__ import annotations

import os
import time

from hub.batches.receive import append, begin
from hub.batches.sweep import EXPIRES_SECONDS, sweep
from tests.hub.batches.batch_rig import BatchRig, enquiries, wrapped
from tests.hub.pipeline.rig import Rig


def aged(rig: Rig, seconds: float) -> None:
    """Let everything in the folder be so old."""
    for path in (rig.home / "claims").iterdir():
        os.utime(path, times=(time.time() - seconds,) * 2)


def test_an_abandoned_upload_expires(rig: Rig) -> None:
    """A day after its last part it goes with its row, and its MessageID is free; one that was written to since stays."""
    batch, machine = BatchRig(rig), rig.machine
    old, fresh = (begin(machine, batch.manifest(wrapped(enquiries(n)), f"U{n}")) for n in (1, 2))
    rig.clock.advance(EXPIRES_SECONDS + 60)
    aged(rig, EXPIRES_SECONDS + 60)
    append(machine, fresh, 0, b"<batch")
    sweep(machine)
    assert machine.batches.of(old.id) is None
    assert machine.batches.of(fresh.id).state == "uploading"
    assert [claim for claim, _ in machine.claims.kept()] == [fresh.id]
    assert batch.receive(wrapped(enquiries(3)), "U1")[0].state == "accepted"


def test_what_a_crash_left_behind_goes(rig: Rig) -> None:
    """A document whose batch is done, or was never entered, is swept; one whose batch waits to be split is not."""
    batch, machine = BatchRig(rig), rig.machine
    done, _ = batch.receive(wrapped(enquiries(1)), "D")
    batch.split()
    waiting, _ = batch.receive(wrapped(enquiries(2)), "W")
    machine.claims.put(done.id, "case", b"head", b"left behind")
    machine.claims.put(999_999, "case", b"head", b"nobody's")
    aged(rig, 3600)
    assert sweep(machine) == 2
    assert [claim for claim, _ in machine.claims.kept()] == [waiting.id]
    assert batch.split() == 1
