"""Sweep: uploads that nobody finished expire, and documents that nobody needs any more go. Repeatable, by any number of engines."""

from __future__ import annotations

from typing import Final

from hub.pipeline.machine import Machine

EXPIRES_SECONDS: Final = 24 * 3600
"""An upload is abandoned when nothing was added to it for so long."""
_JUST_WRITTEN: Final = 60.0


def sweep(machine: Machine, expires: float = EXPIRES_SECONDS) -> int:
    """The number of documents that went."""
    ages = dict(machine.claims.kept())
    before = machine.clock.now() - int(expires * 1000)
    for batch in machine.batches.abandoned(before):
        if ages.get(batch, expires) >= expires and machine.batches.drop(batch, "engine", "expired").result():
            machine.tap.event("batch.expired")
    gone = machine.batches.finished([batch for batch, age in ages.items() if age > _JUST_WRITTEN])
    for batch in gone:
        machine.claims.erase(batch)
    return len(gone)
