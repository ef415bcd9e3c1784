"""How a spoke sends: its ledger first, the same MessageID however often, until acknowledged or refused for good."""

import threading
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from demo.families.enquiry.answers import Answers
from demo.families.enquiry.submissions import KINDS, Enquiries
from demo.province import generate
from demo.spokes.caller import Caller, Toolkit
from demo.spokes.settings import Mixture, SpokeSettings, Way
from demo.spokes.soap import Letters, read_answer
from demo.spokes.submission import Submission
from demo.spokes.toolkit import ZeepToolkit
from demo.spokes.wire import Reply
from hub.contract.xml import parse
from hub.testkit.ledger import Ledger, read_ledger
from tests.demo.fake_edge import SECRET, FakeHub, authorization, edge

PEOPLE = tuple(generate(1500, seed=5))


@cache
def settings(**mixture: float) -> SpokeSettings:
    """Settings of a spoke of Fuzhou and Xiamen, with this mixture."""
    none = dict.fromkeys(("invalid", "again", "at_once", "unheard", "zeep", "corrected"), 0.0)
    return SpokeSettings(
        "demo-east", "FJFPIS", "-", "http://h", ("3501", "3502"), "-", "T", enquiries=300, mixture=Mixture(**none | mixture)
    )


@cache
def submissions(**mixture: float) -> tuple[Submission, ...]:
    """What that spoke will ask."""
    return tuple(Enquiries(settings(**mixture), PEOPLE))


def sent(hub: FakeHub, folder: Path, *work: Submission, toolkit: bool = False, attempts: int = 5) -> list[dict[str, object]]:
    """The ledger after the submissions were sent to a hub."""
    with edge(hub) as url:
        host = urlsplit(url).netloc
        ledger = Ledger(folder / "l.jsonl")
        address = ("127.0.0.1", int(host.rpartition(":")[2]))
        caller = Caller(address, Letters(host, authorization()), ledger, attempts, threading.Event())
        zeep: Toolkit | None = ZeepToolkit(url, "demo-east", SECRET) if toolkit else None
        for one in work:
            caller.submit(one, zeep)
        ledger.close()
    return list(read_ledger(folder / "l.jsonl"))


def events(lines: list[dict[str, object]]) -> list[object]:
    """The events of a ledger in order."""
    return [line["t"] for line in lines if line["t"] != "closed"]


def content(document: bytes) -> list[tuple[str, str | None]]:
    """Names and texts of a document in order, whatever prefixes it uses."""
    return [(str(element.tag), element.text) for element in parse(document).iter()]


@pytest.mark.parametrize(
    ("way", "calls", "ends"),
    [
        ("once", 1, ["sent", "acked"]),
        ("again", 2, ["sent", "acked", "sent", "acked"]),
        ("at_once", 2, ["acked", "acked", "sent", "sent"]),
        ("unheard", 2, ["acked", "noanswer", "sent", "sent"]),
    ],
)
def test_each_way_of_sending_is_one_message(tmp_path: Path, way: Way, calls: int, ends: list[str]) -> None:
    """However often a document is sent it has one MessageID, one hub id, and an end line for every sent line."""
    hub = FakeHub()

    lines = sent(hub, tmp_path, replace(submissions()[0], way=way))

    assert sorted(map(str, events(lines))) == sorted(ends)
    assert len(hub.accepted) == 1
    assert hub.calls.total() <= calls
    assert len({line["hub"] for line in lines if line["t"] == "acked"}) == 1


def test_a_busy_hub_is_asked_again_with_the_same_message_id(tmp_path: Path) -> None:
    """A fault on the hub's side is written down and the sending repeated under the same MessageID."""
    hub = FakeHub(busy=lambda number: number < 3)

    lines = sent(hub, tmp_path, submissions()[0])

    assert events(lines) == ["sent", "fault", "sent", "fault", "sent", "acked"]
    assert hub.calls == {submissions()[0].message_id: 3}


def test_attempts_are_bounded(tmp_path: Path) -> None:
    """A hub that never takes it is not asked for ever."""
    lines = sent(FakeHub(busy=lambda _number: True), tmp_path, submissions()[0], attempts=3)

    assert events(lines) == ["sent", "fault"] * 3


def test_every_kind_of_bad_document_is_refused_once(tmp_path: Path) -> None:
    """Each kind of fault is refused for good and not sent again; the kinds are at least twelve and all are used."""
    bad = {one.kind: one for one in submissions(invalid=1.0)}
    assert set(bad) == {f"invalid:{kind}" for kind in KINDS}
    assert len(bad) >= 12

    lines = sent(FakeHub(), tmp_path, *bad.values())

    assert events(lines) == ["sent", "fault"] * len(bad)
    assert all(str(line["code"]).startswith("Client.") for line in lines if line["t"] == "fault")


def test_zeep_says_the_same_by_the_published_contract(tmp_path: Path) -> None:
    """An ordinary toolkit, given only ?wsdl, submits the very same content, every type of enquiry and a feedback."""
    by_type = {one.type: replace(one, way="zeep") for one in submissions()}
    person = next(p for p in PEOPLE if p.flow and p.hukou_div.startswith("3501") and p.spouse)
    enquiry = parse(next(one.document for one in submissions() if one.type == "1"))
    feedback = [replace(one, way="zeep") for one in Answers(settings(answered=1.0), [person]).to(enquiry, "FJFPIS")]
    work = [*by_type.values(), *feedback]
    assert len(work) == 5

    hub = FakeHub()
    lines = sent(hub, tmp_path, *work, toolkit=True)

    assert events(lines) == ["sent", "acked"] * 5
    assert [content(hub.documents[n]) for n in range(1, 6)] == [content(one.document) for one in work]


def test_zeep_hears_the_fault_code(tmp_path: Path) -> None:
    """A refusal reaches the caller through the toolkit with its stable code."""
    before, _, after = submissions()[0].document.partition(b"<applicantDiv>35")
    elsewhere = before + b"<applicantDiv>350601001000" + after[10:]

    lines = sent(FakeHub(), tmp_path, replace(submissions()[0], way="zeep", document=elsewhere), toolkit=True)

    assert [line.get("code") for line in lines if line["t"] == "fault"] == ["Client.Schema"]


@pytest.mark.parametrize("reply", [Reply(200, b""), Reply(502, b"<html>"), Reply(200, b"<a/>"), Reply(500, b"<hubId>1-2</hubId>")])
def test_other_answers_are_no_answers(reply: Reply) -> None:
    """A page of something in between, or an answer without a hub id, tells nothing."""
    assert read_answer(reply) is None
