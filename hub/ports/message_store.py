"""The message store: the single truth. Every write answers with a promise that is kept only after the log is on disk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from hub.ports.mail import MailItem
from hub.ports.obligations import OpenObligation
from hub.ports.promise import Promise
from hub.ports.records import (
    Acceptance,
    Accepted,
    CaseChange,
    CaseRow,
    Claimed,
    Conflicting,
    FeedMark,
    Plan,
    Refusal,
    Settle,
    ToPlan,
)


class MessageStore(Protocol):
    """One store; many threads; one writer per process."""

    def on_commit(self, told: Callable[[], None]) -> None:
        """Call ``told`` once after every group commit of this process (in the writer's thread: be quick)."""

    def new_id(self) -> int:
        """A fresh hub id from this process's block."""

    def accept(self, acceptance: Acceptance) -> Promise[Accepted | Conflicting]:
        """TX1."""

    def refuse(self, refusal: Refusal) -> Promise[None]:
        """Keep a refused message as evidence."""

    def unplanned(self, limit: int, without: Collection[str] = ()) -> Sequence[ToPlan]:
        """Accepted messages that may be planned now, oldest first; none of the channels ``without``."""

    def opening(self, case_id: int) -> ToPlan | None:
        """The message that opened the case."""

    def open_obligations(self, case_id: int) -> Sequence[OpenObligation]:
        """What is still owed on the case."""

    def cases(self, keys: Sequence[bytes], names: Sequence[bytes] = ()) -> Mapping[bytes, CaseRow]:
        """The cases under these key hashes (a hash covers type and key), and those with these further ``names`` (`Plan.names`)."""

    def case_by_id(self, case_id: int) -> CaseRow | None:
        """The case of that id."""

    def plan(self, plan: Plan) -> Promise[None]:
        """PLAN. The future raises `Conflict` when the message or its case moved meanwhile."""

    def claim(
        self, outlet: str, slots: int, owner: str, lease_ms: int, *, again: bool = True, tickets: bool = False
    ) -> Promise[Sequence[Claimed]]:
        """Claim up to ``slots`` deliveries that are first in their lane and commit the intent of each.

        With ``again`` also what was released and is due, and what another owner's lease has run out on; with ``tickets`` those whose
        ticket is to be asked about.
        """

    def settle(self, settle: Settle) -> Promise[None]:
        """TX3. The future raises ``Conflict("fence")`` when another owner has taken over, ``Conflict("case")`` when the case moved."""

    def mailbox(self, spoke: str, limit: int, lease_ms: int) -> Promise[Sequence[MailItem]]:
        """Lease waiting deliveries of a spoke's mailbox."""

    def acknowledge(self, spoke: str, items: Sequence[tuple[int, str]]) -> Promise[Sequence[int]]:
        """Settle mailbox deliveries (message id, lease); returns the message ids that are settled."""

    def feed_cursor(self, adapter: str, feed: str) -> str:
        """The committed cursor, empty at first."""

    def mark_feed(self, mark: FeedMark) -> Promise[None]:
        """Move a cursor past a page that brought nothing to accept."""

    def due_timers(self, now: int, limit: int) -> Sequence[tuple[int, int, str]]:
        """Timers that have come due: (timer id, case id, name)."""

    def fire(self, timer: int, case: CaseChange | None) -> Promise[None]:
        """Mark a timer fired and apply what its rule decided."""

    def release_orphans(self, owner: str) -> int:
        """End the leases of other owners at once; only where this process is known to be the only engine."""

    def close(self) -> None:
        """Finish queued writes and close."""
