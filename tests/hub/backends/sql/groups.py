"""Make several messages share one group commit: the writer is kept busy until all of them are queued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hub.backends.sql.engine import Gate
from hub.pipeline.accept import answer_of
from hub.pipeline.inbound import Inbound
from hub.pipeline.order import submit
from hub.ports.records import Accepted, FeedMark
from tests.hub.pipeline.rig import Rig, wait_for


@contextmanager
def writer_held(rig: Rig) -> Iterator[None]:
    """Hold the writers' turn: what is queued meanwhile is committed as one group afterwards."""
    rig.store.new_id()
    for retention in ("case", "refused"):
        rig.machine.keyring.seal(retention, "x", b"")
    with Gate(rig.store.engine).turn():
        first = rig.store.mark_feed(FeedMark("held", "held", "1"))
        wait_for(lambda: rig.store._writer._queue.empty())  # the writer has taken it and waits for its turn
        yield
    first.result(5)


def together(rig: Rig, works: Sequence[Inbound]) -> list[Accepted]:
    """Accept these in one commit; their answers."""
    with writer_held(rig):
        for work in works:
            submit(rig.machine, work)
    return [answer_of(rig.machine, work) for work in works]


def in_one_commit(rig: Rig, *calls: Any) -> list[Any]:
    """Futures queued by these calls while the writer is held."""
    with writer_held(rig):
        return [call() for call in calls]
