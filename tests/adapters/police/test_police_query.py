"""The case query over the wire: every way a call can go ends on time, and passes nothing on that is not an answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.police import ADAPTER
from adapters.police.outbound import PolicePartner
from hub.contract import gb18030
from hub.contract.outcome import Rejected
from hub.contract.xml import Element
from tests.adapters.police.police_platform import QUERY, REGISTRY, SPACE, Platform, platform, question
from tests.scripted_partner import ScriptedPartner, hang, http, say

NAME, NUMBER = "张测试", "359901199005100022"
WAYS = (
    "500", "busy", "redirect", "reset_before_work", "garbage", "html", "empty", "truncated", "wrong_encoding", "lose_answer_after_work",
)  # fmt: skip


@pytest.fixture
def police(tmp_path: Path) -> Iterator[Platform]:
    """A platform."""
    with platform(tmp_path / "police.jsonl") as running:
        yield running


def test_a_person_is_found_by_name_and_number_together(police: Platform) -> None:
    """Whom the platform was told to have it finds; with another name, or another number, it finds nobody."""
    people = police.tell(people={"count": 3, "seed": 5})["people"]
    for name, number in people:
        answer = police.asked(name, number)
        assert isinstance(answer, Element)
        REGISTRY.validate(QUERY.reply_schema, answer)
        REGISTRY.validate("canonical/1.0/police.case_reply.xsd", ADAPTER.translator.to_canonical("police.case_reply", answer))  # type: ignore[arg-type]
        assert answer.findtext(f".//{{{SPACE}}}XM") == name
    (name, number), (_, other) = people[:2]
    for pair in ((name, other), ("别人", number)):
        nobody = police.asked(*pair)
        assert isinstance(nobody, Element)
        assert nobody.find(f".//{{{SPACE}}}ITEM") is None


def test_known_people_are_found(tmp_path: Path) -> None:
    """The people beside the ledger are whom the platform knows."""
    person = '{"name": "谢䶮𠮷", "idNo": "359902198808070017", "sex": "1", "birthDate": "1988-08-07", "hukouDiv": "360102001000", "residenceDiv": "350203001000"}'
    (tmp_path / "police.jsonl.people").write_text(person + "\n", encoding="utf-8")
    with platform(tmp_path / "police.jsonl") as running:
        answer = running.asked("谢䶮𠮷", "359902198808070017")
    assert isinstance(answer, Element)
    assert answer.findtext(f".//{{{SPACE}}}HJDZ_XZQHDM") == "360102"


def test_what_leaves_is_gb18030() -> None:
    """The request says GB18030 in HTTP and in its XML declaration, and its bytes are of the edition of 2022."""
    with ScriptedPartner(say(http(b"", 500))) as partner:
        made = PolicePartner({"url": partner.url})
        with pytest.raises(OSError, match="http"):
            made.query(QUERY, question("\u9fb4", NUMBER), 2)
        made.close()
    head, _, body = partner.requests[0].partition(b"\r\n\r\n")
    assert b"content-type: text/xml; charset=gb18030" in head.lower()
    assert body.startswith(b'<?xml version="1.0" encoding="GB18030"?>')
    assert bytes.fromhex("FE59") in body
    assert f"<GMSFHM>{NUMBER}</GMSFHM>" in gb18030.decode(body)


def test_a_refusal_is_an_answer(police: Platform) -> None:
    """11, 12 and 13 refuse the question; 91 is no answer at all."""
    for code in ("11", "12", "13"):
        police.fault("reject", code=code)
        assert police.asked(NAME, NUMBER) == Rejected(code)
    police.fault("reject", code="91")
    with pytest.raises(OSError, match=r"police\.91"):
        police.asked(NAME, NUMBER)


@pytest.mark.parametrize("way", WAYS)
def test_no_usable_answer_is_an_error_without_text(police: Platform, way: str) -> None:
    """Every way to spoil an answer is an OSError with a code of ours; the next call is answered."""
    police.fault(way)
    with pytest.raises(OSError, match=r"^[\x21-\x7e]+$"):
        police.asked(NAME, NUMBER)
    assert isinstance(police.asked(NAME, NUMBER), Element)


@pytest.mark.parametrize("act", [hang, say(b"HTTP/1.1 200 OK\r\n"), say(http(b"x" * 10)[:-4])])
def test_a_hung_platform_is_left_at_the_deadline_and_its_socket_closed(act: Any) -> None:
    """Nothing comes, or not all of it: the call ends on time and the platform sees the connection end."""
    gone = threading.Event()

    def watched(sock: Any) -> bool:
        if act is not hang:
            act(sock)
        hang(sock)
        gone.set()
        return False

    with ScriptedPartner(watched) as partner:
        made, began = PolicePartner({"url": partner.url}), time.monotonic()
        with pytest.raises(OSError, match=r"^reply\.(timeout|truncated|reset|none)$"):
            made.query(QUERY, question(NAME, NUMBER), 0.4)
        assert time.monotonic() - began < 1.4
        assert gone.wait(2)
        made.close()


@pytest.mark.parametrize("given", [{"url": "ftp://127.0.0.1/"}, {"connections": "0"}, {"connect_timeout": "soon"}, {"nosuch": "1"}])
def test_unusable_settings_are_named(given: dict[str, str]) -> None:
    """Each unusable or unknown setting is refused by its name, without its value."""
    with pytest.raises(ValueError, match=next(iter(given))):
        PolicePartner(given)
