"""Group commit: a bad neighbour costs nobody, a failed commit is never called a success and ends the process."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.backends.sql.prepared import Statements
from hub.contract.errors import ServerError
from hub.pipeline.accept import answer_of
from hub.pipeline.order import plan, submit
from hub.ports.records import Conflict, FeedMark
from tests.flows.enquiry.documents import request
from tests.hub.backends.sql.groups import in_one_commit, together, writer_held
from tests.hub.pipeline.rig import SIMING, ManualClock, Rig, wait_for


@contextmanager
def commit_fails(*, on_disk: bool = False) -> Iterator[None]:
    """The writer's commits report an I/O error; ``on_disk`` says whether the transaction is there all the same."""
    true = Statements.commit

    def failing(statements: Statements) -> None:
        true(statements) if on_disk else statements.rollback()
        raise sqlite3.OperationalError("disk I/O error")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statements, "commit", failing)
        yield


def test_bad_neighbour(rig: Rig) -> None:
    """An item that violates a constraint fails alone; those that shared its commit are accepted."""
    taken = rig.submit(SIMING, request("XC0")).id
    works = [rig.inbound(SIMING, request(f"XC{n}")) for n in range(1, 6)]
    with writer_held(rig):
        for place, work in enumerate(works):
            fresh = rig.store.new_id
            if place == 2:
                rig.store.new_id = lambda: taken
            submit(rig.machine, work)
            rig.store.new_id = fresh
    with pytest.raises(ServerError):
        answer_of(rig.machine, works[2])
    kept = [answer_of(rig.machine, w).id for w in (*works[:2], *works[3:])]
    assert rig.rows("SELECT count(*) FROM message WHERE id IN (?, ?, ?, ?)", *kept) == [(4,)]
    assert not rig.fatal


def test_kinds_share_a_commit(rig: Rig) -> None:
    """Acceptance, feed mark and mailbox fetch queued together are all answered."""
    work = rig.inbound(SIMING, request("XC1"))
    futures = in_one_commit(
        rig,
        lambda: submit(rig.machine, work) or work.answer,
        lambda: rig.store.mark_feed(FeedMark("padis", "download", "7")),
        lambda: rig.store.mailbox(SIMING, 5, 1000),
    )
    assert [f.result(5) for f in futures][1:] == [None, []]
    assert rig.store.feed_cursor("padis", "download") == "7"


def test_commit_error_is_no_success_and_no_refusal(rig: Rig) -> None:
    """When the commit itself fails nobody knows whether it is on disk: the caller hears Server.Busy (repeat
    with the same id), and the process is told to end.
    """
    with commit_fails(), pytest.raises(ServerError, match=r"Server\.Busy"):
        rig.submit(SIMING, request("XC1"))
    assert rig.fatal == ["commit"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_writer_never_dies_in_silence(rig: Rig) -> None:
    """Whatever escapes in the writer's thread ends the process: a hub that can write no more must not stay up."""

    def broken() -> None:
        raise RuntimeError("whatever")

    rig.store.on_commit(broken)
    rig.submit(SIMING, request("XC1"))
    wait_for(lambda: rig.fatal)


def test_statement_error_is_unavailable(rig: Rig) -> None:
    """An error before the commit means not stored: Server.Unavailable, and the process goes on."""
    rig.write("CREATE TRIGGER full BEFORE INSERT ON receipt BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    with pytest.raises(ServerError, match=r"Server\.Unavailable"):
        rig.submit(SIMING, request("XC1"), "m-1")
    rig.write("DROP TRIGGER full")
    assert not rig.fatal
    assert not rig.submit(SIMING, request("XC1"), "m-1").duplicate


@pytest.mark.parametrize("on_disk", [False, True])
def test_reopened_after_a_failed_commit(rig: Rig, clock: ManualClock, on_disk: bool) -> None:
    """After a failed commit and a new start, the repeated message is there once, whether or not the commit reached the disk."""
    with commit_fails(on_disk=on_disk), pytest.raises(ServerError):
        rig.submit(SIMING, request("XC1"), "m-1")
    rig.close()
    again = Rig(rig.home, clock)
    assert again.submit(SIMING, request("XC1"), "m-1").duplicate is on_disk
    assert again.submit(SIMING, request("XC1"), "m-1").duplicate
    assert again.rows("SELECT count(*) FROM message") == [(1,)]
    again.close()


def test_group_commit(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """What queues while a commit runs is committed together: far fewer commits than messages."""
    commits: list[int] = []
    true = Statements.commit
    monkeypatch.setattr(Statements, "commit", lambda statements: (commits.append(1), true(statements)))
    works = [rig.inbound(SIMING, request(f"XC{n}")) for n in range(40)]
    assert len({a.id for a in together(rig, works)}) == 40
    assert len(commits) == 2  # the one that held the writer, and theirs


def test_close_commits_what_is_queued(home: Path, clock: ManualClock) -> None:
    """Closing finishes what was queued; whoever comes later is told no."""
    rig = Rig(home, clock)
    work = rig.inbound(SIMING, request("XC1"))
    late = rig.inbound(SIMING, request("XC2"))
    with writer_held(rig):
        submit(rig.machine, work)
        closing = threading.Thread(target=rig.close)
        closing.start()
    closing.join(10)
    assert answer_of(rig.machine, work).lane_no == 1
    submit(rig.machine, late)
    with pytest.raises(ServerError, match=r"Server\.Unavailable"):
        answer_of(rig.machine, late)


def test_conflict_does_not_cost_its_neighbours(rig: Rig) -> None:
    """Of plans committed together, one that was decided on an old state is refused; the others stand."""
    ids = [rig.submit(SIMING, request(f"XC{n}")).id for n in range(3)]
    plans = plan(rig.machine, rig.unplanned())
    rig.store.plan(plans[1]).result(5)
    futures = in_one_commit(rig, *(lambda p=p: rig.store.plan(p) for p in plans))
    assert [type(f.exception(5)) for f in futures] == [type(None), Conflict, type(None)]
    assert [rig.states(i) for i in ids] == [("planned", "queued")] * 3
