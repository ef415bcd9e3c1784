"""Killed anywhere, a batch goes on at the next record: nothing lost, nothing twice, every record with one outcome."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from hub.backends.sql import batch_orders, batch_records
from hub.batches import splitter
from hub.batches.splitter import Splitter
from hub.contract.batch import Sifted
from hub.contract.message import Document
from hub.ports.batch_store import Group
from hub.ports.records import Conflict
from tests.hub.batches.batch_rig import BatchRig, enquiries, wrapped
from tests.hub.pipeline.rig import Rig

COUNT = 1_000
BAD = (1, 137, 200, 201, 999)


class Killed(BaseException):
    """What nothing catches: the process is gone."""


@pytest.fixture
def batch(rig: Rig) -> BatchRig:
    """A thousand records, five of them bad, accepted and not split."""
    made = BatchRig(rig)
    made.receive(wrapped(enquiries(*range(1, COUNT + 1), bad=BAD)))
    return made


def whole(batch: BatchRig) -> None:
    """Every record has its one outcome, every good one its one message, in the order of the batch."""
    seen = batch.seen()
    assert (seen.state, seen.accepted, seen.duplicate, seen.refused) == ("done", COUNT - len(BAD), 0, len(BAD))
    assert [r.number for r in seen.records if r.state == "refused"] == list(BAD)
    rows = batch.rig.rows("SELECT no, message_id FROM batch_record ORDER BY no")
    assert [no for no, _ in rows] == list(range(1, COUNT + 1))
    messages = [message for _, message in rows if message]
    assert messages == [id_ for (id_,) in batch.rig.rows("SELECT id FROM message ORDER BY id")]
    assert batch.rig.rows("SELECT count(*) FROM receipt") == [(COUNT - len(BAD),)]


@pytest.mark.parametrize("seed", range(4))
def test_killed_between_any_two_records(batch: BatchRig, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Death while a record is sorted out, at random, up to ten times: what was committed stands, the rest is done again."""
    rng, real, deaths = random.Random(seed), splitter.sort_record, 0

    def deadly(*words: Any) -> Any:
        if deaths < 10 and rng.random() < 1 / 150:
            raise Killed
        return real(*words)

    monkeypatch.setattr(splitter, "sort_record", deadly)
    for life in range(60):
        if batch.seen().state == "done":
            break
        batch.rig.clock.advance(splitter.LEASE_MS / 1000 + 1)
        try:
            Splitter(batch.rig.machine, f"life {life}").once()
        except Killed:
            deaths += 1
    assert deaths > 2
    whole(batch)


@pytest.mark.parametrize("after", [False, True])
def test_killed_around_the_commit_of_a_group(batch: BatchRig, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    """Death just before a group is handed to the writer, or just after it is on disk: each time it goes on behind what is committed."""
    machine, number = batch.rig.machine, 0
    real = machine.batches.take

    def deadly(group: Group) -> Any:
        nonlocal number
        number += 1
        if number % 2 == 0:
            if after:
                real(group).result(5)
            raise Killed
        return real(group)

    monkeypatch.setattr(machine.batches, "take", deadly)
    deaths = 0
    for life in range(20):
        batch.rig.clock.advance(splitter.LEASE_MS / 1000 + 1)
        try:
            if not Splitter(machine, f"life {life}").once():
                break
        except Killed:
            deaths += 1
    assert deaths >= 2
    whole(batch)


def test_killed_before_it_is_called_done(batch: BatchRig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Death after the last record and before the last word: the next engine finds nothing left and says it."""

    def dead(_left: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(batch.rig.machine.batches, "leave", dead)
        with pytest.raises(Killed):
            Splitter(batch.rig.machine, "one").once()
    assert batch.split() == 0
    batch.rig.clock.advance(splitter.LEASE_MS / 1000 + 1)
    assert batch.split() == 1
    whole(batch)


def test_a_sleeper_that_wakes_late_writes_nothing(batch: BatchRig) -> None:
    """A splitter whose lease ran out and whose batch was taken over commits no group of its own."""
    store = batch.rig.machine.batches
    sleeper = store.claim("sleeper", splitter.LEASE_MS).result(5)
    batch.rig.clock.advance(splitter.LEASE_MS / 1000 + 1)
    batch.split()
    late = Group(sleeper, 0, (splitter.refused(1, "Client.Malformed"),), splitter.LEASE_MS)
    with pytest.raises(Conflict):
        store.take(late).result(5)
    whole(batch)


def test_a_cancelled_batch_is_split_no_further(batch: BatchRig) -> None:
    """What its splitter had in hand when two people ended it is not written: neither records nor messages."""
    store, rig = batch.rig.machine.batches, batch.rig
    claim = store.claim("busy", splitter.LEASE_MS).result(5)
    for who in ("cli:chen", "cli:lin"):
        batch_orders.cancel(rig.store.engine, rig.clock, claim.id, who)
    with pytest.raises(Conflict):
        store.take(Group(claim, 0, (splitter.refused(1, "Client.Malformed"),), splitter.LEASE_MS)).result(5)
    assert store.of(claim.id).state == "cancelled"
    assert rig.rows("SELECT count(*) FROM batch_record") == [(0,)]


def test_a_record_that_kills_is_refused_in_the_end(rig: Rig) -> None:
    """Poison: after a few deaths at the same place records go one by one, and the one that kills is refused; its neighbours are not."""

    def sift(record: Document) -> Sifted:
        if (record.text("enquiryNo") or "").endswith("3"):
            raise Killed
        return Sifted(record.root)

    batch = BatchRig(rig, sift=sift)
    batch.receive(wrapped(enquiries(1, 2, 3, 4, 5)))
    deaths = 0
    for life in range(20):
        rig.clock.advance(splitter.LEASE_MS / 1000 + 1)
        try:
            if not Splitter(rig.machine, f"life {life}").once():
                break
        except Killed:
            deaths += 1
    assert deaths <= 3 * splitter.ALONE_AFTER + 1
    assert [(r.state, r.code) for r in batch.seen().records][2] == ("refused", "Server.Internal")
    assert (batch.seen().state, batch.seen().accepted) == ("done", 4)


def test_a_record_that_the_database_refuses_costs_nobody_else(batch: BatchRig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that fails in the database is taken one by one; the record it stumbles over is refused, the rest is accepted."""
    real, bad = batch_records._outcome, 500

    def stumbling(record: Any, answer: Any) -> Any:
        if record.row.number == bad:
            raise Conflict("IntegrityError")
        return real(record, answer)

    monkeypatch.setattr(batch_records, "_outcome", stumbling)
    batch.split()
    refused = {r.number: r.code for r in batch.seen().records if r.state == "refused"}
    assert refused.pop(bad) == "Server.Internal"
    assert tuple(refused) == BAD
    assert batch.seen().accepted == COUNT - len(BAD) - 1


def test_a_batch_whose_sender_is_gone_waits(batch: BatchRig) -> None:
    """A spoke that was switched off keeps its batch waiting, for a minute at a time, and holds up no other."""
    batch.rig.write("UPDATE spoke SET enabled = 0 WHERE name = 'siming'")
    machine = replace(batch.rig.machine, directory=_Empty())
    assert Splitter(machine, "one").once()
    assert not Splitter(machine, "one").once()
    assert machine.batches.of(batch.rig.rows("SELECT id FROM batch")[0][0]).state == "accepted"
    batch.rig.clock.advance(61)
    assert batch.split() == 1
    whole(batch)


class _Empty:
    """A directory without anybody."""

    def named(self, _name: str) -> None:
        return None


def test_a_stopped_splitter_lets_go(batch: BatchRig) -> None:
    """Told to stop, it ends after the group under way, and another goes on at once."""
    assert Splitter(batch.rig.machine, "one", lambda: True).once()
    assert 0 < batch.seen().accepted < COUNT - len(BAD)
    assert Splitter(batch.rig.machine, "two").once()
    whole(batch)
