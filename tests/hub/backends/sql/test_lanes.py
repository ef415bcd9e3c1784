"""Lane numbers and races: whatever arrives at once, each lane is numbered without gaps in the order of acceptance."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from hub.contract.errors import ClientError
from hub.contract.message import show_hub_id
from hub.ports.records import Accepted
from tests.flows.enquiry.documents import feedback, request
from tests.hub.backends.sql.groups import together
from tests.hub.backends.sql.receipts import receipts
from tests.hub.pipeline.rig import SIMING, YANPING, ManualClock, Rig

THREADS, EACH, LANES = 8, 50, 5


@pytest.fixture
def pair(rig: Rig, clock: ManualClock) -> Iterator[tuple[Rig, Rig]]:
    """Two stores with a writer each on one file, as edge and engine are."""
    other = Rig(rig.home, clock)
    yield rig, other
    other.close()


def _at_once(work: Callable[[int], None]) -> None:
    """Run in eight threads that start together; a failure in one fails the test."""
    gate, faults = threading.Barrier(THREADS), []

    def run(n: int) -> None:
        gate.wait(10)
        try:
            work(n)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults, faults


def _flood(rigs: Sequence[Rig]) -> list[list[tuple[str, int]]]:
    """Every thread sends 50 messages over five shared lanes; (lane, number) of each as its thread got them."""
    got: list[list[tuple[str, int]]] = [[] for _ in range(THREADS)]

    def work(n: int) -> None:
        for m in range(EACH):
            lane = f"XC{(n + m) % LANES}"
            accepted = rigs[n % len(rigs)].submit(YANPING, feedback(lane, 1 + n * EACH + m))
            got[n].append((lane, accepted.lane_no or 0))

    _at_once(work)
    return got


def _check_lanes(rig: Rig, got: list[list[tuple[str, int]]]) -> None:
    for lane in range(LANES):
        per_thread = [[no for name, no in one if name == f"XC{lane}"] for one in got]
        assert sorted(no for numbers in per_thread for no in numbers) == list(range(1, THREADS * EACH // LANES + 1))
        assert all(numbers == sorted(numbers) for numbers in per_thread)
    assert len(receipts(rig)) == THREADS * EACH


def test_gap_free_under_threads(rig: Rig) -> None:
    """Eight threads with 50 messages each over shared lanes: numbers without gap, rising in the order each thread was answered."""
    _check_lanes(rig, _flood([rig]))


def test_gap_free_under_two_stores(pair: tuple[Rig, Rig]) -> None:
    """The same with two stores on one file."""
    _check_lanes(pair[0], _flood(pair))


def test_acceptance_order_is_receipt_order(rig: Rig) -> None:
    """Within a segment, receipts and lane numbers rise together: the number is given when the message is accepted."""
    _flood([rig])
    numbers: dict[int, list[int]] = {}
    query = "SELECT m.lane_id, m.lane_no FROM message m JOIN receipt r ON r.message_id = m.id ORDER BY r.segment, r.no"
    for lane, no in rig.rows(query):
        numbers.setdefault(lane, []).append(no)
    assert len(numbers) == LANES
    assert all(found == sorted(found) for found in numbers.values())


@pytest.mark.parametrize("stores", [1, 2])
def test_same_message_at_once(pair: tuple[Rig, Rig], stores: int) -> None:
    """Eight callers sending one message at once, also through two stores, make one message and get one receipt."""
    answers: list[Accepted] = []
    _at_once(lambda n: answers.append(pair[n % stores].submit(SIMING, request("XC1"), "m-1")))
    assert len({a.receipt for a in answers}) == 1
    assert sorted(a.duplicate for a in answers) == [False] + [True] * (THREADS - 1)
    assert pair[0].rows("SELECT count(*) FROM message") == [(1,)]


def test_same_number_with_eight_contents(pair: tuple[Rig, Rig]) -> None:
    """Of eight different contents under one business number, one is accepted; the others are refused and name it."""
    answers: list[Accepted] = []
    refused: list[str | None] = []

    def work(n: int) -> None:
        try:
            answers.append(pair[n % 2].submit(SIMING, request("XC1", question=f"第{n}问")))
        except ClientError as fault:
            refused.append(fault.ref)

    _at_once(work)
    assert refused == [show_hub_id(answers[0].id)] * (THREADS - 1)


def test_duplicates_within_one_commit(rig: Rig) -> None:
    """Copies that share a commit with the first get its receipt, too; numbers have no gap for them."""
    documents = [feedback("XC1", 1), feedback("XC1", 1), feedback("XC1", 2)]
    first, copy, second = together(rig, [rig.inbound(YANPING, d) for d in documents])
    assert (first.lane_no, copy.lane_no, second.lane_no) == (1, 1, 2)
    assert copy.duplicate and copy.receipt == first.receipt


def test_a_refused_message_takes_no_number(rig: Rig) -> None:
    """A conflict leaves no gap in its lane."""
    rig.submit(YANPING, feedback("XC1", 1))
    with pytest.raises(ClientError):
        rig.submit(YANPING, feedback("XC1", 1, answer="不属实"))
    assert rig.submit(YANPING, feedback("XC1", 2)).lane_no == 2
