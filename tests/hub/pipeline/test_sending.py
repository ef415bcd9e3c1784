"""Batches that go out: frozen in parts, one row a record, never the same version twice, each result on its own case."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.contract.message import show_hub_id
from hub.contract.outcome import Pending, PerRecord, RecordResult, Rejected, Released, Unknown
from hub.contract.xml import parse
from hub.pipeline.batch_line import Line
from hub.pipeline.deliver import partner_key
from hub.ports.records import Conflict
from tests.flows.enquiry.documents import request
from tests.hub.pipeline.rig import PADIS, Rig
from tests.hub.pipeline.sending import Collected, make, records, sending


@pytest.fixture
def way(rig: Rig, tmp_path: Path) -> Line:
    return sending(rig, tmp_path / "schemas")


def _rows(rig: Rig) -> list[tuple[object, ...]]:
    return rig.rows("select number, state, code from record_sent order by batch_id, number")


def _attempt(rig: Rig, partner: Collected) -> list[object]:
    """One round with tickets: claim, call or collect, settle."""
    from hub.pipeline.deliver import attempt

    done: list[object] = []
    for claimed in rig.store.claim(PADIS, 16, "one", 30_000, tickets=True).result(5):
        outcome, called = attempt(rig.machine, partner, rig.operation(claimed), claimed)
        rig.settle(claimed, outcome, called=called)
        done.append(outcome)
    return done


def _good(*numbers: int) -> PerRecord:
    return PerRecord(tuple(RecordResult(n, "accepted", "0") for n in numbers))


def test_a_batch_is_a_message_with_frozen_parts(rig: Rig, way: Line) -> None:
    """Five records in parts of two: three deliveries under keys of their own, the wrapper planned, numbers through the whole batch."""
    batch = make(rig, way, records("A-1", "A-2", "A-3", "A-4", "A-5"))
    assert batch is not None
    assert rig.states(batch.message.id) == ("planned", "queued", "queued", "queued")
    claimed = rig.claim()
    shown = show_hub_id(batch.message.id)
    assert [partner_key(c) for c in claimed] == [f"FJ-{shown}-{n}" for n in (1, 2, 3)]
    bodies = [parse(rig.machine.keyring.open(f"delivery_body|body|{c.id}", c.body)) for c in claimed]
    assert [b.findtext("BH") for b in bodies] == [f"{shown}/{n}/3/{first}/5" for n, first in ((1, 1), (2, 3), (3, 5))]
    assert [[r.findtext("XCH") for r in b if r.tag != "BH"] for b in bodies] == [["A-1", "A-2"], ["A-3", "A-4"], ["A-5"]]
    assert _rows(rig) == [(n, "waiting", None) for n in range(1, 6)]


def test_one_version_is_sent_once(rig: Rig, way: Line) -> None:
    """What waits or was accepted is left out; what was rejected, and a new version, go again; twice in one batch counts once."""
    make(rig, way, records("A-1", "A-1", "A-2"))
    assert len(_rows(rig)) == 2
    assert make(rig, way, records("A-1", "A-2"), no=2) is None
    partner = Collected(deliveries=[PerRecord((RecordResult(1, "accepted", "0"), RecordResult(2, "rejected", "2")))])
    _attempt(rig, partner)
    assert _rows(rig) == [(1, "accepted", "0"), (2, "rejected", "2")]
    again = make(rig, way, records("A-1", "A-2"), no=3)
    assert again is not None
    assert len(again.records) == 1
    newer = make(rig, way, records("A-1", urgency="1"), no=4)
    assert newer is not None


def test_a_bad_record_is_refused_alone(rig: Rig, way: Line) -> None:
    """One that its schema refuses, and one the rule could not make: rows with a code, behind the good ones, never sent."""
    bad = parse(request("B-1").replace(b"<sex>1</sex>", b"<sex>7</sex>"))
    batch = make(rig, way, [*records("A-1"), bad, None, *records("A-2")])
    assert batch is not None
    assert _rows(rig) == [
        (1, "waiting", None), (2, "waiting", None), (3, "refused", "Client.Schema.Enumeration"), (4, "refused", "Flow.RuleFailed"),
    ]  # fmt: skip
    assert [d.part for d in batch.deliveries] == [1]


def test_results_move_each_records_case(rig: Rig, way: Line) -> None:
    """The case of each record opens with the batch and moves with its own result."""
    make(rig, way, records("A-1", "A-2"))
    assert rig.rows("select state from case_file order by id") == [("1",), ("1",)]
    partner = Collected(deliveries=[PerRecord((RecordResult(1, "accepted", "0"), RecordResult(2, "rejected", "2")))])
    _attempt(rig, partner)
    assert rig.rows("select state from case_file order by id") == [("2",), ("6",)]


@pytest.mark.parametrize("numbers", [(1,), (1, 1, 2), (2, 3)])
def test_results_that_do_not_name_each_record_are_no_results(rig: Rig, way: Line, numbers: tuple[int, ...]) -> None:
    """Missing or doubled: nothing is settled, the part is tried again."""
    make(rig, way, records("A-1", "A-2"))
    _attempt(rig, Collected(deliveries=[_good(*numbers)]))
    assert [row[1] for row in _rows(rig)] == ["waiting"] * 2
    assert rig.rows("select state, code from delivery") == [("released", "results incomplete")]


def test_a_part_rejected_as_a_whole_rejects_its_records(rig: Rig, way: Line) -> None:
    """With the partner's code, each on its case."""
    make(rig, way, records("A-1", "A-2", "A-3"))
    _attempt(rig, Collected(deliveries=[Rejected("9"), _good(3)]))
    assert _rows(rig) == [(1, "rejected", "9"), (2, "rejected", "9"), (3, "accepted", "0")]


def test_a_ticket_is_asked_about_until_the_result_is_there(rig: Rig, way: Line) -> None:
    """Taken → not yet → away → result: one call, the same ticket, nothing before its time, and never in doubt."""
    make(rig, way, records("A-1", "A-2"))
    partner = Collected(
        deliveries=[Pending("T-1", poll_after=5)],
        results=[Pending("T-1", poll_after=5), Released("away", retry_after=2), OSError("cut"), _good(1, 2)],
    )
    assert _attempt(rig, partner)
    assert rig.rows("select state, ticket, doubt from delivery") == [("pending", "T-1", 0)]
    assert _attempt(rig, partner) == []
    for _ in range(6):
        rig.clock.advance(61)
        _attempt(rig, partner)
    assert len(partner.called) == 1
    assert partner.collected == ["T-1"] * 4
    assert rig.rows("select state, ticket from delivery") == [("delivered", None)]
    assert [row[1] for row in _rows(rig)] == ["accepted"] * 2


def test_a_lost_ticket_is_sent_again_under_the_same_key(rig: Rig, way: Line) -> None:
    """The partner has lost the work: the same bytes go again."""
    make(rig, way, records("A-1"))
    partner = Collected(
        deliveries=[Pending("T-1", poll_after=1), Pending("T-2", poll_after=1)], results=[Released("lost", resend=True), _good(1)]
    )
    for _ in range(5):
        _attempt(rig, partner)
        rig.clock.advance(5)
    assert partner.called[0] == partner.called[1]
    assert partner.collected == ["T-1", "T-2"]
    assert _rows(rig) == [(1, "accepted", "0")]


def test_a_killed_collection_is_repeated_and_the_call_is_not(rig: Rig, way: Line) -> None:
    """An engine that dies while it asks about a ticket: the next one asks again; class A or not, nothing is sent again."""
    make(rig, way, records("A-1"))
    partner = Collected(deliveries=[Pending("T-1", poll_after=0)], results=[_good(1)])
    _attempt(rig, partner)
    rig.clock.advance(1)
    assert len(rig.store.claim(PADIS, 16, "dead", 1_000, tickets=True).result(5)) == 1
    rig.clock.advance(2)
    _attempt(rig, partner)
    assert (len(partner.called), partner.collected) == (1, ["T-1"])
    assert _rows(rig) == [(1, "accepted", "0")]


def test_a_ticket_too_old_ends_unknown(rig: Rig, way: Line) -> None:
    """Nobody knows what became of it: unknown, for a person to decide; its records wait."""
    make(rig, way, records("A-1"))
    partner = Collected(deliveries=[Pending("T-1", poll_after=1)], results=[Unknown("cut")])
    _attempt(rig, partner)
    rig.clock.advance(15 * 86_400)
    _attempt(rig, partner)
    assert rig.rows("select state, code from delivery") == [("unknown", "Flow.OutcomeUnknown")]
    assert _rows(rig) == [(1, "waiting", None)]


def test_a_step_of_a_run_is_committed_once(rig: Rig, way: Line) -> None:
    """Two engines make the same batch: one commits, the other conflicts and leaves nothing behind."""
    make(rig, way, records("A-1"))
    with pytest.raises(Conflict):
        make(rig, way, records("A-2"))
    assert len(_rows(rig)) == 1
    assert rig.rows("select count(*) from message") == [(1,)]
    assert rig.rows("select count(*) from delivery") == [(1,)]
