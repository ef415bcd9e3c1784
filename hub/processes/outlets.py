"""Outlets: the bulkheads. Each recipient system and each push spoke has its own dispatcher and its own bounded calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from hub.contract.adapter import Collecting, Partner
from hub.contract.operation import Operation, OperationClass
from hub.contract.outcome import Outcome
from hub.pipeline.deliver import attempt
from hub.pipeline.machine import Machine
from hub.pipeline.settle import settlement
from hub.ports.promise import Promise
from hub.ports.records import Claimed, Conflict

POLL_SECONDS = 0.5
"""How often an outlet looks for what became due by time alone: released deliveries, leases that ran out."""
SETTLE_TRIES = 5
"""How often a result is written before it is left to the end of the lease: then the partner is asked, or nobody knows."""
GATHER_SECONDS = 0.004
"""How long an outlet under load gathers free slots before it claims again: one transaction for many calls."""


@dataclass(frozen=True, slots=True)
class _Done:
    """A call and its outcome. ``called`` is False when the partner was only asked, ``freed`` when the slot is still taken."""

    operation: Operation
    claimed: Claimed
    outcome: Outcome
    called: bool
    freed: bool
    tries: int = 1


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
        self._free, self._unwritten = slots, 0
        self._tickets = isinstance(partner, Collecting)
        self._enough = max(1, slots // 2)
        self._changed = threading.Condition()
        self._work = True
        self._look_again_at = 0.0
        self._stopping = False
        machine.meter.watch("outlet_slots", name, lambda: slots)
        machine.meter.watch("outlet_in_flight", name, lambda: slots - self._free)
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
            claimed = self._machine.store.claim(
                self.name, slots, self._owner, self._lease_ms, again=again, tickets=self._tickets
            ).result()
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
        freed = False
        try:
            operation = self._operation_of(claimed)
            began = time.perf_counter()
            outcome, called = attempt(self._machine, self._partner, operation, claimed)
            self._machine.meter.called(self.name, time.perf_counter() - began)
            freed = self._free_early(operation)
            self._settle(_Done(operation, claimed, outcome, called, freed))
        except Exception as fault:  # noqa: BLE001 - the intent stands: the lease runs out and the doubt is resolved then
            self._machine.tap.event("deliver.failed", outlet=self.name, kind=type(fault).__name__)
            self._freed(again=freed)

    def _free_early(self, operation: Operation) -> bool:
        """Let the next call begin while the result of this one is being written; as many results may wait as there are slots.

        Not for operations of class C: what is called and not yet written down is unknown after a crash.
        """
        if operation.kind is OperationClass.NEITHER:
            return False
        with self._changed:
            if self._unwritten >= self._slots:
                return False
            self._unwritten += 1
        self._freed()
        return True

    def _settle(self, done: _Done) -> None:
        """Write the result; again, on the case as it is then, when the case moved meanwhile or the database refused."""
        settle = settlement(self._machine, done.operation, done.claimed, done.outcome, called=done.called)
        written = self._machine.store.settle(settle)

        def told(future: Promise[None]) -> None:
            fault = future.exception()
            if isinstance(fault, Conflict) and fault.args != ("fence",) and done.tries < SETTLE_TRIES and not self._stopping:
                self._pool.submit(self._settle_again, done)
                return
            if fault is not None:
                self._machine.tap.event("settle.failed", outlet=self.name, kind=str(fault.args[:1]))
            self._freed(again=done.freed)

        written.add_done_callback(told)

    def _settle_again(self, done: _Done) -> None:
        try:
            fresh = self._machine.store.case_by_id(done.claimed.case.id) if done.claimed.case else None
            self._settle(replace(done, claimed=replace(done.claimed, case=fresh), tries=done.tries + 1))
        except Exception as fault:  # noqa: BLE001 - as in _deliver
            self._machine.tap.event("deliver.failed", outlet=self.name, kind=type(fault).__name__)
            self._freed(again=done.freed)

    def _freed(self, *, again: bool = False) -> None:
        """A slot is free; with ``again`` it was freed early, and now its result is written."""
        with self._changed:
            if again:
                self._unwritten -= 1
                return
            self._free += 1
            self._work = True
            if self._free == 1 or self._free >= self._enough:
                self._changed.notify()
