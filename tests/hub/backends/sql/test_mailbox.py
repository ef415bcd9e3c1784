"""Mailboxes: leased, acknowledged with the lease, shown again when the lease ends; nobody sees another's."""

from __future__ import annotations

import threading

import pytest

from hub.ports.mail import MailItem
from tests.flows.enquiry.documents import YANPING_UNIT, feedback, request
from tests.hub.pipeline.rig import SIMING, YANPING, Rig

LEASE = 60_000


@pytest.fixture
def waiting(rig: Rig) -> list[int]:
    """Three enquiries in Yanping's mailbox; their hub ids."""
    ids = [rig.submit(SIMING, request(f"XC{n}")).id for n in range(3)]
    rig.plan()
    rig.fill_mailboxes()
    return ids


def _fetch(rig: Rig, spoke: str = YANPING, limit: int = 10) -> list[MailItem]:
    return list(rig.store.mailbox(spoke, limit, LEASE).result(5))


def _ack(rig: Rig, *items: tuple[int, str], spoke: str = YANPING) -> list[int]:
    return list(rig.store.acknowledge(spoke, items).result(5))


def test_in_the_mailbox_is_pending_and_effective(rig: Rig, waiting: list[int]) -> None:
    """What is in the mailbox is in the receiver's hands: pending, with base and due date, before anybody fetches it."""
    assert rig.states(waiting[0]) == ("planned", "pending")
    (owed,) = rig.whole(waiting[0]).obligations
    assert owed["base"] == rig.clock.now()
    assert _fetch(rig)[0].due_at == owed["due_at"]


def test_lease_and_acknowledgement(rig: Rig, waiting: list[int]) -> None:
    """Fetched items are not shown again while leased; acknowledged ones are delivered and gone."""
    items = _fetch(rig)
    assert [i.message for i in items] == waiting
    assert _fetch(rig) == []
    assert _ack(rig, *((i.message, i.lease) for i in items[:2])) == waiting[:2]
    assert [rig.states(i)[1] for i in waiting] == ["delivered", "delivered", "pending"]


def test_limit(rig: Rig, waiting: list[int]) -> None:
    """Never more than asked for; the rest comes with the next fetch."""
    assert [[i.message for i in _fetch(rig, limit=2)] for _ in range(2)] == [waiting[:2], waiting[2:]]


def test_lease_ends(rig: Rig, waiting: list[int]) -> None:
    """When the lease has run out the item is shown again under another lease, and the old one is stale."""
    (old, *_) = _fetch(rig)
    rig.clock.advance(LEASE / 1000)
    assert _fetch(rig) == []
    rig.clock.advance(0.001)
    (new, *_) = _fetch(rig)
    assert new.delivery == old.delivery and new.lease != old.lease
    assert _ack(rig, (old.message, old.lease)) == []
    assert rig.states(old.message)[1] == "pending"
    assert _ack(rig, (new.message, new.lease)) == [new.message]


def test_acknowledged_twice(rig: Rig, waiting: list[int]) -> None:
    """Acknowledging again what is settled says settled and changes nothing: the first answer may have been lost."""
    (item, *_) = _fetch(rig)
    assert [_ack(rig, (item.message, item.lease)) for _ in range(2)] == [[item.message]] * 2
    assert len(rig.rows("SELECT * FROM audit WHERE action = 'take'")) == 1


@pytest.mark.parametrize("lease", ["", "0" * 24, "x' OR '1'='1"])
def test_wrong_lease(rig: Rig, waiting: list[int], lease: str) -> None:
    """A lease that was never given settles nothing, also before anything was fetched."""
    assert _ack(rig, (waiting[0], lease)) == []
    _fetch(rig)
    assert _ack(rig, (waiting[0], lease)) == []


def test_another_spokes_items(rig: Rig, waiting: list[int]) -> None:
    """Another spoke neither sees nor settles them, even with the lease in hand."""
    assert _fetch(rig, SIMING) == []
    (item, *_) = _fetch(rig)
    assert _ack(rig, (item.message, item.lease), spoke=SIMING) == []
    assert rig.states(item.message)[1] == "pending"


def test_acknowledgement_frees_the_lane(rig: Rig) -> None:
    """A spoke gets the next message of a lane only when it has acknowledged the one before."""
    rig.submit(SIMING, request("XC1"))
    answers = [rig.submit(YANPING, feedback("XC1", n)).id for n in (1, 2)]
    rig.plan()
    rig.fill_mailboxes()
    (item,) = _fetch(rig, SIMING)
    assert item.message == answers[0]
    assert rig.fill_mailboxes() == 0
    _ack(rig, (item.message, item.lease), spoke=SIMING)
    assert rig.fill_mailboxes() == 1
    assert [i.message for i in _fetch(rig, SIMING)] == answers[1:]


def test_fetching_at_once(rig: Rig, waiting: list[int]) -> None:
    """Eight readers of one spoke share the items; none gets what another holds."""
    got: list[MailItem] = []
    threads = [threading.Thread(target=lambda: got.extend(_fetch(rig, limit=1))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(i.message for i in got) == waiting


def test_own_place_feedback_stays_with_the_asker(rig: Rig, waiting: list[int]) -> None:
    """Feedback goes to the mailbox of who asked, not of who answered."""
    rig.submit(YANPING, feedback("XC0", unit=YANPING_UNIT))
    rig.plan()
    rig.fill_mailboxes()
    assert [i.channel for i in _fetch(rig, SIMING)] == ["enquiry.feedback"]
    assert {i.channel for i in _fetch(rig, YANPING)} == {"enquiry.request"}
