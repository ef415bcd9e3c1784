"""A batch is accepted whole or not at all; then every record has an outcome of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from hub.batches.accepting import accept_batch
from hub.batches.receive import receive
from hub.contract.batch import Sifted
from hub.contract.errors import HubError
from hub.contract.message import Document
from tests.hub.batches.batch_rig import BatchRig, enquiries, wrapped
from tests.hub.pipeline.rig import Rig


def test_good_records_become_messages_and_bad_ones_rows(rig: Rig) -> None:
    """Each bad record is refused alone, by number, code and path; its good neighbours are accepted in order."""
    batch = BatchRig(rig)
    row, again = batch.receive(wrapped(enquiries(*range(1, 501), bad=(7, 400))), count=500)
    assert (row.state, row.total, again) == ("accepted", 500, False)
    assert row.receipt is not None
    assert row.receipt.count(".") == 2
    assert batch.seen().records[0].state == "waiting"
    assert batch.split() == 1
    seen = batch.seen()
    assert (seen.state, seen.total, seen.accepted, seen.duplicate, seen.refused) == ("done", 500, 498, 0, 2)
    bad = [r for r in seen.records if r.state != "accepted"]
    assert [(r.number, r.code) for r in bad] == [(7, "Client.Schema.Missing"), (400, "Client.Schema.Missing")]
    assert bad[0].path == "/enquiryRequest"
    assert rig.rows("SELECT count(*) FROM message") == [(498,)]
    assert rig.plan() == 498
    assert rig.machine.claims.kept() == []


def test_the_same_batch_again_has_the_same_receipt(rig: Rig) -> None:
    """Sent again before and after it is split, it is answered with the first receipt and nothing happens twice."""
    batch, data = BatchRig(rig), wrapped(enquiries(1, 2, 3))
    first, _ = batch.receive(data)
    assert batch.receive(data) == (first, True)
    batch.split()
    again, known = batch.receive(data)
    assert (again.receipt, again.id, known) == (first.receipt, first.id, True)
    assert batch.split() == 0
    assert rig.rows("SELECT count(*) FROM message") == [(3,)]
    assert rig.machine.claims.kept() == []


def test_other_content_under_the_same_id_is_a_conflict(rig: Rig) -> None:
    """One changed byte: Client.IdConflict with the first hub id, and the first batch stands."""
    batch = BatchRig(rig)
    batch.receive(wrapped(enquiries(1, 2)))
    with pytest.raises(HubError) as told:
        batch.receive(wrapped(enquiries(1, 3)))
    assert told.value.code == "Client.IdConflict"
    batch.split()
    assert batch.seen().accepted == 2


def test_the_same_records_in_another_batch_are_duplicates(rig: Rig) -> None:
    """A record that repeats an earlier business, in this batch or before, is a duplicate; other content a conflict, both told by number."""
    batch = BatchRig(rig)
    one, changed = enquiries(1)[0], enquiries(1)[0].replace("请核实。".encode(), "请再核实。".encode())
    batch.receive(wrapped([one, one]), "B1")
    batch.receive(wrapped([one, changed]), "B2")
    batch.split()
    assert [(r.state, r.code) for r in batch.seen("B1").records] == [("accepted", None), ("duplicate", None)]
    assert [(r.state, r.code) for r in batch.seen("B2").records] == [("duplicate", None), ("refused", "Client.Conflict")]


REFUSED = {
    "Client.Batch.Count": (wrapped(enquiries(1, 2)), {"count": 3}),
    "Client.TooLarge": (wrapped(enquiries(*range(1, 7))), {}),
    "Client.Malformed": (wrapped(enquiries(1, 2))[:-4], {}),
    "Client.Doctype": (b"<!DOCTYPE batch>" + wrapped(enquiries(1)), {}),
    "Client.Empty": (b"  ", {}),
    "Client.Encoding": (wrapped(enquiries(1)).replace("请".encode(), b"\xff\xfe"), {}),
    "Client.Schema.Unexpected": (wrapped([*enquiries(1), b"<other/>"]), {}),
    "Client.Schema.Content": (wrapped([*enquiries(1), b"text", *enquiries(2)]), {}),
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_bad_wrapper_refuses_the_batch(rig: Rig, code: str) -> None:
    """Wrong count, too many records, not well-formed, a DTD, something between: nothing of it is kept, and its MessageID is free."""
    batch, (data, more) = BatchRig(rig, most=5), REFUSED[code]
    with pytest.raises(HubError) as told:
        batch.receive(data, **more)
    assert told.value.code == code
    assert (rig.rows("SELECT count(*) FROM batch"), rig.machine.claims.kept()) == ([(0,)], [])
    assert batch.receive(wrapped(enquiries(1)))[0].state == "accepted"


def test_a_wrong_digest_refuses_the_batch(rig: Rig) -> None:
    """Bytes that are not those of the manifest are refused before anything else is said of them."""
    batch, data = BatchRig(rig), wrapped(enquiries(1))
    with pytest.raises(HubError) as told:
        receive(rig.machine, replace(batch.manifest(data), digest=bytes(32)), data[:-3])
    assert told.value.code == "Client.Batch.Digest"
    assert rig.rows("SELECT count(*) FROM batch") == [(0,)]


def test_who_may_not_send_it_sends_nothing(rig: Rig) -> None:
    """The grant of the batch's own name is needed; that of its records is not enough."""
    batch, data = BatchRig(rig), wrapped(enquiries(1))
    manifest = replace(batch.manifest(data), spoke=rig.machine.directory.named("siming"))
    with pytest.raises(HubError) as told:
        receive(rig.machine, manifest, data)
    assert told.value.code == "Client.Forbidden"
    assert rig.rows("SELECT count(*) FROM batch") == [(0,)]


def test_records_of_other_places_are_refused_alone(rig: Rig) -> None:
    """A record in the name of a unit that is not the sender's is refused, its neighbours are not."""
    batch = BatchRig(rig)
    elsewhere = enquiries(2)[0].replace(b"<applicantDiv>350203001000", b"<applicantDiv>350702001000")
    batch.receive(wrapped([*enquiries(1), elsewhere, *enquiries(3)]))
    batch.split()
    assert [r.code for r in batch.seen().records] == [None, "Client.NotYourPlace", None]


def test_what_is_sifted_out_is_nowhere(rig: Rig) -> None:
    """A record may leave nothing but its row and the flow's code; what a flow takes out of one is in no stored document."""

    def sift(record: Document) -> Sifted:
        if (record.text("enquiryNo") or "").endswith("1"):
            return Sifted(None, "FILTERED")
        thinned = etree.fromstring(etree.tostring(record.root))
        thinned[4].remove(thinned[4].find("{*}mobile"))
        return Sifted(thinned, "THINNED")

    batch = BatchRig(rig, sift=sift)
    batch.receive(wrapped(enquiries(1, 2)))
    batch.split()
    assert [(r.state, r.outcome) for r in batch.seen().records] == [("accepted", "FILTERED"), ("accepted", "THINNED")]
    (stored,) = rig.store.unplanned(10)
    assert b"mobile" not in rig.machine.keyring.open(f"message_body|canonical|{stored.id}", stored.canonical)
    ((key, received),) = rig.rows("SELECT received_key, received FROM message_body")
    assert b"mobile" not in rig.machine.keyring.open(f"message_body|received|{stored.id}", type(stored.canonical)(key, received))


def test_a_sift_that_fails_refuses_its_record(rig: Rig) -> None:
    """A rule that raises costs the record it raised over."""

    def sift(record: Document) -> Sifted:
        if (record.text("enquiryNo") or "").endswith("1"):
            raise ValueError
        return Sifted(record.root)

    batch = BatchRig(rig, sift=sift)
    batch.receive(wrapped(enquiries(1, 2)))
    batch.split()
    assert [r.code for r in batch.seen().records] == ["Flow.RuleFailed", None]


def test_one_call_of_a_service(rig: Rig) -> None:
    """Accepted from bytes in memory: hub id, moment, receipt and number of records; the same again is a duplicate."""
    batch, data = BatchRig(rig), wrapped(enquiries(1, 2))
    first = accept_batch(rig.machine, batch.spoke, None, "enquiry.requests", "S1", data)
    again = accept_batch(rig.machine, batch.spoke, None, "enquiry.requests", "S1", data)
    assert (first.records, first.duplicate, again.duplicate) == (2, False, True)
    assert (again.hub_id, again.receipt, again.accepted_at) == (first.hub_id, first.receipt, first.accepted_at)
    assert batch.seen("S1", 2, 1).records[0].number == 2
