"""Claim and settle: one in flight per lane and recipient, a lease that ends, a fence that keeps out whoever wakes late."""

from __future__ import annotations

import threading

import pytest

from hub.contract.outcome import Delivered, Rejected, Released, Unknown
from hub.ports.records import Claimed, Conflict
from tests.flows.enquiry.documents import ELSEWHERE, feedback, request
from tests.hub.pipeline.rig import MAILBOX, PADIS, SIMING, ManualClock, Rig

LEASE = 30_000


def _lane(rig: Rig, length: int = 3) -> list[int]:
    """Feedback of ours to PADIS: as many deliveries in one lane to one recipient; the hub ids of their messages."""
    rig.submit("padis", request("P1", applicant=ELSEWHERE))
    ids = [rig.submit("yanping", feedback("P1", n + 1, origin_system="PADIS")).id for n in range(length)]
    rig.plan()
    return ids


def test_first_in_lane_only(rig: Rig) -> None:
    """Of a lane's deliveries to a recipient only the first is claimed, however many slots are free."""
    ids = _lane(rig)
    for expected in ids:
        (claimed,) = rig.claim()
        assert claimed.message == expected
        assert rig.claim() == []
        rig.settle(claimed, Delivered())
    assert rig.claim() == []


def test_lanes_do_not_wait_for_each_other(rig: Rig) -> None:
    """Deliveries of different lanes, and of one lane to different recipients, are claimed together."""
    for n in range(5):
        rig.submit(SIMING, request(f"XC{n}", stated=ELSEWHERE))
    rig.submit(SIMING, request("XC9"))
    _lane(rig, 1)
    assert len(rig.claim(PADIS)) == 6
    assert len(rig.claim(MAILBOX)) == 2


def test_slots_bound_a_claim(rig: Rig) -> None:
    """Never more than the slots asked for; oldest first; the rest with the next claim."""
    ids = [rig.submit(SIMING, request(f"XC{n}", stated=ELSEWHERE)).id for n in range(5)]
    rig.plan()
    got = [c.message for slots in (2, 2, 2) for c in rig.claim(slots=slots)]
    assert got == ids


@pytest.mark.parametrize(("outcome", "frees"), [
    (Delivered(), True), (Rejected("1001"), True), (Released("away", 60), False), (Unknown("cut"), False),
])  # fmt: skip
def test_what_frees_a_lane(rig: Rig, outcome: Delivered | Rejected | Released | Unknown, frees: bool) -> None:
    """Delivered and rejected free the lane; released and unknown hold it."""
    ids = _lane(rig)
    rig.settle(rig.claim()[0], outcome)
    assert [c.message for c in rig.claim()] == (ids[1:2] if frees else [])


def test_unknown_and_dead_hold_only_their_lane(rig: Rig) -> None:
    """Behind a class C unknown and an expired delivery nothing of that lane moves; other lanes do."""
    from hub.contract.operation import OperationClass

    rig.with_operations(kind=OperationClass.NEITHER)
    _lane(rig)
    rig.settle(rig.claim()[0], Unknown("cut"))
    rig.clock.advance(86_400)
    assert rig.claim() == []
    rig.submit(SIMING, request("XC1", stated=ELSEWHERE))
    rig.plan()
    assert len(rig.claim()) == 1


def test_lease_ends_and_fence_rises(rig: Rig) -> None:
    """When the lease has run out another owner takes the delivery with a higher fence, in doubt; not before."""
    _lane(rig, 1)
    (first,) = rig.claim(owner="one", lease_ms=LEASE)
    rig.clock.advance(LEASE / 1000)
    assert rig.claim(owner="two") == []
    rig.clock.advance(0.001)
    (second,) = rig.claim(owner="two")
    assert (second.id, second.attempt, second.doubt) == (first.id, 2, True)
    assert second.fence > first.fence and not first.doubt
    assert second.body == first.body


def test_late_settle_is_refused(rig: Rig) -> None:
    """The first owner, waking after the lease, cannot write: neither its success nor its failure counts."""
    (message,) = _lane(rig, 1)
    (first,) = rig.claim(owner="one", lease_ms=LEASE)
    rig.clock.advance(31)
    (second,) = rig.claim(owner="two")
    with pytest.raises(Conflict, match="fence"):
        rig.settle(first, Rejected("1001"))
    assert rig.states(message) == ("planned", "claimed")
    rig.settle(second, Delivered())
    with pytest.raises(Conflict, match="fence"):
        rig.settle(first, Unknown("cut"))
    assert rig.states(message) == ("planned", "delivered")


@pytest.mark.parametrize("first", [Delivered(), Rejected("1001"), Released("away", 0)])
def test_settled_once(rig: Rig, first: Delivered | Rejected | Released) -> None:
    """A claim is settled once: a second result of the same attempt changes nothing, whatever it says."""
    (message,) = _lane(rig, 1)
    (claimed,) = rig.claim()
    rig.settle(claimed, first)
    before = rig.whole(message).deliveries
    for again in (Delivered(), Released("away"), Unknown("cut")):
        with pytest.raises(Conflict, match="fence"):
            rig.settle(claimed, again)
    assert rig.whole(message).deliveries == before


def test_refused_settle_moves_no_case(rig: Rig) -> None:
    """What a fenced owner would have decided for the case is not written either."""
    request_id = rig.submit(SIMING, request("XC1", stated=ELSEWHERE)).id
    rig.plan()
    (first,) = rig.claim(lease_ms=LEASE)
    rig.clock.advance(31)
    rig.claim(owner="two")
    with pytest.raises(Conflict):
        rig.settle(first, Delivered())
    assert rig.case(request_id).state == "1"
    assert rig.whole(request_id).obligations[0]["base"] is None


def test_attempts_are_on_record(rig: Rig) -> None:
    """Each attempt is written before the call, with number and fence, and closed with its outcome; a lost one stays open."""
    (message,) = _lane(rig, 1)
    rig.claim(lease_ms=LEASE)
    rig.clock.advance(31)
    rig.settle(rig.claim(owner="two")[0], Released("away", 0))
    rig.settle(rig.claim()[0], Delivered())
    attempts = rig.whole(message).attempts
    assert [(a["n"], a["outcome"]) for a in attempts] == [(1, None), (2, "released"), (3, "delivered")]
    assert len({a["fence"] for a in attempts}) == 3
    assert rig.status(message).deliveries[0].attempts == 3


def test_concurrent_claims_share_nothing(rig: Rig, clock: ManualClock) -> None:
    """Eight claimers over two stores never get the same delivery."""
    for n in range(40):
        rig.submit(SIMING, request(f"XC{n}", stated=ELSEWHERE))
    rig.plan()
    other = Rig(rig.home, clock)
    got: list[Claimed] = []

    def work(n: int) -> None:
        for _ in range(5):
            got.extend((rig, other)[n % 2].claim(owner=f"owner-{n}", slots=2))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    other.close()
    assert len(got) == len({c.id for c in got}) == 40


def test_orphans_are_released_at_start(rig: Rig, clock: ManualClock) -> None:
    """An engine that is known to be alone takes over what the dead one held, without waiting for the lease."""
    _lane(rig, 1)
    rig.claim(owner="dead")
    assert rig.claim(owner="new") == []
    assert rig.store.release_orphans("new") == 1
    (taken,) = rig.claim(owner="new")
    assert taken.doubt
    assert rig.store.release_orphans("new") == 0
