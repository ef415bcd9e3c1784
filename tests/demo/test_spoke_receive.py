"""How a spoke receives: applied once by hub id, on disk before the hub is told, in both of its ways."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lxml import etree

from demo.families.enquiry.facts import CHANNELS, facts_of
from demo.families.enquiry.reading import EnquiryReading
from demo.province import enquiry_request, generate
from demo.spokes.inbox import Inbox
from demo.spokes.mailbox import Mailbox
from demo.spokes.push import PATH, PushServer, deliver
from demo.spokes.wire import NoAnswerError, Wire, request
from hub.contract.xml import Element, parse, serialise
from hub.testkit.ledger import read_ledger
from tests.demo.fake_edge import FakeHub, authorization, edge

PERSON = next(p for p in generate(200, seed=3) if p.flow)
DOCUMENT = parse(enquiry_request(PERSON, "XC1"))
ROOT = "{urn:pophub:enquiry.request:1.0}enquiryRequest"
SPACES = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}


def events(path: Path) -> list[tuple[str, str]]:
    """What a ledger says: (event, hub id)."""
    return [(line["t"], line.get("hub", "")) for line in read_ledger(path)]


def delivery(version: str = "1.1", hub: str = "7-5", body: str | None = None) -> bytes:
    """The SOAP request with which the hub delivers."""
    said = f'<h:Delivery xmlns:h="urn:pophub:header:1.0"><h:hubId>{hub}</h:hubId><h:fromSystem>FJFPIS</h:fromSystem></h:Delivery>'
    inner = serialise(DOCUMENT).decode() if body is None else body
    return f'<e:Envelope xmlns:e="{SPACES[version]}"><e:Header>{said}</e:Header><e:Body>{inner}</e:Body></e:Envelope>'.encode()


@contextmanager
def pushed_to(inbox: Inbox, lose_each: int = 0) -> Iterator[Wire]:
    """A push server on a free port, and a wire to it."""
    with PushServer(0, inbox, CHANNELS, lose_each) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        wire = Wire("127.0.0.1", server.server_port, timeout=5)
        yield wire
        wire.close()
        server.shutdown()
        thread.join(10)


def post(body: bytes, path: str = PATH) -> bytes:
    """The HTTP request of a delivery."""
    return request("POST", path, "h", {"Content-Type": "text/xml"}, body)


def test_a_document_is_applied_once_by_hub_id(tmp_path: Path) -> None:
    """Every arrival is a call, only the first an effect that is acted on, also after a restart."""
    asked: list[Element] = []
    for _ in range(2):
        inbox = Inbox(tmp_path / "l.jsonl", EnquiryReading(), lambda document, _system: asked.append(document))
        inbox.take("7-5", DOCUMENT, "FJFPIS")
        inbox.take("7-5", DOCUMENT, "FJFPIS")
        inbox.close()

    assert [e for e in events(tmp_path / "l.jsonl") if e[0] != "closed"] == [
        ("call", "7-5"), ("effect", "7-5"), ("call", "7-5"), ("call", "7-5"), ("call", "7-5"),
    ]  # fmt: skip
    assert len(asked) == 1


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_push_takes_and_says_so(tmp_path: Path, version: str) -> None:
    """A delivery in either SOAP version is taken, on disk when the answer comes, and answered in its own version."""
    inbox = Inbox(tmp_path / "l.jsonl", EnquiryReading(), lambda *_: None)
    with pushed_to(inbox) as wire:
        reply = wire.exchange(post(delivery(version)))
        assert events(tmp_path / "l.jsonl") == [("call", "7-5"), ("effect", "7-5")]

    root = parse(reply.body)
    assert (reply.status, root.tag) == (200, f"{{{SPACES[version]}}}Envelope")
    assert root.findtext(".//{urn:pophub:services:1.0}taken") == "true"


def test_a_lost_answer_does_not_apply_twice(tmp_path: Path) -> None:
    """The push spoke loses an answer after the work; the repeated delivery is taken again without a second effect."""
    inbox = Inbox(tmp_path / "l.jsonl", EnquiryReading(), lambda *_: None)
    with pushed_to(inbox, lose_each=2) as wire:
        assert wire.exchange(post(delivery(hub="1-0"))).status == 200
        with pytest.raises(NoAnswerError):
            wire.exchange(post(delivery()))
        assert wire.exchange(post(delivery())).status == 200

    assert [event for event, hub in events(tmp_path / "l.jsonl") if hub == "7-5"] == ["call", "effect", "call"]


@pytest.mark.parametrize(
    "envelope",
    [b"", b"<half", delivery(body=""), delivery(body="<a/>"), delivery(hub=""), delivery().replace(b"Envelope", b"Letter"),
     delivery("1.2", body="<a/>")],
)  # fmt: skip
def test_what_is_no_delivery_is_a_fault(envelope: bytes) -> None:
    """Whatever is not one known document with a delivery header is refused with a SOAP fault and not taken."""
    taken: list[str] = []

    status, media, body = deliver(envelope, {ROOT}, lambda hub, _document, _system: taken.append(hub))

    assert not taken
    assert status == (400 if media == "application/soap+xml" else 500)
    assert etree.QName(parse(body)[0][0]).localname == "Fault"


def test_the_push_spoke_publishes_its_contract(tmp_path: Path) -> None:
    """?wsdl answers the delivery contract with this server's address; other addresses do not exist."""
    with pushed_to(Inbox(tmp_path / "l.jsonl", EnquiryReading(), lambda *_: None)) as wire:
        published = parse(wire.exchange(request("GET", "/soap/enquiry-delivery?wsdl", "h", {})).body)
        assert wire.exchange(request("GET", "/", "h", {})).status == 404
        assert wire.exchange(post(delivery(), "/elsewhere")).status == 404

    places = {str(element.get("location")) for element in published.iter("{*}address")}
    assert len(places) == 1
    assert places.pop().startswith("http://127.0.0.1:")


def test_the_mailbox_is_emptied_and_acknowledged(tmp_path: Path) -> None:
    """What waits is taken, written down, then acknowledged with its lease; an empty mailbox is no error."""
    hub = FakeHub()
    hub.delivered(1, DOCUMENT)
    hub.delivered(2, DOCUMENT)
    inbox = Inbox(tmp_path / "l.jsonl", EnquiryReading(), lambda *_: None)
    with edge(hub) as url:
        mailbox = Mailbox(("127.0.0.1", int(url.rpartition(":")[2])), authorization(), inbox, threading.Event())
        assert [mailbox.poll(), mailbox.poll()] == [2, 0]

    assert len(hub.settled) == 2
    assert [event for event, _ in events(tmp_path / "l.jsonl")] == ["call", "effect"] * 2
    assert {line["id"] for line in read_ledger(tmp_path / "l.jsonl")} == {facts_of(DOCUMENT, "FJFPIS").id}


def test_a_refused_mailbox_is_no_answer(tmp_path: Path) -> None:
    """An answer other than 200 takes nothing."""
    with edge(FakeHub()) as url:
        port = int(url.rpartition(":")[2])
        mailbox = Mailbox(
            ("127.0.0.1", port), "Basic eDp5", Inbox(tmp_path / "l.jsonl", EnquiryReading(), lambda *_: None), threading.Event()
        )
        with pytest.raises(NoAnswerError):
            mailbox.poll()

    assert json.dumps(list(read_ledger(tmp_path / "l.jsonl"))) == "[]"
