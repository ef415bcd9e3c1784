"""The case query over the wire: every way a call can go ends on time, closes its socket, and passes nothing on that is not an answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.padis import ADAPTER
from adapters.padis.outbound import PadisPartner
from hub.contract.outcome import Rejected
from hub.contract.xml import Element, parse, serialise
from tests.adapters.padis.padis_platform import REGISTRY, REQUEST, Platform, platform, sample
from tests.scripted_partner import ScriptedPartner, hang, http, reset, say

(OPERATION,) = ADAPTER.queries
WAYS = (
    "500",
    "busy",
    "redirect",
    "reset_before_work",
    "garbage",
    "html",
    "empty",
    "truncated",
    "wrong_encoding",
    "lose_answer_after_work",
)


@pytest.fixture
def padis(tmp_path: Path) -> Iterator[Platform]:
    """A platform."""
    with platform(tmp_path / "padis.jsonl") as running:
        yield running


def question(name: str, number: str) -> bytes:
    """A GACX."""
    return f"<GACX><XM>{name}</XM><ZJHM>{number}</ZJHM><CXMD>XC</CXMD></GACX>".encode()


def asked(padis: Platform, name: str, number: str, seconds: float = 5) -> Element | Rejected:
    """What the adapter is answered."""
    partner = PadisPartner({"url": f"http://127.0.0.1:{padis.server.server_port}/services/exchange"})
    try:
        return partner.query(OPERATION, question(name, number), seconds)
    finally:
        partner.close()


def test_a_person_is_found_by_name_and_number_together(padis: Platform) -> None:
    """Whom the platform was told to have it finds; with another name, or another number, it finds nobody."""
    people = padis.tell(people={"count": 3, "seed": 5})["people"]
    for name, number in people:
        answer = asked(padis, name, number)
        assert isinstance(answer, Element)
        REGISTRY.validate(OPERATION.reply_schema, answer)
        assert answer.findtext("RY/XM") == name
        canonical = ADAPTER.translator.to_canonical("enquiry.case_reply", answer)  # type: ignore[arg-type]
        REGISTRY.validate("canonical/1.0/enquiry.case_reply.xsd", canonical)
    (name, number), (_, other) = people[:2]
    for pair in ((name, other), ("别人", number)):
        nobody = asked(padis, *pair)
        assert isinstance(nobody, Element)
        assert nobody.find("RY") is None


def test_the_people_of_documents_are_known(padis: Platform) -> None:
    """Who went through the platform in an enquiry is found."""
    padis.tell(originate=[sample(REQUEST, "inflow-from-another-province").decode()])
    person = parse(sample(REQUEST, "inflow-from-another-province")).find("DCDX")
    assert person is not None
    answer = asked(padis, person.findtext("XM", ""), person.findtext("ZJHM", ""))
    assert isinstance(answer, Element)
    assert answer.findtext("RY/HJDQH") == person.findtext("HJDQH")


def test_a_refusal_is_an_answer(padis: Platform) -> None:
    """1002 refuses the question; 9001 is no answer at all."""
    padis.fault("reject", code="1002")
    assert asked(padis, "张测试", "359901199005100022") == Rejected("1002")
    padis.fault("reject", code="9001")
    with pytest.raises(OSError, match=r"padis\.9001"):
        asked(padis, "张测试", "359901199005100022")


@pytest.mark.parametrize("way", WAYS)
def test_no_usable_answer_is_an_error_without_text(padis: Platform, way: str) -> None:
    """Every way to spoil an answer is an OSError with a code of ours; it is never asked again by itself."""
    padis.fault(way)
    with pytest.raises(OSError, match=r"^[\x21-\x7e]+$") as fault:
        asked(padis, "张测试", "359901199005100022")
    assert all(word.isascii() for word in fault.value.args)
    assert asked(padis, "张测试", "359901199005100022") is not None


@pytest.mark.parametrize("act", [hang, say(b"HTTP/1.1 200 OK\r\n"), say(http(b"x" * 10)[:-4])])
def test_a_hung_partner_is_left_at_the_deadline_and_its_socket_closed(act: Any) -> None:
    """Nothing comes, or not all of it: the call ends on time and the partner sees the connection end."""
    gone = threading.Event()

    def watched(sock: Any) -> bool:
        if act is not hang:
            act(sock)
        hang(sock)
        gone.set()
        return False

    with ScriptedPartner(watched) as partner:
        made, began = PadisPartner({"url": partner.url}), time.monotonic()
        with pytest.raises(OSError, match=r"^reply\.(timeout|truncated|reset|none)$"):
            made.query(OPERATION, question("张测试", "359901199005100022"), 0.4)
        assert time.monotonic() - began < 1.4
        assert gone.wait(2)
        made.close()


def test_a_trickling_partner_is_left_at_the_deadline() -> None:
    """A byte now and then does not keep a call alive: the time is for all of it."""

    def trickle(sock: Any) -> bool:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n")
        end = threading.Event()
        while not end.wait(0.05):
            sock.sendall(b"x")
        return False

    with ScriptedPartner(trickle) as partner:
        made, began = PadisPartner({"url": partner.url}), time.monotonic()
        with pytest.raises(OSError, match=r"^reply\.(timeout|truncated|reset|none)$"):
            made.query(OPERATION, question("张测试", "359901199005100022"), 0.4)
        assert time.monotonic() - began < 1.4
        made.close()


def test_an_answer_to_another_call_is_none() -> None:
    """A Response with another serial number is not taken for the answer."""
    text = "&lt;Response&gt;&lt;Head&gt;&lt;TransCode&gt;CX02&lt;/TransCode&gt;&lt;SerialNo&gt;GA-1&lt;/SerialNo&gt;&lt;RetCode&gt;0000&lt;/RetCode&gt;&lt;RetMsg&gt;成功&lt;/RetMsg&gt;&lt;/Head&gt;&lt;Body&gt;&lt;GAJG&gt;&lt;SFCZ&gt;0&lt;/SFCZ&gt;&lt;SFYG&gt;0&lt;/SFYG&gt;&lt;/GAJG&gt;&lt;/Body&gt;&lt;/Response&gt;"
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<exchangeResponse xmlns="urn:standin:padis:exchange:1.0"><return>{text}</return></exchangeResponse></s:Body></s:Envelope>'
    ).encode()
    with ScriptedPartner(say(http(body)), reset) as partner:
        made = PadisPartner({"url": partner.url})
        with pytest.raises(OSError, match=r"reply\.other_call"):
            made.query(OPERATION, question("张测试", "359901199005100022"), 2)
        assert len(partner.requests) == 1
        made.close()


def test_the_question_is_translated_for_the_platform() -> None:
    """Canonical view → GACX, every purpose with a code of its own; valid on both sides."""
    codes = set()
    for purpose in "12345678":
        view = parse(
            '<enquiryCase xmlns="urn:pophub:enquiry.case:1.0"><name>张测试</name><idNo>359901199005100022</idNo>'
            f"<purpose>{purpose}</purpose></enquiryCase>".encode()
        )
        REGISTRY.validate("views/padis/enquiry.case-1.0.xsd", view)
        own = ADAPTER.translator.from_canonical("enquiry.case", view)  # type: ignore[arg-type]
        REGISTRY.validate(OPERATION.schema, own)
        codes.add(own.findtext("CXMD"))
        assert serialise(own).startswith("<GACX><XM>张测试</XM><ZJHM>359901199005100022</ZJHM>".encode())
    assert len(codes) == 8
