"""Receipts and audit records are chains: whoever changes, removes or moves one is found."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.pipeline.order import submit
from tests.flows.enquiry.documents import ELSEWHERE, feedback, request
from tests.hub.backends.sql.groups import writer_held
from tests.hub.backends.sql.receipts import audit_faults, receipt_faults, receipts, unbase64
from tests.hub.pipeline.rig import SIMING, YANPING, ManualClock, Rig, Script

AUDIT = "SELECT segment, no, at, who, action, object, result, prev_hash, hash FROM audit WHERE segment = ? ORDER BY no"


@pytest.fixture
def day(rig: Rig) -> Rig:
    """A segment with messages, duplicates, refusals, plans, attempts and mailbox traffic."""
    rig.submit(SIMING, request("XC1"), "m-1")
    rig.submit(SIMING, request("XC1"), "m-1")
    rig.submit(SIMING, request("XC2", stated=ELSEWHERE))
    rig.plan()
    rig.attempt(Script())
    rig.fill_mailboxes()
    rig.submit(YANPING, feedback("XC1"))
    rig.plan()
    rig.store.mailbox(YANPING, 10, 60_000).result(5)
    return rig


def _key(rig: Rig) -> bytes:
    return rig.machine.keyring.public_key()  # type: ignore[attr-defined, no-any-return]


def _segment(rig: Rig) -> int:
    return int(rig.rows("SELECT max(id) FROM chain_segment")[0][0])


def test_receipts_verify(day: Rig) -> None:
    """Every receipt is signed by the receipt key, states its message and names the one before it."""
    found = receipts(day)
    assert len(found) == 3
    assert receipt_faults(found, _key(day)) == []


def test_answer_is_the_stored_receipt(day: Rig) -> None:
    """The bytes in the answer are the bytes that were committed."""
    answer = day.submit(SIMING, request("XC9"))
    assert receipts(day)[-1].jws == answer.receipt


@pytest.mark.parametrize("claim", ["hub", "mid", "dig", "lane", "iat", "seg", "no", "prev"])
def test_changed_claim_is_found(day: Rig, claim: str) -> None:
    """Changing any claim of a receipt breaks its signature."""
    header, body, signature = (broken := receipts(day)[1]).jws.split(".")
    claims = json.loads(unbase64(body))
    claims[claim] = (
        claims[claim] + 1 if isinstance(claims[claim], int) else claims[claim][:-2] + ("AA" if claims[claim][-2:] != "AA" else "BB")
    )
    forged = base64.urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).rstrip(b"=").decode()
    day.write("UPDATE receipt SET jws = ? WHERE message_id = ?", f"{header}.{forged}.{signature}", broken.message)
    assert "2: signature" in receipt_faults(receipts(day), _key(day))


@pytest.mark.parametrize("change", [
    "UPDATE message SET lane_no = lane_no + 1", "UPDATE message SET accepted_at = accepted_at + 1",
    "UPDATE message SET content_digest = zeroblob(32)", "UPDATE message_identity SET hash = zeroblob(16) WHERE message_id = 10001",
    "DELETE FROM receipt WHERE no = 1", "UPDATE receipt SET no = 5 - no WHERE no > 1",
])  # fmt: skip
def test_changed_store_is_found(day: Rig, change: str) -> None:
    """A row that no longer says what its receipt says, a missing receipt and two that changed places are found."""
    day.write(change)
    assert receipt_faults(receipts(day), _key(day))


def test_other_key_is_found(day: Rig) -> None:
    """Receipts do not verify under another key."""
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert len(receipt_faults(receipts(day), stranger)) == 3


def test_audit_verifies(day: Rig) -> None:
    """The audit records of a segment are one chain that holds every act."""
    records = day.rows(AUDIT, _segment(day))
    assert audit_faults(records) == []
    assert {r[4] for r in records} >= {"accept", "plan", "case", "attempt"}


@pytest.mark.parametrize("change", [
    "at = at + 1", "who = 'nobody'", "action = 'x'", "object = 'x'", "result = 'x'", "prev_hash = zeroblob(32)", "hash = zeroblob(32)",
])  # fmt: skip
def test_changed_audit_record_is_found(day: Rig, change: str) -> None:
    """Changing any field of one audit record breaks the chain there."""
    day.write(f"UPDATE audit SET {change} WHERE no = 3")
    assert 3 in audit_faults(day.rows(AUDIT, _segment(day)))


def test_removed_or_moved_audit_record_is_found(day: Rig) -> None:
    """A record taken out, or two that changed places, break the chain."""
    records = day.rows(AUDIT, _segment(day))
    assert audit_faults(records[:2] + records[3:])
    assert audit_faults([*records[:2], records[3], records[2], *records[4:]])


def test_each_process_start_has_a_segment(day: Rig, clock: ManualClock) -> None:
    """A second process chains by itself; both segments verify."""
    other = Rig(day.home, clock)
    other.submit(SIMING, request("XC7"))
    day.submit(SIMING, request("XC8"))
    other.submit(SIMING, request("XC9"))
    other.close()
    found = receipts(day)
    segments = sorted({r.segment for r in found})
    assert len(segments) == 2
    assert [receipt_faults([r for r in found if r.segment == s], _key(day)) for s in segments] == [[], []]
    assert [audit_faults(day.rows(AUDIT, s)) for s in segments] == [[], []]


def test_chain_after_a_rolled_back_group(day: Rig) -> None:
    """A group that was rolled back leaves no hole: the chain goes on from what is on disk."""
    works = [day.inbound(SIMING, request(f"XC2{n}")) for n in range(3)]
    taken = receipts(day)[0].message
    with writer_held(day):
        submit(day.machine, works[0])
        day.store.new_id, fresh = (lambda: taken), day.store.new_id
        submit(day.machine, works[1])
        day.store.new_id = fresh
        submit(day.machine, works[2])
    assert works[0].answer and works[1].answer and works[2].answer
    works[0].answer.result(5), works[2].answer.result(5)
    assert works[1].answer.exception(5)
    assert receipt_faults(receipts(day), _key(day)) == []
    assert audit_faults(day.rows(AUDIT, _segment(day))) == []
