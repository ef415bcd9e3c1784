"""The splitter: takes a claimed batch record by record, a group at a time, each group committed with the checkpoint.

It may be killed at any moment and goes on after the last committed group; what was committed is skipped by its number, and
the identity of each record (MessageID of the batch, number) makes the rest safe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from hub.batches.manifest import Kind, Sealed, kind_of
from hub.batches.sort_record import Sender, refused, sort_record
from hub.contract.errors import INTERNAL, UNREADABLE, ClientError
from hub.contract.xml import Records
from hub.pipeline.machine import Machine
from hub.ports.batch_store import BatchClaim, Group, Left, RecordRow, Sorted
from hub.ports.claim_check import BrokenClaim
from hub.ports.promise import Promise
from hub.ports.records import Conflict

GROUP: Final = 200
GROUP_BYTES: Final = 4 * 1024 * 1024
LEASE_MS: Final = 120_000
ALONE_AFTER: Final = 3
"""Claims without progress after which records are committed one by one; twice as many, and the first is refused unlooked at."""
PAUSE_MS: Final = 60_000
AGAIN_MS: Final = 1_000


@dataclass(slots=True)
class _Under:
    """A batch under way: the group being filled, and the one whose commit is not known yet."""

    claim: BatchClaim
    kind: Kind
    sender: Sender
    committed: int
    group: list[Sorted] = field(default_factory=list)
    size: int = 0
    pending: Group | None = None
    promise: Promise[Sequence[RecordRow]] | None = None

    @property
    def alone(self) -> bool:
        return self.claim.attempts > ALONE_AFTER

    @property
    def full(self) -> bool:
        return len(self.group) >= (1 if self.alone else GROUP) or self.size >= GROUP_BYTES


class Splitter:
    """``owner`` names the engine. ``pause`` is called before each group: it may wait, and says whether to stop."""

    def __init__(self, machine: Machine, owner: str, pause: Callable[[], bool] = lambda: False) -> None:
        self._machine, self._owner, self._pause = machine, owner, pause

    def once(self) -> bool:
        """Split one batch as far as it goes; False when there was none."""
        machine = self._machine
        claim = machine.batches.claim(self._owner, LEASE_MS).result() if machine.batches.waiting() else None
        if claim is None:
            return False
        try:
            left = self._split(claim)
        except Exception as fault:  # noqa: BLE001 - taken over, cancelled, or the store is away: what is committed stands
            machine.tap.event("batch.interrupted", batch=claim.name, kind=type(fault).__name__)
            left = Left(claim, "accepted", pause_ms=AGAIN_MS)
        try:
            self._leave(left)
        except Conflict:
            machine.tap.event("batch.taken_over", batch=claim.name)
        return True

    def _split(self, claim: BatchClaim) -> Left:
        under = self._under(claim)
        if under is None:
            self._machine.tap.event("batch.waits", batch=claim.name)
            return Left(claim, "accepted", pause_ms=PAUSE_MS)
        try:
            for number, data in self._records(under):
                under.group.append(self._sorted(under, number, data))
                under.size += len(data)
                if under.full:
                    self._commit(under)
                    if self._pause():
                        break
            self._commit(under)
            self._settled(under)
        except (ClientError, BrokenClaim) as fault:
            self._settled(under)
            self._machine.tap.event("batch.failed", batch=claim.name, kind=type(fault).__name__)
            return Left(claim, "failed", UNREADABLE.code)
        done = under.committed == claim.total
        return Left(claim, "done" if done else "accepted")

    def _under(self, claim: BatchClaim) -> _Under | None:
        """None when sender, batch or system are not there just now: somebody must put them back, or cancel the batch."""
        machine = self._machine
        spoke = machine.directory.named(claim.sender)
        adapter = machine.catalogue.adapter.get(claim.adapter) if claim.adapter else None
        if spoke is None or claim.name not in machine.catalogue.batches_in or (claim.adapter and not adapter):
            return None
        try:
            stated = Sealed.read(machine.claims.head(claim.id))
        except BrokenClaim:
            stated = Sealed("", None, None, test=False)  # its records say the same, and then it has failed
        return _Under(claim, kind_of(machine, claim.name, adapter), Sender(spoke, adapter, stated), claim.taken)

    def _records(self, under: _Under) -> Iterator[tuple[int, bytes]]:
        for number, data in enumerate(Records(self._machine.claims.read(under.claim.id), under.kind.tag), 1):
            if number > under.claim.taken:
                yield number, data

    def _sorted(self, under: _Under, number: int, data: bytes) -> Sorted:
        if number == under.claim.taken + 1 and under.claim.attempts > 2 * ALONE_AFTER:
            return refused(number, INTERNAL.code)
        return sort_record(self._machine, under.kind, under.sender, number, data)

    def _commit(self, under: _Under) -> None:
        """Queue the group, once the one before it is on disk: one is computed while the other is committed."""
        self._settled(under)
        if under.group:
            under.pending = Group(under.claim, under.committed, tuple(under.group), LEASE_MS)
            under.promise = self._machine.batches.take(under.pending)
            under.group, under.size = [], 0
        if under.alone:
            self._settled(under)

    def _settled(self, under: _Under) -> None:
        promise, group, under.promise = under.promise, under.pending, None
        if promise is None or group is None:
            return
        try:
            under.committed += len(promise.result())
        except Conflict as fault:
            if fault.args == ("fence",):
                raise
            self._one_by_one(under, group.records)

    def _one_by_one(self, under: _Under, records: Sequence[Sorted]) -> None:
        """A group that the database refused: the record it stumbles over is refused alone, when it does so again."""
        take = self._machine.batches.take
        for record in records:
            try:
                take(Group(under.claim, under.committed, (record,), LEASE_MS)).result()
            except Conflict:
                instead = refused(record.row.number, INTERNAL.code)
                take(Group(under.claim, under.committed, (instead,), LEASE_MS)).result()
            under.committed += 1

    def _leave(self, left: Left) -> None:
        self._machine.batches.leave(left).result()
        if left.state == "done":
            self._machine.claims.erase(left.claim.id)
            self._machine.tap.event("batch.done", batch=left.claim.name, records=left.claim.total)
