"""What is kept of batches: a row for each, a compact row for each record, and the checkpoint, moved with the records it counts.

Times are UTC milliseconds since 1970, hashes raw bytes, as in `records`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from hub.ports.promise import Promise
from hub.ports.records import Acceptance

BatchState = Literal["uploading", "accepted", "running", "done", "failed", "cancelled"]
RecordState = Literal["accepted", "duplicate", "refused"]


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch as its manifest says. ``adapter`` names the vocabulary, None the canonical one; ``count`` None was not stated.

    ``identity`` is the keyed hash of (sender, name, MessageID), ``digest`` the SHA-256 of the whole document.
    """

    id: int
    name: str
    sender: str
    adapter: str | None
    identity: bytes
    digest: bytes
    count: int | None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as it stands. ``taken`` are the records that have an outcome; ``total`` is unknown while it is uploaded."""

    id: int
    name: str
    sender: str
    adapter: str | None
    digest: bytes
    state: BatchState
    code: str | None
    count: int | None
    total: int | None
    taken: int
    accepted: int
    duplicate: int
    refused: int
    created_at: int
    accepted_at: int | None
    ended_at: int | None
    receipt: str | None
    cancel_asked_by: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The answer to a batch: its row, and whether it was so before (``known``)."""

    row: BatchRow
    known: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """A batch whose document is whole and checked: accept it. ``total`` counts its records."""

    id: int
    total: int


@dataclass(frozen=True, slots=True)
class RecordRow:
    """The outcome of one record. ``message`` is the hub id of the message it became, or of the one it repeats."""

    number: int
    state: RecordState
    code: str | None = None
    path: str | None = None
    outcome: str | None = None
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Sorted:
    """One record as the splitter leaves it: a row, and what becomes a message if it is good."""

    row: RecordRow
    acceptance: Acceptance | None = None


@dataclass(frozen=True, slots=True)
class BatchClaim:
    """A batch claimed by one splitter.

    ``attempts`` counts the claims, this one included, of which no word came: no record got an outcome, nobody let go.
    """

    id: int
    name: str
    sender: str
    adapter: str | None
    fence: int
    attempts: int
    taken: int
    total: int


@dataclass(frozen=True, slots=True)
class Group:
    """Records that follow the checkpoint, committed with it. ``owner`` keeps the lease until ``lease_ms`` from now."""

    claim: BatchClaim
    after: int
    records: tuple[Sorted, ...]
    lease_ms: int


@dataclass(frozen=True, slots=True)
class Left:
    """A splitter lets go of its batch: ``done`` with all records, ``failed`` with a code, or to go on later (``accepted``)."""

    claim: BatchClaim
    state: Literal["done", "failed", "accepted"]
    code: str | None = None
    pause_ms: int = 0


class BatchStore(Protocol):
    """Thread-safe. The promises are kept only after the log is on disk."""

    def open(self, new: NewBatch) -> Promise[Opened]:
        """Enter a batch that is going to be uploaded, or is here; one of that identity that is here already is the answer."""

    def accept(self, whole: Whole) -> Promise[Opened | None]:
        """Accept it, with receipt and audit; known when it was accepted before, None when it is gone."""

    def drop(self, batch: int, who: str, code: str) -> Promise[bool]:
        """Forget a batch that was never accepted; whether there was one."""

    def of(self, batch: int) -> BatchRow | None:
        """The batch of that id."""

    def by_identity(self, identities: Sequence[bytes]) -> BatchRow | None:
        """The batch of that identity, under any of the keyed hashes."""

    def uploads(self, sender: str) -> int:
        """How many batches of a sender are being uploaded."""

    def abandoned(self, before: int) -> Sequence[int]:
        """Batches that were entered before that moment and never accepted."""

    def finished(self, batches: Sequence[int]) -> Sequence[int]:
        """Those whose document is not needed any more: done, cancelled, or not known at all."""

    def records(self, batch: int, after: int, limit: int, *, refused_only: bool = False) -> Sequence[RecordRow]:
        """Outcomes after a number, in order."""

    def claim(self, owner: str, lease_ms: int) -> Promise[BatchClaim | None]:
        """Claim the oldest batch with records that nobody is splitting; the attempt is counted before it is made."""

    def crowded(self, most: int) -> bool:
        """Whether more messages than that wait for their plan."""

    def waiting(self) -> bool:
        """Whether there may be something to claim (a cheap look)."""

    def take(self, group: Group) -> Promise[Sequence[RecordRow]]:
        """TX1 for the good records, a row for each, and the checkpoint, together. Raises ``Conflict`` when another has taken over."""

    def leave(self, left: Left) -> Promise[None]:
        """Let go. Raises ``Conflict`` when another has taken over."""
