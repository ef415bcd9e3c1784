"""Outlets: the bulkheads. Each recipient system and each push spoke has its own dispatcher and its own bounded calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from hub.contract.adapter import Partner
from hub.contract.operation import Operation
from hub.contract.outcome import Outcome
from hub.pipeline.deliver import attempt
from hub.pipeline.machine import Machine
from hub.pipeline.settle import settlement
from hub.ports.promise import Promise
from hub.ports.records import Claimed, Conflict

POLL_SECONDS = 0.5
"""How often an outlet looks for what became due by time alone: released deliveries, leases that ran out."""
GATHER_SECONDS = 0.004
"""How long an outlet under load gathers free slots before it claims again: one transaction for many calls."""
OperationOf = Callable[[Claimed], Operation]


class Outlet:
    """Claims deliveries for one outlet as slots come free, calls, settles.

    ``operation_of`` gives the operation of a claimed delivery. One slow outlet never takes another's threads.
    """

    def __init__(
        self, name: str, machine: Machine, partner: Partner, operation_of: OperationOf, *, slots: int,
        owner: str, lease_seconds: float,
    ) -> None:  # fmt: skip
        self.name, self._machine, self._partner, self._operation_of = name, machine, partner, operation_of
        self._owner, self._lease_ms, self._slots = owner, int(lease_seconds * 1000), slots
        self._free = slots
        self._enough = max(1, slots // 2)
        self._changed = threading.Condition()
        self._work = True
        self._look_again_at = 0.0
        self._stopping = False
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix=name)
        self._thread = threading.Thread(target=self._run, name=f"{name}-dispatch", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There may be work."""
        with self._changed:
            self._work = True
            self._changed.notify()

    def stop(self) -> None:
        """Claim no more; wait for the calls under way; close the partner."""
        self._stopping = True
        self.wake()
        self._thread.join(timeout=30)
        self._pool.shutdown(wait=True)
        self._partner.close()

    def _run(self) -> None:
        while not self._stopping:
            with self._changed:
                while not self._stopping and (self._free == 0 or not self._work):
                    if not self._changed.wait(POLL_SECONDS):
                        self._work = True
                if self._free < self._enough and not self._stopping:
                    self._changed.wait(GATHER_SECONDS)
                slots, self._work = self._free, False
            if not self._stopping:
                self._claim(slots)

    def _claim(self, slots: int) -> None:
        try:
            again = time.monotonic() >= self._look_again_at
            claimed = self._machine.store.claim(self.name, slots, self._owner, self._lease_ms, again=again).result()
            if again and len(claimed) < slots:
                self._look_again_at = time.monotonic() + POLL_SECONDS
        except Exception as fault:  # noqa: BLE001 - the store said no: the next poll tries again
            self._machine.tap.event("claim.failed", outlet=self.name, kind=type(fault).__name__)
            return
        with self._changed:
            self._free -= len(claimed)
            self._work = self._work or len(claimed) == slots
        for item in claimed:
            self._pool.submit(self._deliver, item)

    def _deliver(self, claimed: Claimed) -> None:
        try:
            operation = self._operation_of(claimed)
            outcome, called = attempt(self._machine, self._partner, operation, claimed)
            self._settle(operation, claimed, outcome, called=called)
        except Exception as fault:  # noqa: BLE001 - the intent stands: the lease runs out and the doubt is resolved then
            self._machine.tap.event("deliver.failed", outlet=self.name, kind=type(fault).__name__)
            self._freed()

    def _settle(self, operation: Operation, claimed: Claimed, outcome: Outcome, *, called: bool) -> None:
        """Write the result; the slot is free again when it is on disk. Decide again when the case moved meanwhile."""
        written = self._machine.store.settle(settlement(self._machine, operation, claimed, outcome, called=called))

        def done(future: Promise[None]) -> None:
            fault = future.exception()
            if isinstance(fault, Conflict) and fault.args == ("case",) and claimed.case and not self._stopping:
                self._pool.submit(self._settle_again, operation, claimed, outcome, called)
                return
            if fault is not None:
                self._machine.tap.event("settle.failed", outlet=self.name, kind=str(fault.args[:1]))
            self._freed()

        written.add_done_callback(done)

    def _settle_again(self, operation: Operation, claimed: Claimed, outcome: Outcome, called: bool) -> None:
        try:
            fresh = self._machine.store.case_by_id(claimed.case.id) if claimed.case else None
            self._settle(operation, replace(claimed, case=fresh), outcome, called=called)
        except Exception as fault:  # noqa: BLE001 - as in _deliver
            self._machine.tap.event("deliver.failed", outlet=self.name, kind=type(fault).__name__)
            self._freed()

    def _freed(self) -> None:
        with self._changed:
            self._free += 1
            self._work = True
            if self._free == 1 or self._free >= self._enough:
                self._changed.notify()
