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
from hub.ports.message_store import Claimed, Conflict

POLL_SECONDS = 0.5
"""How often an outlet looks for what became due by time alone: released deliveries, leases that ran out."""
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
            self._settle(operation, claimed, attempt(self._machine, self._partner, operation, claimed))
        except Exception as fault:  # noqa: BLE001 - the intent stands: the lease runs out and the doubt is resolved then
            self._machine.tap.event("deliver.failed", outlet=self.name, kind=type(fault).__name__)
        finally:
            with self._changed:
                self._free += 1
                self._work = True
                self._changed.notify()

    def _settle(self, operation: Operation, claimed: Claimed, outcome: Outcome) -> None:
        """Write the result; decide again when the case moved meanwhile; leave it when the fence did."""
        while True:
            try:
                self._machine.store.settle(settlement(self._machine, operation, claimed, outcome)).result()
            except Conflict as conflict:
                if conflict.args != ("case",) or claimed.case is None:
                    self._machine.tap.event("settle.fenced", outlet=self.name)
                    return
                claimed = _with_fresh_case(self._machine, claimed)
            else:
                return


def _with_fresh_case(machine: Machine, claimed: Claimed) -> Claimed:
    assert claimed.case is not None
    return replace(claimed, case=machine.store.case_by_id(claimed.case.id))
