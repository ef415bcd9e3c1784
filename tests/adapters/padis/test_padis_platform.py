"""The simulated platform by itself: it checks what it gets, and its ledger names are the agreed ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from adapters.padis import ADAPTER
from adapters.padis.settings import DEFAULTS, read
from adapters.padis.simulator.envelope import BEIJING, REFUSALS
from adapters.padis.simulator.facts import facts
from adapters.padis.simulator.people import enquiry
from hub.contract.message import Document
from hub.contract.outcome import Rejected, Unknown
from hub.contract.xml import parse
from hub.testkit.ledger import entry_digest, entry_id, entry_lane
from hub.transports.http_client import HttpClient
from tests.adapters.padis.padis_platform import FEEDBACK, NOTICE, RECEIPT, REQUEST, SAMPLES, Platform, platform, sample, submit


@pytest.fixture
def padis(tmp_path: Path) -> Iterator[Platform]:
    """A running platform."""
    with platform(tmp_path / "padis.jsonl") as running:
        yield running


@pytest.mark.parametrize(
    "path",
    sorted(p for c in (REQUEST, FEEDBACK, NOTICE, RECEIPT) for p in (SAMPLES / c).glob("*.xml")),
    ids=lambda p: f"{p.parent.name}/{p.stem}",
)
def test_the_ledger_names_are_those_of_the_canonical_document(path: Path) -> None:
    """Id, lane and digest from PADIS's words equal those from the translated document: both sides of a ledger can be compared."""
    own = parse(path.read_bytes())
    body = Document(ADAPTER.translator.to_canonical(path.parent.name, own))  # type: ignore[arg-type]
    system, number = own.findtext("FQXT", ""), body.text("enquiryNo") or body.text("noticeNo") or ""
    values: tuple[str, ...]
    if path.parent.name == REQUEST:
        key: tuple[str, ...] = (system, number)
        paths: tuple[str, ...] = ("enquiryNo", "enquiryType", "subject/name", "subject/idNo", "subject/birthDate", "statedToDiv")
    elif path.parent.name == NOTICE:
        key, paths = (system, number), ("noticeNo", "checkKind", "checkDate", "subject/name", "subject/idNo", "hukouDiv")
    else:
        more, paths = {
            RECEIPT: (("receiveDiv", "role", "result"), ("noticeNo", "result", "correctDiv")),
            "enquiry.feedback": (("feedbackSeq",), ("enquiryNo", "feedbackSeq", "result")),
            "enquiry.return": (("returnDiv", "returnSeq"), ("enquiryNo", "returnSeq", "returnReason")),
            "enquiry.withdraw": ((), ("enquiryNo", "reason")),
            "enquiry.withdrawn": ((), ("enquiryNo", "removed")),
        }[path.parent.name]
        key = (body.text("originSystem") or "", number, *(body.text(part) or "" for part in more))
    values = tuple(body.text(p) or "" for p in paths)
    assert facts(own) == (entry_id(path.parent.name, *key), entry_digest(*values), entry_lane(system, number))


@pytest.mark.parametrize("change", [("<XCLX>LR<", "<XCLX>XX<"), ("<XCH>", "<WRONG>"), ("</XCQQ>", "<Y/></XCQQ>"), ("XCQQ", "XCFK")])
def test_an_invalid_document_is_refused_and_not_applied(padis: Platform, change: tuple[str, str]) -> None:
    """What violates PADIS's schema is refused with 1001 or not even read, and leaves no effect."""
    bad = sample(REQUEST, "inflow-from-another-province").decode().replace(*change)
    outcome = padis.partner.deliver(submit(), bad.encode(), "FJ-1-0")
    assert outcome in (Rejected("1001"), Unknown("fault.Client"))
    assert padis.lines("effect") == []


@pytest.mark.parametrize("body", [b"", b"x", b"<a/>", b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'/>"])
def test_a_call_it_cannot_read_is_a_soap_fault(padis: Platform, body: bytes) -> None:
    """Bytes that are no exchange get a SOAP fault, and the platform goes on."""
    client = HttpClient(f"http://127.0.0.1:{padis.server.server_port}/services/exchange")
    reply = client.post(body, {"Content-Type": "text/xml"}, 5)
    client.close()
    assert reply.status == 500
    assert b"faultcode" in reply.body


def test_orders_it_does_not_know_change_nothing(padis: Platform) -> None:
    """A misspelt order, or a document that is not valid, is refused with a sentence."""
    client = HttpClient(f"http://127.0.0.1:{padis.server.server_port}/_control")
    for order in (b'{"orginate": {}}', b'{"originate": ["<XCQQ/>"]}', b'{"originate": {"count": 1}}', b"nonsense"):
        assert client.post(order, {}, 5).status == 400
    client.close()
    assert padis.lines("sent") == []


def test_made_up_people_have_right_numbers_of_nobody() -> None:
    """Every made-up identity number has a never-issued address code and a right check character (GB 11643)."""
    from datetime import datetime

    rng = Random(5)
    for number in range(50):
        document = enquiry(rng, f"GJ{number}", "350102001000", datetime.now(BEIJING))
        id_no = document.findtext("DCDX/ZJHM", "")
        assert id_no.startswith("3599")
        assert id_no[4:6] != "00"
        assert sum(("0123456789X".index(c)) * pow(2, 17 - i, 11) for i, c in enumerate(id_no)) % 11 == 1
        assert int(id_no[16]) % 2 == (document.findtext("DCDX/XB") == "1")


def test_refusals_are_never_lies() -> None:
    """The platform can be told to refuse only with codes that mean "not applied"."""
    assert REFUSALS.isdisjoint({"0000", "2001", "2002"})


@pytest.mark.parametrize(
    "given",
    [{"url": "ftp://x"}, {"org_code": "35"}, {"ask_timeout": "0"}, {"poll_timeout": "soon"}, {"connections": "0"}, {"urll": "x"}],
)
def test_a_wrong_setting_is_named(given: dict[str, str]) -> None:
    """A setting that is unknown or unusable is refused by name, at start."""
    with pytest.raises(ValueError, match=next(iter(given))):
        read(given)
    assert read({}) == DEFAULTS


def test_the_manifest_keeps_its_promises() -> None:
    """Every operation can be asked about, only after the time in which PADIS begins work; the feed brings what the schemas hold."""
    channels = [REQUEST, FEEDBACK, "enquiry.return", "enquiry.withdraw", "enquiry.withdrawn", NOTICE, RECEIPT]
    assert [o.channel for o in ADAPTER.operations] == channels
    assert all(o.kind == "B" and o.ask_after > 5 and o.max_in_flight == 16 for o in ADAPTER.operations)
    assert set(ADAPTER.feeds[0].channels) == set(channels)
    assert ADAPTER.settings == DEFAULTS
