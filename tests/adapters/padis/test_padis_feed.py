"""The download: records in order, nothing passed over, acked when the cursor has passed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from adapters.padis import ADAPTER
from adapters.padis.exchange import Answer
from adapters.padis.inbound import page, question
from hub.contract.adapter import FeedPage
from hub.contract.errors import ClientError
from hub.contract.outcome import Delivered
from hub.contract.xml import parse
from hub.testkit.ledger import Ledger, read_ledger
from hub.transports.http_client import Ambiguous, CallFailed
from tests.adapters.padis.padis_platform import FEEDBACK, REGISTRY, REQUEST, SAMPLES, Platform, platform, sample, submit

PLACES = ["350102001000", "350203001000"]


@pytest.fixture
def padis(tmp_path: Path) -> Iterator[Platform]:
    """A platform that answers every enquiry at once."""
    with platform(tmp_path / "padis.jsonl") as running:
        running.tell(answer={"share": 1, "after_ms": 0})
        yield running


def test_originated_enquiries_come_in_order_and_once(padis: Platform) -> None:
    """What PADIS originates is downloaded page by page, valid, each record once, in the order of its ledger."""
    ids = padis.tell(originate={"count": 25, "seed": 4, "places": PLACES})["originated"]
    assert [line["id"] for line in padis.lines("sent")] == ids
    feed = type(ADAPTER.feeds[0])(name="download", channels=ADAPTER.feeds[0].channels, page=10)
    cursor, pages = "", list[FeedPage]()
    for _ in range(3):
        pages.append(padis.partner.poll(feed, cursor))
        cursor = pages[-1].cursor
    assert [(len(p.items), p.more) for p in pages] == [(10, True), (10, True), (5, False)]
    assert len({item.serial for p in pages for item in p.items}) == 25
    for item in (item for p in pages for item in p.items):
        document = parse(item.data, item.charset)
        REGISTRY.validate(feed.channels[item.channel], document)
        canonical = ADAPTER.translator.to_canonical(item.channel, document)
        REGISTRY.validate("canonical/1.0/enquiry.request.xsd", canonical)
        assert (canonical.findtext("{*}statedToDiv") or "") in PLACES
        assert (canonical.findtext("{*}subject/{*}idNo") or "").startswith("3599")
    assert padis.partner.poll(feed, cursor) == FeedPage((), cursor, more=False)


def test_a_record_is_acked_when_the_cursor_has_passed(padis: Platform) -> None:
    """Seeing a page acks nothing; asking for what follows acks all before, once."""
    ids = padis.tell(originate={"count": 3, "seed": 1, "places": PLACES})["originated"]
    _, cursor = padis.download(wanted=3)
    assert padis.lines("acked") == []
    for _ in range(2):
        padis.partner.poll(ADAPTER.feeds[0], cursor)
    assert [line["id"] for line in padis.lines("acked")] == ids


def test_our_enquiry_is_answered_through_the_feed(padis: Platform) -> None:
    """An enquiry that PADIS worked is answered by a valid feedback to the same number, asked only once however often it was sent."""
    enquiry = sample(REQUEST, "minority-name")
    for key in ("FJ-1-0", "FJ-2-9"):
        assert isinstance(padis.partner.deliver(submit(), enquiry, key), Delivered)
    ((channel, document),), _ = padis.download()
    assert channel == FEEDBACK
    canonical = ADAPTER.translator.to_canonical(FEEDBACK, document)
    REGISTRY.validate("canonical/1.0/enquiry.feedback.xsd", canonical)
    assert canonical.findtext("{*}enquiryNo") == parse(enquiry).findtext("XCH")
    assert canonical.findtext("{*}originSystem") == "FJFPIS"
    assert [line["id"].partition(":")[0] for line in padis.lines("sent")] == ["enquiry.feedback"]


def test_each_result_of_feedback_is_valid(padis: Platform) -> None:
    """Found, corrected, not found, unreachable, moved: every answer the platform may give satisfies both schemas."""
    padis.tell(originate={"count": 60, "seed": 2, "places": PLACES})
    requests, cursor = padis.download(wanted=60)
    for number, (_, document) in enumerate(requests):
        key = f"FJ-{number}-0"
        from hub.contract.xml import serialise

        assert isinstance(padis.partner.deliver(submit(), serialise(document), key), Delivered)
    answers, _ = padis.download(cursor, wanted=60)
    results = set()
    for channel, document in answers:
        REGISTRY.validate(ADAPTER.feeds[0].channels[channel], document)
        canonical = ADAPTER.translator.to_canonical(channel, document)
        REGISTRY.validate("canonical/1.0/enquiry.feedback.xsd", canonical)
        results.add(canonical.findtext("{*}result"))
    assert results == {"1", "2", "3", "4", "5"}


def test_the_platform_remembers(tmp_path: Path) -> None:
    """Started again, it still knows what it worked, shows the same records, and goes on numbering after them."""
    ledger = tmp_path / "padis.jsonl"
    with platform(ledger) as padis:
        padis.tell(answer={"share": 0}, originate={"count": 2, "seed": 1, "places": PLACES})
        delivered = padis.partner.deliver(submit(), sample(REQUEST, "hukou-move"), "FJ-1-0")
        before = padis.partner.poll(ADAPTER.feeds[0], "")
        padis.partner.poll(ADAPTER.feeds[0], before.items[0].serial)
    with platform(ledger) as padis:
        assert padis.partner.ask(submit(), "FJ-1-0") == delivered
        assert padis.partner.poll(ADAPTER.feeds[0], "") == before
        padis.tell(originate={"count": 1, "seed": 9, "places": PLACES})
        after = padis.partner.poll(ADAPTER.feeds[0], before.cursor)
        assert [item.serial for item in after.items] == ["000000000003"]
        assert len(padis.lines("acked")) == 2


def test_a_record_lost_before_it_was_shown_has_an_end(tmp_path: Path) -> None:
    """Killed between the ledger line and the record, the platform says on its return that nobody can have got it."""
    ledger = tmp_path / "padis.jsonl"
    torn = Ledger(ledger)
    torn.write({"t": "sent", "id": "enquiry.request:0000000000000000", "route": "request-to-unit", "kind": "valid"})
    with platform(ledger):
        pass
    assert [line["t"] for line in read_ledger(ledger)] == ["sent", "noanswer", "closed"]


@pytest.mark.parametrize(
    "way", ["hang", "500", "busy", "garbage", "html", "truncated", "lose_answer_after_work", "reject", "redirect"]
)
def test_a_disturbed_download_is_an_error_and_loses_nothing(tmp_path: Path, way: str) -> None:
    """Whatever happens to a poll it raises OSError, and the same cursor brings the records next time."""
    with platform(tmp_path / "padis.jsonl") as padis:
        padis.partner._settings = {**padis.partner._settings, "poll_timeout": "0.5"}
        padis.tell(originate={"count": 2, "seed": 1, "places": PLACES})
        padis.fault(way, on=["XZ01"], code="9999")
        with pytest.raises(CallFailed):
            padis.partner.poll(ADAPTER.feeds[0], "")
        assert len(padis.partner.poll(ADAPTER.feeds[0], "").items) == 2


@pytest.mark.parametrize("serials", [["000000000001"], ["000000000002"], ["000000000004", "000000000003"], ["000000000003"] * 2])
def test_a_page_out_of_order_is_refused(serials: list[str]) -> None:
    """A page that does not rise from the cursor would let a record be passed over: it is not taken."""
    records = "".join(f"<JL><PTLSH>{s}</PTLSH><LX>ENQ</LX><KYSJ>20250303093000</KYSJ><WD>x</WD></JL>" for s in serials)
    answer = Answer("0000", parse(f"<XZJG><SFYG>0</SFYG>{records}</XZJG>".encode()))
    with pytest.raises(Ambiguous, match=r"reply\.order"):
        page(answer, "000000000002")


def test_a_document_may_stand_as_cdata() -> None:
    """The document inside a record is text: escaped or CDATA, with its own declaration or without."""
    text = (SAMPLES / "enquiry.request" / "hukou-move.xml").read_text(encoding="utf-8")
    for inside in (f"<![CDATA[{text}]]>", escape(text)):
        record = f"<JL><PTLSH>000000000001</PTLSH><LX>ENQ</LX><KYSJ>20250303093000</KYSJ><WD>{inside}</WD></JL>"
        (item,) = page(Answer("0000", parse(f"<XZJG><SFYG>1</SFYG>{record}</XZJG>".encode())), "").items
        REGISTRY.validate("padis/1.0/xc01.xsd", parse(item.data, item.charset))


def test_the_first_question_names_no_cursor() -> None:
    """An empty cursor is left out, as the schema wants it."""
    for cursor in ("", "000000000007"):
        REGISTRY.validate("padis/1.0/xz01.xsd", parse(question(cursor, 100).encode()))


def test_a_derived_type_brings_nothing_in() -> None:
    """xsi:type cannot make the person of an enquiry one with contraception, which only answers may have."""
    enquiry = sample(REQUEST, "rare-characters").decode()
    REGISTRY.validate("padis/1.0/xc01.xsd", parse(enquiry.encode()))
    derived = enquiry.replace("<DCDX>", '<DCDX xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="T_HSRY">')
    for text in (derived, derived.replace("</DCDX>", "<BYRQ>20190115</BYRQ></DCDX>")):
        with pytest.raises(ClientError) as refused:
            REGISTRY.validate("padis/1.0/xc01.xsd", parse(text.encode()))
        assert refused.value.code.startswith("Client.Schema")
