"""Parts over the wire: taken once, judged later, each record by itself; whatever is unclear is asked about or sent again."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.ehycert.outbound import EcertPartner
from hub.contract.outcome import Outcome, Pending, PerRecord, RecordResult, Rejected, Released, Unknown
from hub.testkit.ledger import entry_id
from tests.adapters.ehycert.ecert_database import UPLOAD, Database, checked, database, part, row, women
from tests.scripted_partner import ScriptedPartner, http, reset, say

SERVICE = "urn:standin:ecert:service:1.0"
DATA = "urn:standin:ecert:data:1.0"


@pytest.fixture
def ecert(tmp_path: Path) -> Iterator[Database]:
    """A database."""
    with database(tmp_path / "ehycert.jsonl") as running:
        yield running


def codes(found: PerRecord) -> dict[int, tuple[str, str]]:
    """State and code by record."""
    return {r.number: (r.state, r.code) for r in found.results}


def test_each_record_has_its_own_result(ecert: Database) -> None:
    """Men, girls under 18, women over 49 and wrong numbers are refused, each with its code; the good ones are in, with a number of theirs."""
    rows = [
        row(),
        row(SEX="M", ID_NO=checked("35990119900510001"), BIRTH="19900510"),
        row(ID_NO=checked("35990120070201002"), BIRTH="20070201"),
        row(ID_NO=checked("35990119750131002"), BIRTH="19750131"),
        row(ID_NO="359901199005100023", BIRTH="19900510"),
        row(ID_NO=checked("35990120070131002"), BIRTH="20070131"),
        row(ID_NO=checked("35990119900230002"), BIRTH="19900230"),
        row(ID_NO="护照1"),
    ]
    found = ecert.result(ecert.upload(part(rows)))
    assert codes(found) == {
        1: ("accepted", "0"), 2: ("rejected", "3"), 3: ("rejected", "3"), 4: ("rejected", "3"), 5: ("rejected", "2"), 6: ("accepted", "0"),
        7: ("rejected", "6"), 8: ("rejected", "2"),
    }  # fmt: skip
    assert [bool(r.reference) for r in found.results] == [True, False, False, False, False, True, False, False]
    assert found.effective_at is not None
    assert len(ecert.lines("effect")) == 2
    assert [line["code"] for line in ecert.lines("refused")] == ["3", "3", "3", "2", "6", "2"]


def test_the_same_part_again_is_harmless(ecert: Database) -> None:
    """Uploaded twice it has one ticket, one result and one effect a record; in another batch its records are there already, which is as good."""
    document = part(women(5))
    ticket = ecert.upload(document)
    first = ecert.result(ticket)
    assert ecert.upload(document) == ticket
    assert ecert.result(ticket) == first
    again = ecert.result(ecert.upload(part(women(5), "EC202502-1")))
    assert codes(again) == dict.fromkeys(range(1, 6), ("accepted", "1"))
    assert len(ecert.lines("effect")) == 5
    assert len(ecert.lines("taken")) == 2


def test_another_content_under_the_same_part_is_refused(ecert: Database) -> None:
    """Batch number and part name one content for ever."""
    ecert.upload(part(women(2)))
    assert ecert.partner.deliver(UPLOAD, part(women(3)), "FJ-2") == Rejected("14")


def test_an_older_version_is_refused(ecert: Database) -> None:
    """A later going-out replaces an earlier one, never the other way round."""
    number = checked("35990119900510002")
    for batch, version, code in (("B1", "20250115", "0"), ("B2", "20250601", "0"), ("B3", "20250115", "5")):
        found = ecert.result(ecert.upload(part([row(ID_NO=number, BIRTH="19900510", VER=version)], batch)))
        assert found.results[0].code == code


def test_a_lost_answer_is_repeated(ecert: Database) -> None:
    """The answer to an upload is lost: unknown; the same document again has the ticket that was lost, and one effect."""
    document = part(women(2))
    ecert.tell(faults={"lose_answer_after_work": {"count": 1, "on": ["UploadPart"]}})
    assert isinstance(ecert.partner.deliver(UPLOAD, document, "FJ-1"), Unknown)
    assert len(ecert.result(ecert.upload(document)).results) == 2
    assert (len(ecert.lines("taken")), len(ecert.lines("effect"))) == (1, 2)


def test_a_ticket_that_was_forgotten_is_sent_again(ecert: Database) -> None:
    """The database no longer knows the ticket: released to be sent again; the part has a new one, and every record still one effect."""
    document = part(women(4))
    ticket = ecert.upload(document)
    ecert.result(ticket)
    ecert.tell(forget=1)
    assert ecert.partner.collect(UPLOAD, ticket) == Released("ehycert.21", resend=True)
    new = ecert.upload(document)
    assert new != ticket
    assert codes(ecert.result(new)) == dict.fromkeys(range(1, 5), ("accepted", "1"))
    assert len(ecert.lines("effect")) == 4


def test_it_goes_on_after_a_restart(tmp_path: Path) -> None:
    """Parts that were taken and not yet judged are judged after a restart; the tickets are still good, the effects stand once."""
    ledger = tmp_path / "ehycert.jsonl"
    with database(ledger) as first:
        judged = first.upload(part(women(3)))
        before = first.result(judged)
        first.tell(work={"after_ms": 3_600_000})
        waiting = first.upload(part(women(3, 3), "EC202501-2"))
        assert isinstance(first.partner.collect(UPLOAD, waiting), Pending)
    with database(ledger) as second:
        assert codes(second.result(waiting)) == dict.fromkeys(range(1, 4), ("accepted", "0"))
        assert second.result(judged).results == before.results
        assert len(second.lines("effect")) == 6
        assert len({line["id"] for line in second.lines("effect")}) == 6


def test_refused_at_random_is_the_same_each_time(ecert: Database) -> None:
    """The order ``refuse`` hits the same records whenever they come, with its code."""
    ecert.tell(refuse={"share": 0.2, "code": "9"})
    first = codes(ecert.result(ecert.upload(part(women(60)))))
    again = codes(ecert.result(ecert.upload(part(women(60), "EC202502-1"))))
    refused = {n for n, (state, _) in first.items() if state == "rejected"}
    assert 3 < len(refused) < 30
    assert {n for n, (state, _) in again.items() if state == "rejected"} == refused
    assert {first[n][1] for n in refused} == {"9"}


def test_the_ledger_names_records_by_number_and_version(ecert: Database) -> None:
    """Id, digest and lane follow from the canonical values alone; no value stands in the file."""
    ecert.result(ecert.upload(part([row()])))
    (line,) = ecert.lines("effect")
    number = checked("35990219920714004")
    assert line["id"] == entry_id("ecert.record", number, "20250120")
    assert line["key"] == "EC202501-1/1"
    text = ecert.ledger.read_text()
    assert number not in text
    assert "陈测试" not in text


def test_one_part_of_many(ecert: Database) -> None:
    """The second part of a batch: its records keep their numbers in the whole batch."""
    second = part(women(3, 500), number=2, parts=2, first=501, count=503)
    assert list(codes(ecert.result(ecert.upload(second)))) == [501, 502, 503]


@pytest.mark.parametrize(
    ("way", "settings", "outcome"),
    [
        ("reject", {"code": "12"}, Rejected("12")),
        ("reject", {"code": "90"}, Released("ehycert.90", 30.0)),
        ("reject", {"code": "99"}, Unknown("ehycert.99")),
        ("busy", {"seconds": 7}, Released("http.busy", 7.0)),
    ],
)
def test_what_a_refusal_means(ecert: Database, way: str, settings: dict[str, object], outcome: Outcome) -> None:
    """What is wrong for good is rejected, busy is released, anything else is in doubt."""
    ecert.tell(faults={way: {"count": 1, **settings}})
    assert ecert.partner.deliver(UPLOAD, part(women(1)), "FJ-1") == outcome
    assert ecert.lines("effect", "taken") == []


def reply(inside: str) -> bytes:
    """A reply to QueryResult for the ticket T-1."""
    return http(
        f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><QueryResultResponse xmlns="{SERVICE}">'
        f"<code>00</code><ticket>T-1</ticket>{inside}</QueryResultResponse></s:Body></s:Envelope>".encode()
    )


def archive(document: bytes, name: str = "result.xml", digest: str | None = None) -> str:
    """The digest and content of a reply."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, document)
    data = made.getvalue()
    return f"<digest>{digest or hashlib.sha256(data).hexdigest()}</digest><content>{base64.b64encode(data).decode()}</content>"


def result(records: str, count: int = 2, at: str = "20250201080000") -> bytes:
    """A RESULT document."""
    return (
        f'<RESULT xmlns="{DATA}"><BATCH_NO>B</BATCH_NO><PART>1</PART><FIRST>1</FIRST><COUNT>{count}</COUNT><DONE_AT>{at}</DONE_AT>'
        f"{records}</RESULT>"
    ).encode()


GOOD = "<RECORD><SEQ>1</SEQ><CODE>0</CODE></RECORD><RECORD><SEQ>2</SEQ><CODE>2</CODE></RECORD>"


def collected(raw: bytes) -> Outcome:
    """What the adapter makes of a reply."""
    with ScriptedPartner(say(raw), reset) as partner:
        made = EcertPartner({"url": partner.url})
        try:
            return made.collect(UPLOAD, "T-1")
        finally:
            made.close()


def test_a_good_result_by_hand() -> None:
    """Control for the bad ones below."""
    got = collected(reply(archive(result(GOOD))))
    assert isinstance(got, PerRecord)
    assert got.results == (RecordResult(1, "accepted", "0"), RecordResult(2, "rejected", "2"))
    assert got.effective_at is not None
    assert got.effective_at.isoformat() == "2025-02-01T08:00:00+08:00"


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        (archive(b"\0" * 40_000_000), "reply.zip.size"),
        (archive(result(GOOD), name="other.xml"), "reply.zip.entries"),
        (archive(result(GOOD), digest="0" * 64), "reply.digest"),
        (archive(b"<!DOCTYPE x><RESULT/>"), "reply.document"),
        (archive(b"<RESULT/>"), "reply.schema"),
        (archive(result(GOOD.replace("<SEQ>2", "<SEQ>1"))), "reply.records"),
        (archive(result(GOOD, count=3)), "reply.records"),
        (archive(result(GOOD.replace("<CODE>2", "<CODE>8"))), "reply.schema"),
        (archive(result(GOOD, at="20250231080000")), "reply.records"),
        (f"<digest>{hashlib.sha256(b'PK').hexdigest()}</digest><content>UEs=</content>", "reply.zip.zip"),
        ("", "reply.digest"),
    ],
    ids=[
        "bomb",
        "other-file",
        "digest",
        "doctype",
        "no-result",
        "twice-named",
        "one-missing",
        "unknown-code",
        "no-such-day",
        "no-zip",
        "no-content",
    ],
)
def test_a_result_that_cannot_be_trusted_is_not_believed(inside: str, reason: str) -> None:
    """Nothing of it counts: the ticket is asked about again; no record moves by half a result."""
    assert collected(reply(inside)) == Released(reason)


def test_the_result_of_another_ticket_is_none() -> None:
    """A reply that names another ticket is not taken for the answer."""
    assert collected(reply(archive(result(GOOD))).replace(b"T-1", b"T-2")) == Released("reply.other_call")
