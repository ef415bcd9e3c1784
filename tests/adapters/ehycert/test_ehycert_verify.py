"""The verification over the wire: found, missed, cancelled, not covered; no unusable answer is passed on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.ehycert import ADAPTER
from hub.contract.message import ChannelName
from hub.contract.outcome import Rejected
from hub.contract.xml import Element, parse, serialise
from tests.adapters.ehycert.ecert_database import REGISTRY, TRANSLATOR, Database, checked, database, part, row

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
SPACE = "{urn:pophub:ecert.verify_reply:1.0}"
NUMBER = checked("35990219920714004")


@pytest.fixture
def ecert(tmp_path: Path) -> Iterator[Database]:
    """A database."""
    with database(tmp_path / "ehycert.jsonl") as running:
        yield running


def question(name: str, number: str, purpose: str = "4") -> bytes:
    """A VERIFY as the hub sends it."""
    view = parse(
        f'<ecertVerify xmlns="urn:pophub:ecert.verify:1.0"><name>{name}</name><idNo>{number}</idNo><purpose>{purpose}</purpose></ecertVerify>'.encode()
    )
    REGISTRY.validate("views/ecert/ecert.verify-1.0.xsd", view)
    own = TRANSLATOR.from_canonical(ChannelName("ecert.verify"), view)
    REGISTRY.validate(OPERATION.schema, own)
    return serialise(own)


def asked(ecert: Database, name: str, number: str) -> Element:
    """The canonical reply, valid all the way."""
    answer = ecert.partner.query(OPERATION, question(name, number), 5)
    assert isinstance(answer, Element)
    REGISTRY.validate(OPERATION.reply_schema, answer)
    reply = TRANSLATOR.to_canonical(ChannelName("ecert.verify_reply"), answer)
    REGISTRY.validate("canonical/1.0/ecert.verify_reply.xsd", reply)
    return reply


def told(reply: Element, *paths: str) -> tuple[str | None, ...]:
    """Texts of a reply."""
    return tuple(reply.findtext("/".join(SPACE + name for name in path.split("/"))) for path in paths)


def test_who_was_uploaded_is_found_by_name_and_number_together(ecert: Database) -> None:
    """An uploaded certificate is valid and printable; with another name, also her husband's, it is a miss that suggests an enquiry."""
    ecert.result(ecert.upload(part([row()])))
    assert told(asked(ecert, "陈测试", NUMBER), "found", "certificate/status", "certificate/printable", "suggestEnquiry") == (
        "true", "1", "true", "false",
    )  # fmt: skip
    assert told(asked(ecert, "别人", NUMBER), "found", "suggestEnquiry", "notCovered") == ("false", "true", "false")


def test_a_cancelled_certificate_stays_visible(ecert: Database) -> None:
    """E6: 已注销 with day, reason and mark; not printable."""
    ecert.result(ecert.upload(part([row()])))
    ecert.tell(cancelled={NUMBER: ["20250605", "1"]})
    reply = asked(ecert, "陈测试", NUMBER)
    assert told(
        reply, "found", "certificate/status", "certificate/cancelled", "certificate/cancellation/date", "certificate/cancellation/reason",
        "certificate/mark/markKind", "certificate/printable",
    ) == ("true", "3", "true", "2025-06-05", "1", "2", "false")  # fmt: skip


def test_a_province_outside_the_pilot(ecert: Database) -> None:
    """E10: nobody can be found there: notCovered and the dated list, no enquiry suggested."""
    ecert.tell(pilot={"43": ["20140701", "20261231"]})
    reply = asked(ecert, "陈测试", NUMBER)
    assert told(reply, "found", "suggestEnquiry", "notCovered", "coverage/provinceDiv", "coverage/from", "coverage/to") == (
        "false", "false", "true", "430000000000", "2014-07-01", "2026-12-31",
    )  # fmt: skip


def test_made_up_women_of_other_provinces(ecert: Database) -> None:
    """Whom it was told to know it finds; their hukou is elsewhere."""
    for name, number in ecert.tell(issued={"count": 3, "seed": 5})["issued"]:
        assert told(asked(ecert, name, number), "found", "certificate/holder/hukouDiv") == ("true", "430102001000")


def test_a_refusal_is_an_answer(ecert: Database) -> None:
    """13 refuses the question; 90 is no answer at all."""
    ecert.tell(faults={"reject": {"count": 1, "code": "13"}})
    assert ecert.partner.query(OPERATION, question("陈测试", NUMBER), 5) == Rejected("13")
    ecert.tell(faults={"reject": {"count": 1, "code": "90"}})
    with pytest.raises(OSError, match=r"ehycert\.90"):
        ecert.partner.query(OPERATION, question("陈测试", NUMBER), 5)


@pytest.mark.parametrize("way", WAYS)
def test_no_usable_answer_is_an_error_without_text(ecert: Database, way: str) -> None:
    """Every way to spoil an answer is an OSError with a code of ours; the next question is answered."""
    ecert.tell(faults={way: {"count": 1}})
    with pytest.raises(OSError, match=r"^[\x21-\x7e]+$"):
        ecert.partner.query(OPERATION, question("陈测试", NUMBER), 5)
    assert asked(ecert, "陈测试", NUMBER) is not None
