"""Hostile documents of many records: refused whole, in bounded memory, and never read as something else than `parse` would read."""

from __future__ import annotations

import random
import resource
from collections.abc import Iterator

import pytest

from hub.contract.errors import HubError
from hub.contract.xml import MAX_BYTES, Records, parse
from tests.hub.batches.batch_rig import BatchRig, enquiries, wrapped
from tests.hub.pipeline.rig import Rig

hostile = pytest.mark.hostile
RECORD = b"<r><v>1</v></r>"


def whole(*inside: bytes, before: bytes = b"") -> bytes:
    return before + b"<b>" + b"".join(inside) + b"</b>"


def read(*pieces: bytes, charset: str | None = None) -> list[bytes]:
    """The records of a document that comes in these pieces."""
    return list(Records(pieces, "{*}r", charset))


def code(*pieces: bytes) -> str:
    with pytest.raises(HubError) as told:
        read(*pieces)
    return told.value.code


@hostile("Z11")
def test_ten_thousand_and_one_records_in_a_limit_of_five_thousand(rig: Rig) -> None:
    """Refused as a whole, with the limit; nothing of it is there."""
    small = b'<enquiryRequest xmlns="urn:pophub:enquiry.request:1.0"/>'
    with pytest.raises(HubError) as told:
        BatchRig(rig, most=5_000).receive(wrapped([small] * 10_001))
    assert (told.value.code, told.value.facts["limit"]) == ("Client.TooLarge", "5000 records")
    assert rig.rows("SELECT count(*) FROM batch, batch_record") == [(0,)]


REFUSED = {
    "doctype": ("Client.Doctype", whole(RECORD, before=b"<!DOCTYPE b>")),
    "entities": ("Client.Doctype", whole(b"<r>&a;</r>", before=b'<!DOCTYPE b [<!ENTITY a "x">]>')),
    "unknown entity": ("Client.Malformed", whole(b"<r>&a;</r>")),
    "unclosed": ("Client.Malformed", whole(RECORD)[:-4]),
    "two roots": ("Client.Malformed", whole(RECORD) + b"<c/>"),
    "nul": ("Client.Malformed", whole(b"<r>\x00</r>")),
    "xml 1.1": ("Client.Malformed", whole(RECORD, before=b'<?xml version="1.1"?>')),
    "invalid utf-8": ("Client.Encoding", whole(b"<r>\xc0\xaf</r>")),
    "cut inside a character": ("Client.Encoding", whole(RECORD) + "欧".encode()[:2]),
    "utf-16": ("Client.Encoding", whole(RECORD).decode().encode("utf-16")),
    "another encoding": ("Client.Encoding", whole(RECORD, before=b'<?xml version="1.0" encoding="iso-8859-1"?>')),
    "between": ("Client.Schema.Unexpected", whole(RECORD, b"<x/>", RECORD)),
    "elsewhere": ("Client.Schema.Unexpected", whole(RECORD, b"<x>", RECORD, b"</x>")),
    "text between": ("Client.Schema.Content", whole(RECORD, b"x", RECORD)),
    "text behind": ("Client.Schema.Content", whole(RECORD, b"x")),
    "a record as root": ("Client.Schema.Unexpected", RECORD),
    "a record too large": ("Client.TooLarge", whole(b"<r>", b"x" * (MAX_BYTES + 100_000), b"</r>")),
    "a record of too many elements": ("Client.TooLarge", whole(b"<r>", b"<v/>" * 10_001, b"</r>")),
    "a record of too many attributes": ("Client.TooLarge", whole(b"<r>", b"<v a='1'/>" * 60_000, b"</r>")),
    "depth": ("Client.Malformed", whole(b"<r>", b"<v>" * 500, b"</v>" * 500, b"</r>")),
    "empty": ("Client.Empty", b" \n"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_document_is_refused_whole(name: str) -> None:
    """With its own code, whether it comes in one piece or byte by byte."""
    wanted, data = REFUSED[name]
    assert code(data) == wanted
    if len(data) < 1_000:
        assert code(*(data[n : n + 1] for n in range(len(data)))) == wanted


@pytest.mark.parametrize("seed", range(20))
def test_pieces_change_nothing(seed: int) -> None:
    """However a document is cut, the same records come out, as `parse` reads them: text, comments, CDATA, prefixes, rare characters."""
    rng = random.Random(seed)
    texts = [
        "欧阳测试",
        "𠮷㛃䶮\U00020087",
        "a<!-- c -->b",
        "<![CDATA[<&]]>",
        "&lt;&#x9fb4;",
        "<x:y xmlns:x='u'>1</x:y>",
        "<?p i?>",
        "",
    ]
    inside = "".join(f"<r><v>{rng.choice(texts)}{n}</v></r>{rng.choice(['', ' ', chr(10)])}" for n in range(50))
    document = f"<b>{inside}</b>".encode()
    at = sorted(rng.sample(range(1, len(document)), 30))
    pieces = [document[a:b] for a, b in zip([0, *at], [*at, len(document)], strict=True)]
    found = [[v.text for v in parse(r).iter("{*}v")] for r in read(*pieces)]
    assert found == [[v.text for v in r.iter("{*}v")] for r in parse(document)]


def test_gb18030_is_read_as_of_2022_across_pieces() -> None:
    """A document that declares GB18030 is decoded by the one decoder, wherever it is cut."""
    data = b'<?xml version="1.0" encoding="GB18030"?><b><r>' + bytes.fromhex("FE59A6D995328236") + b"</r></b>"
    for cut in range(1, len(data)):
        assert parse(read(data[:cut], data[cut:])[0]).text == parse(data)[0].text


def test_limits_are_those_of_one_record() -> None:
    """Many small records in one piece, or one of almost 10,000 elements after another, are within the limits of each."""
    assert len(read(whole(b"<r/>" * 50_000))) == 50_000
    assert len(read(whole((b"<r>" + b"<v/>" * 9_900 + b"</r>") * 5))) == 5


def endless(part: bytes, number: int) -> Iterator[bytes]:
    yield b"<b>"
    for _ in range(number):
        yield part
    yield b"</b>"


def test_memory_is_that_of_one_record() -> None:
    """100 MB of records are read in the memory of one; 100 MB of anything else are refused before they are in memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    part = b"<r><v>" + b"x" * 50_000 + b"</v></r>"
    assert sum(1 for _ in Records(endless(part, 2_000), "{*}r")) == 2_000
    for junk in (b"<x>" + b"y" * 50_000 + b"</x>", b"<x/>" * 10_000, b"<!-- " + b"z" * 50_000 + b" -->", b" " * 50_000):
        assert_refused(endless(junk, 2_000))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024


def assert_refused(pieces: Iterator[bytes]) -> None:
    with pytest.raises(HubError) as told:
        list(Records(pieces, "{*}r"))
    assert told.value.code == "Client.TooLarge"


def test_records_of_hostile_content_cost_only_themselves(rig: Rig) -> None:
    """Records with odd values, foreign attributes or schema hints are refused by number; their values are in no row, log or answer."""
    canary = "CANARY359901198003070017"
    good = enquiries(1)[0]
    bad = [
        good.replace(b"<item>01</item>", f"<item>{canary}</item>".encode()),
        good.replace(b"<enquiryRequest ", b'<enquiryRequest xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x" '),
        good.replace(b"<origin>1</origin>", b"<origin>'; DROP TABLE batch;--</origin>"),
        good.replace(b"350203202600000001", b"../../etc/passwd"),
    ]  # fmt: skip
    batch = BatchRig(rig)
    batch.receive(wrapped([*bad, *enquiries(2)]))
    batch.split()
    outcomes = batch.seen().records
    assert [o.state for o in outcomes[:3]] == ["refused"] * 3
    assert outcomes[-1].state == "accepted"
    assert not any(canary in str(row) for row in rig.rows("SELECT * FROM batch_record"))
