"""What is kept of batches that go out: the batch as a message, its parts as deliveries, a compact row for each record, and how far a schedule is.

Times are UTC milliseconds since 1970, hashes raw bytes, as in `records`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from hub.ports.promise import Promise
from hub.ports.records import Acceptance, CaseChange, CaseRow, NewDelivery

RecordState = Literal["waiting", "accepted", "rejected", "refused"]
"""waiting for the partner, judged by it, or refused by the hub before it was sent."""


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record of a batch: its number, the delivery of its part (0: refused here, with ``code``), and what its case becomes."""

    number: int
    delivery: int
    key_hash: bytes
    case: CaseChange | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class ScheduleRun:
    """A step of a scheduled run: what was drawn ends ``after`` this key, as it may be stored (sealed); ``done`` when nothing is left of the period."""

    name: str
    period: str
    no: int
    after: str
    done: bool


@dataclass(frozen=True, slots=True)
class NewBatchSent:
    """One transaction: the wrapper as a message, the parts, the records with their cases, and the step of the run."""

    message: Acceptance
    name: str
    period: str
    deliveries: tuple[NewDelivery, ...]
    records: tuple[NewRecord, ...]
    run: ScheduleRun


@dataclass(frozen=True, slots=True)
class RecordWaiting:
    """A record of a part that has no result yet, and its case."""

    number: int
    case: CaseRow | None


class SendingStore(Protocol):
    """Batches out. Reads run beside the writer."""

    def taken(self, keys: Collection[bytes]) -> frozenset[bytes]:
        """Those of the record keys that wait for a partner's word or were accepted: they are not sent again."""

    def send(self, batch: NewBatchSent) -> Promise[None]:
        """Commit a batch. Raises `Conflict` when another node has made this step of the run, or a case moved."""

    def mark(self, run: ScheduleRun) -> Promise[None]:
        """Commit a step of a run that made no batch. Raises `Conflict` as `send`."""

    def runs(self, schedule: str) -> Mapping[str, ScheduleRun]:
        """The last step of each period of a schedule."""

    def waiting(self, delivery: int) -> Sequence[RecordWaiting]:
        """The records of a part that have no result, by number."""
