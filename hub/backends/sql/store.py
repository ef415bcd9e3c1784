"""`hub.ports.message_store.MessageStore` on SQLAlchemy Core. Reads run beside the writer on connections of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, bindparam, func, select, update

from hub.backends.sql import accept, deliver, feeds, mailbox, timers
from hub.backends.sql import plan as planning
from hub.backends.sql.cases import case_row
from hub.backends.sql.engine import Gate
from hub.backends.sql.ids import Ids
from hub.backends.sql.tables import BATCH, CASE, CASE_NAME, DELIVERY, FEED_CURSOR, MESSAGE, OBLIGATION, SEGMENT
from hub.backends.sql.writer import Handler, Writer
from hub.ports.clock import Clock
from hub.ports.keyring import Keyring
from hub.ports.mail import MailItem
from hub.ports.meter import NO_METER, Meter
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
    Sealed,
    Settle,
    ToPlan,
)

_CASES = select(CASE).where(CASE.c.key_hash.in_(bindparam("keys", expanding=True)))
_NAMED = (
    select(CASE_NAME.c.hash, CASE)
    .join(CASE, CASE.c.id == CASE_NAME.c.case_id)
    .where(CASE_NAME.c.hash.in_(bindparam("names", expanding=True)))
)


class MessageStoreSql:
    """One per process. ``role`` names the process in its chain segment; ``on_fatal`` ends the process after a failed commit."""

    def __init__(
        self, engine: Engine, clock: Clock, keyring: Keyring, role: str, on_fatal: Callable[[str], None], meter: Meter = NO_METER
    ) -> None:
        self.engine, self._clock = engine, clock
        self._ids = Ids(engine)
        self._writer = Writer(engine, clock, keyring, _open_segment(engine, role, clock.now()), on_fatal, meter)
        meter.watch("writer_queue_length", "", self._writer.queued)

    def on_commit(self, told: Callable[[], None]) -> None:
        """Call ``told`` once after every group commit of this process (in the writer's thread: be quick)."""
        self._writer.committed = told

    def new_id(self) -> int:
        """A fresh hub id from this process's block."""
        return self._ids.new()

    def submit(self, handler: Handler, item: Any) -> Promise[Any]:
        """Queue an item for the writer of this process; its promise is kept after the commit that holds it."""
        return self._writer.submit(handler, item)

    def accept(self, acceptance: Acceptance) -> Promise[Accepted | Conflicting]:
        """TX1."""
        return self._writer.submit(accept.accept, acceptance)

    def refuse(self, refusal: Refusal) -> Promise[None]:
        """Keep a refused message as evidence."""
        return self._writer.submit(accept.refuse, refusal)

    def unplanned(self, limit: int, without: Collection[str] = ()) -> Sequence[ToPlan]:
        """Accepted messages that may be planned now, oldest first; none of the channels ``without``."""
        query = planning.UNPLANNED.where(MESSAGE.c.channel.not_in(sorted(without))) if without else planning.UNPLANNED
        with self.engine.connect() as connection:
            rows = connection.execute(query, {"most": limit}).fetchall()
        return [_to_plan(row) for row in rows]

    def opening(self, case_id: int) -> ToPlan | None:
        """The message that opened the case."""
        query = planning.STORED.join(CASE, CASE.c.opened_by == MESSAGE.c.id).where(CASE.c.id == case_id)
        with self.engine.connect() as connection:
            row = connection.execute(query).first()
        return _to_plan(row) if row else None

    def open_obligations(self, case_id: int) -> Sequence[OpenObligation]:
        """What is still owed on the case."""
        owed = OBLIGATION.c
        query = select(owed.id, owed.kind, owed.base, owed.due_at).where(
            owed.case_id == case_id, owed.answered_at.is_(None), owed.ended_as.is_(None)
        )
        with self.engine.connect() as connection:
            return [OpenObligation(*row) for row in connection.execute(query.order_by(owed.id))]

    def cases(self, keys: Sequence[bytes], names: Sequence[bytes] = ()) -> Mapping[bytes, CaseRow]:
        """The cases under these key hashes, and those with these further names."""
        if not (keys or names):
            return {}
        with self.engine.connect() as connection:
            rows = connection.execute(_CASES, {"keys": list(keys)}).fetchall() if keys else []
            named = connection.execute(_NAMED, {"names": list(names)}).fetchall() if names else []
        found = {bytes(row.hash): case_row(row, row.id) for row in named}
        return found | {bytes(row.key_hash): case_row(row, row.id) for row in rows}

    def case_by_id(self, case_id: int) -> CaseRow | None:
        """The case of that id."""
        with self.engine.connect() as connection:
            row = connection.execute(select(CASE).where(CASE.c.id == case_id)).first()
        return case_row(row, row.id) if row else None

    def plan(self, plan: Plan) -> Promise[None]:
        """PLAN."""
        return self._writer.submit(planning.plan, plan)

    def claim(
        self, outlet: str, slots: int, owner: str, lease_ms: int, *, again: bool = True, tickets: bool = False
    ) -> Promise[Sequence[Claimed]]:
        """Claim deliveries and commit the intent of each."""
        return self._writer.submit(deliver.claim, deliver.ClaimRequest(outlet, slots, owner, lease_ms, again, tickets))

    def settle(self, settle: Settle) -> Promise[None]:
        """TX3."""
        return self._writer.submit(deliver.settle, settle)

    def mailbox(self, spoke: str, limit: int, lease_ms: int) -> Promise[Sequence[MailItem]]:
        """Lease waiting deliveries of a spoke's mailbox."""
        return self._writer.submit(mailbox.fetch, mailbox.Fetch(spoke, limit, lease_ms))

    def acknowledge(self, spoke: str, items: Sequence[tuple[int, str]]) -> Promise[Sequence[int]]:
        """Settle mailbox deliveries."""
        return self._writer.submit(mailbox.acknowledge, mailbox.Acknowledgement(spoke, tuple(items)))

    def feed_cursor(self, adapter: str, feed: str) -> str:
        """The committed cursor, empty at first."""
        query = select(FEED_CURSOR.c.cursor).where(FEED_CURSOR.c.adapter == adapter, FEED_CURSOR.c.feed == feed)
        with self.engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none() or ""

    def mark_feed(self, mark: FeedMark) -> Promise[None]:
        """Move a cursor past a page that brought nothing to accept."""
        return self._writer.submit(feeds.mark_feed, mark)

    def due_timers(self, now: int, limit: int) -> Sequence[tuple[int, int, str]]:
        """Timers that have come due."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(timers.DUE, {"now": now, "most": limit})]

    def fire(self, timer: int, case: CaseChange | None) -> Promise[None]:
        """Mark a timer fired and apply what its rule decided."""
        return self._writer.submit(timers.fire, timers.Firing(timer, case))

    def release_orphans(self, owner: str) -> int:
        """End the leases of owners that cannot live any more (embedded mode: this process is the only engine)."""
        statement = update(DELIVERY).where(DELIVERY.c.state == "claimed", DELIVERY.c.owner != owner).values(lease_until=0)
        split = update(BATCH).where(BATCH.c.state == "running", BATCH.c.owner != owner).values(lease_until=0)
        writing = self.engine.connect().execution_options(begin="IMMEDIATE")
        with Gate(self.engine).turn(), writing as connection, connection.begin():
            connection.execute(split)
            return connection.execute(statement).rowcount

    def waiting(self) -> dict[str, int]:
        """How many deliveries stand in each state that is not an end."""
        query = select(DELIVERY.c.state, func.count()).where(DELIVERY.c.settled_at.is_(None)).group_by(DELIVERY.c.state)
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def close(self) -> None:
        """Finish queued writes and close."""
        self._writer.close()
        self.engine.dispose()


def _open_segment(engine: Engine, role: str, now: int) -> int:
    with Gate(engine).turn(), engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
        last = connection.execute(select(func.coalesce(func.max(SEGMENT.c.id), 0))).scalar_one()
        connection.execute(SEGMENT.insert(), {"id": last + 1, "role": role, "opened_at": now})
        return int(last) + 1


def _to_plan(row: Any) -> ToPlan:
    return ToPlan(
        id=row.id, channel=row.channel, version=row.version, sender=row.sender, from_system=row.from_system,
        from_div=row.from_div, from_user=row.from_user, test=bool(row.test), lane_id=row.lane_id, lane_no=row.lane_no,
        accepted_at=row.accepted_at, canonical=Sealed(row.canonical_key, bytes(row.canonical)),
    )  # fmt: skip
