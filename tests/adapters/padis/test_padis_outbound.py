"""Submissions to PADIS: every way a call can go gives the outcome that is true, and nothing escapes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from adapters.padis.outbound import PadisPartner
from hub.contract.outcome import Delivered, Outcome, Rejected, Released, Unknown
from hub.contract.xml import parse
from tests.adapters.padis.padis_platform import FEEDBACK, REQUEST, Platform, platform, sample, submit
from tests.scripted_partner import ScriptedPartner, free_port, hang, http, leave, say

ENQUIRY = sample(REQUEST, "rare-characters")
SERVICE = "urn:standin:padis:exchange:1.0"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@pytest.fixture
def padis(tmp_path: Path) -> Iterator[Platform]:
    """A platform that answers no enquiry."""
    with platform(tmp_path / "padis.jsonl") as running:
        running.tell(answer={"share": 0})
        yield running


def deliver(padis: Platform, key: str = "FJ-1-0", timeout: float = 5) -> Outcome:
    """Submit the sample enquiry."""
    return padis.partner.deliver(submit(timeout=timeout), ENQUIRY, key)


def test_delivered_when_padis_makes_it_available(padis: Platform) -> None:
    """A receipt means delivered, effective from the moment that PADIS names."""
    before = datetime.now(UTC) - timedelta(seconds=1)
    outcome = deliver(padis, "FJ-12-X")
    assert isinstance(outcome, Delivered)
    assert outcome.effective_at is not None
    assert before < outcome.effective_at < datetime.now(UTC) + timedelta(seconds=1)
    call, effect = padis.lines("call", "effect")
    assert (call["id"], call["digest"], call["lane"]) == (effect["id"], effect["digest"], effect["lane"])
    assert effect["hub"] == "12-X"


def test_the_stored_document_is_sent_as_it_is() -> None:
    """The document stands unchanged in the Body; key and moment of sending stand around it."""
    with ScriptedPartner(leave) as partner:
        outcome = PadisPartner({"url": partner.url}).deliver(submit(timeout=2), ENQUIRY, "FJ-1-0")
        assert isinstance(outcome, Unknown)
        request = parse(partner.requests[0].partition(b"\r\n\r\n")[2])
    text = request.findtext(f"{{{SOAP}}}Body/{{{SERVICE}}}exchange/{{{SERVICE}}}xml")
    assert text is not None
    assert f"<Body>{ENQUIRY.decode()}</Body>" in text
    head = parse(text.encode())[0]
    assert [part.tag for part in head] == ["TransCode", "SerialNo", "SendTime", "OrgCode"]
    assert (head.findtext("TransCode"), head.findtext("SerialNo"), head.findtext("OrgCode")) == ("XC01", "FJ-1-0", "350000")


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("hang", Unknown("reply.timeout")),
        ("500", Unknown("http.500")),
        ("busy", Released("http.busy", 7.0)),
        ("redirect", Unknown("http.redirect")),
        ("reset_before_work", Unknown("reply.reset")),
        ("reject", Rejected("1002")),
        ("garbage", Unknown("reply.encoding")),
        ("html", Unknown("reply.html")),
        ("empty", Unknown("reply.empty")),
        ("truncated", Unknown("reply.truncated")),
        ("wrong_encoding", Unknown("reply.encoding")),
        ("trickle", Unknown("reply.timeout")),
        ("lose_answer_after_work", Unknown("reply.none")),
        ("late", Unknown("reply.timeout")),
    ],
)
def test_each_fault_gives_the_outcome_that_is_true(padis: Platform, way: str, expected: Outcome) -> None:
    """Unknown wherever work may have been done; asking then tells the truth: delivered if it was, released if not."""
    padis.fault(way, seconds=7, code="1002")
    assert deliver(padis, timeout=0.6) == expected
    deadline = time.monotonic() + 5
    while (asked := padis.partner.ask(submit(), "FJ-1-0")) == Released("padis.2002") and time.monotonic() < deadline:
        if way in {"hang", "500", "busy", "redirect", "reset_before_work", "reject"}:
            break
    worked = bool(padis.lines("effect"))
    assert isinstance(asked, Delivered) is worked
    assert worked is (way not in {"hang", "500", "busy", "redirect", "reset_before_work", "reject"})


@pytest.mark.parametrize("way", ["slow", "answer_twice"])
def test_an_odd_but_whole_answer_is_an_answer(padis: Platform, way: str) -> None:
    """A slow or doubled answer delivers, and the next call is not confused by it."""
    padis.fault(way, ms=50)
    assert isinstance(deliver(padis, "FJ-1-0"), Delivered)
    assert isinstance(deliver(padis, "FJ-2-9"), Delivered)
    assert [line["hub"] for line in padis.lines("effect")] == ["1-0", "2-9"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("1001", Rejected("1001")),
        ("1002", Rejected("1002")),
        ("1003", Rejected("1003")),
        ("2001", Unknown("reply.no_receipt")),
        ("2002", Unknown("padis.2002")),
        ("2003", Released("padis.2003")),
        ("9001", Released("padis.9001", 30.0)),
        ("9002", Released("padis.9002", 30.0)),
        ("9999", Unknown("padis.9999")),
        ("4711", Unknown("padis.4711")),
        ("0000", Unknown("reply.no_receipt")),
    ],
)
def test_each_return_code_has_its_outcome(code: str, expected: Outcome) -> None:
    """Only a code that says so is definite; an unknown one, or success without a receipt, is not."""
    assert _answered(_response("XC01", "FJ-1-0", code)) == expected


def test_a_duplicate_with_its_receipt_is_delivered() -> None:
    """PADIS may say that an earlier attempt arrived, and since when it is available."""
    body = "<Body><XCHZ><YLSH>FJ-1-0</YLSH><KYSJ>20250303093000</KYSJ></XCHZ></Body>"
    expected = Delivered(effective_at=datetime(2025, 3, 3, 1, 30, tzinfo=UTC))
    assert _answered(_response("XC01", "FJ-1-0", "2001", body)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (lambda: _response("XC01", "FJ-2-9", "0000"), "reply.other_call"),
        (lambda: _response("XC02", "FJ-1-0", "0000"), "reply.other_call"),
        (lambda: "<Response/>", "reply.schema"),
        (lambda: "<Request/>", "reply.schema"),
        (lambda: _response("XC01", "FJ-1-0", "00"), "reply.schema"),
        (lambda: _response("XC01", "FJ-1-0", "0000", "<Body/>"), "reply.schema"),
        (lambda: _response("XC01", "FJ-1-0", "0000", "<Body><x/></Body>"), "reply.schema"),
        (lambda: "", "reply.text.empty"),
        (lambda: "<Response>", "reply.text.malformed"),
        (lambda: '<?xml version="1.0" encoding="GBK"?><Response/>', "reply.schema"),
        (lambda: "<!DOCTYPE x><Response/>", "reply.text.doctype"),
        (
            lambda: _response("XC01", "FJ-1-0", "0000", "<Body><XCHZ><YLSH>FJ-2-9</YLSH><KYSJ>20250303093000</KYSJ></XCHZ></Body>"),
            "reply.no_receipt",
        ),
        (
            lambda: _response("XC01", "FJ-1-0", "0000", "<Body><XCHZ><YLSH>FJ-1-0</YLSH><KYSJ>20250231093000</KYSJ></XCHZ></Body>"),
            "reply.no_receipt",
        ),
    ],
)
def test_an_answer_that_is_not_ours_or_not_valid_is_unknown(text: object, reason: str) -> None:
    """An answer to another call, against its schema, or not XML is never recorded as success."""
    assert _answered(text()) == Unknown(reason)  # type: ignore[operator]


def test_nothing_sent_is_released() -> None:
    """Nobody listens: nothing can have been applied. An asking that reaches nobody tells nothing."""
    partner = PadisPartner({"url": f"http://127.0.0.1:{free_port()}/"})
    assert partner.deliver(submit(), ENQUIRY, "FJ-1-0") == Released("not_sent.refused")
    assert partner.ask(submit(), "FJ-1-0") == Unknown("not_sent.refused")
    with pytest.raises(OSError, match="refused"):
        partner.poll(_feed(), "")


def test_the_deadline_of_the_operation_is_kept() -> None:
    """A partner that never answers costs no more than the timeout."""
    with ScriptedPartner(hang) as hanging:
        partner = PadisPartner({"url": hanging.url})
        start = time.monotonic()
        assert partner.deliver(submit(timeout=0.3), ENQUIRY, "FJ-1-0") == Unknown("reply.timeout")
        assert time.monotonic() - start < 5


@pytest.mark.parametrize("way", ["hang", "500", "busy", "reset_before_work", "garbage", "html", "reject", "late", "redirect"])
def test_a_disturbed_question_tells_nothing(padis: Platform, way: str) -> None:
    """An asking that gets no clear answer is Unknown, never "has nothing": that would send a message twice."""
    assert isinstance(deliver(padis), Delivered)
    padis.fault(way, on=["CX01"], code="1001")
    assert isinstance(padis.partner.ask(submit(timeout=0.5), "FJ-1-0"), Unknown)
    assert isinstance(padis.partner.ask(submit(), "FJ-1-0"), Delivered)


def test_feedback_goes_where_it_was_asked(padis: Platform) -> None:
    """Feedback to an enquiry of PADIS is delivered; to one that PADIS never made it is rejected."""
    (known,) = padis.tell(originate=[sample(REQUEST, "inflow-from-another-province").decode()])["originated"]
    stray = sample(FEEDBACK, "moved")
    ours = stray.decode().replace("<FQXT>FJFPIS<", "<FQXT>PADIS<")
    number = parse(ours.encode()).findtext("XCH")
    answer = ours.replace(f"<XCH>{escape(str(number))}<", "<XCH>GJ20250303000001<")
    assert known.startswith("enquiry.request:")
    assert padis.partner.deliver(submit(FEEDBACK), stray, "FJ-1-0") == Rejected("1003")
    assert isinstance(padis.partner.deliver(submit(FEEDBACK), answer.encode(), "FJ-2-9"), Delivered)
    assert [line["id"].partition(":")[0] for line in padis.lines("effect")] == ["enquiry.feedback"]


def test_it_is_told_when_the_hub_sends_twice(padis: Platform) -> None:
    """The simulated platform is not idempotent: a hub that repeats without asking leaves two effects."""
    deliver(padis)
    deliver(padis)
    first, second = padis.lines("effect")
    assert first["id"] == second["id"]


def test_an_old_request_is_not_begun(padis: Platform) -> None:
    """Work begins within the promised time of SendTime or not at all, so that an answer about a key is final."""
    padis.tell(window_ms=100)
    padis.fault("slow", ms=200)
    assert deliver(padis) == Released("padis.2003")
    assert padis.lines("effect") == []


def _response(transaction: str, serial: str, code: str, body: str = "") -> str:
    head = f"<TransCode>{transaction}</TransCode><SerialNo>{serial}</SerialNo><RetCode>{code}</RetCode><RetMsg>说明</RetMsg>"
    return f"<Response><Head>{head}</Head>{body}</Response>"


def _answered(text: str) -> Outcome:
    """The outcome of a submission that is answered with this text."""
    payload = f'<exchangeResponse xmlns="{SERVICE}"><return>{escape(text)}</return></exchangeResponse>'
    answer = http(f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{payload}</s:Body></s:Envelope>'.encode())
    with ScriptedPartner(say(answer)) as partner:
        adapter = PadisPartner({"url": partner.url})
        try:
            return adapter.deliver(submit(timeout=5), ENQUIRY, "FJ-1-0")
        finally:
            adapter.close()


def _feed() -> object:
    from adapters.padis import ADAPTER

    return ADAPTER.feeds[0]
