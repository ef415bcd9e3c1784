"""A rare name goes out to a partner and comes back the same, whatever encoding it was sent in and whatever the partner speaks."""

from __future__ import annotations

import base64
import codecs
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.contract.outcome import Delivered
from hub.contract.xml import parse
from hub.processes.feeds import FeedReader
from hub.testkit.ledger import entry_digest
from tests.adapters.padis.padis_platform import Platform, platform
from tests.flows.enquiry.documents import BORN, ELSEWHERE
from tests.hub.pipeline.rig import SIMING, Rig, Script, wait_for
from tests.security.edge_door import EdgeDoor, enquiry, message_id
from tests.soap_door import envelope

NAMES = {
    "extensions": ("𠮷䶮㛃㙊𬎆𫖯", "9534B235FE9F8230B7318230AB309931DE309838F537"),
    "dots": ("阿依古丽·买买提", "B0A2D2C0B9C5C0F6A1A4C2F2C2F2CCE1"),
    "fifty": ("𠮷" * 50, "9534B235" * 50),
    "selector": ("葛\U000e0100\ufa0e", "B8F0D336AF34FE42"),
    "moved": ("\u9fb4\ufe10\u1e3f\u9fbb", "FE59A6D9A8BCFEA0"),
    "meant": ("\U00020087\U000241fe", "FE51FE91"),
    "private": ("\ue000\ue7c7", "AAA18135F437"),
}
"""The name, and its GB 18030-2022 bytes by hand."""
CODINGS = ["GB18030 declared", "GB18030 by HTTP", "UTF-8", "UTF-16LE", "UTF-16BE"]
FOUND = ("XC-E3", "XC-E5", "XC-E4", "XC-E6", "XC-E7", "XC-E8", "XC-E11")
"""A number of an enquiry for each name: to a person so called and numbered the simulated platform answers that it was found."""
_PLACE = "{urn:pophub:enquiry.feedback:1.0}verifiedSubject/{urn:pophub:enquiry.feedback:1.0}name"


def encoded(text: str, name: str, in_gb: str, coding: str) -> tuple[bytes, str]:
    """The request's bytes in the coding, and its content type; GB18030 bytes of the name by hand, the rest is ASCII and GBK."""
    if coding.startswith("GB18030"):
        before, after = text.split(name)
        declared = b'<?xml version="1.0" encoding="GB18030"?>' if "declared" in coding else b""
        data = declared + before.encode("gbk") + bytes.fromhex(in_gb) + after.encode("gbk")
        return data, "text/xml" if declared else "text/xml; charset=GB18030"
    if coding == "UTF-8":
        return text.encode(), "text/xml; charset=utf-8"
    mark = codecs.BOM_UTF16_LE if coding == "UTF-16LE" else codecs.BOM_UTF16_BE
    declared_text = '<?xml version="1.0" encoding="UTF-16"?>' + text
    return mark + declared_text.encode(coding), "text/xml; charset=utf-16"


@pytest.fixture
def padis(tmp_path: Path) -> Iterator[Platform]:
    """A platform that answers every enquiry at once."""
    with platform(tmp_path / "padis.jsonl") as running:
        running.tell(answer={"share": 1, "after_ms": 0})
        yield running


@pytest.mark.hostile("E01", "E02", "E03", "E04", "E05", "E06")
@pytest.mark.parametrize("coding", CODINGS)
def test_a_rare_name_goes_out_and_comes_back(rig: Rig, edge: EdgeDoor, padis: Platform, coding: str) -> None:
    """Submitted, stored, sent to PADIS through its real adapter, answered by PADIS, fetched from the mailbox: one name."""
    for number, (name, in_gb) in zip(FOUND, NAMES.values(), strict=True):
        document = enquiry(number, name=name, stated=ELSEWHERE)
        text = envelope(document, message_id(f"urn:rare:{number}"))
        data, content_type = encoded(text, name, in_gb, coding)
        assert edge.send(data, CONTENT_TYPE=content_type).status == 200
        rig.plan()
        assert [type(outcome) for outcome in rig.attempt(padis.partner)] == [Delivered]
        id_no = parse(document.encode()).findtext("{*}subject/{*}idNo", "")
        assert padis.lines("effect")[-1]["digest"] == entry_digest(number, "1", name, id_no, BORN, ELSEWHERE)
    adapter = rig.machine.catalogue.adapter["padis"]
    feed = FeedReader(rig.machine, adapter, replace(adapter.feeds[0], interval=0.01), padis.partner, lambda: None)
    try:
        wait_for(lambda: edge.stored() == 2 * len(NAMES))
    finally:
        feed.stop()
    rig.plan()
    rig.fill_mailboxes()
    credentials = base64.b64encode(f"{SIMING}:{rig.secret(SIMING)}".encode()).decode()
    fetched = edge.request("GET", "/api/v1/mailbox?max=50", HTTP_AUTHORIZATION=f"Basic {credentials}")
    documents = [parse(item["document"].encode()) for item in json.loads(fetched.body)["items"]]
    came = {document.findtext("{*}enquiryNo"): document.findtext(_PLACE) for document in documents}
    assert came == {number: name for number, (name, _) in zip(FOUND, NAMES.values(), strict=True)}


@pytest.mark.hostile("E01", "E06")
@pytest.mark.parametrize("case", NAMES)
def test_a_partner_of_gb18030_gets_the_bytes_of_the_standard(rig: Rig, edge: EdgeDoor, case: str) -> None:
    """What is stored for a system that speaks GB18030, and sent to it, holds the name in the bytes of GB 18030-2022."""
    name, in_gb = NAMES[case]
    rig.with_adapter(lambda adapter: replace(adapter, encoding="GB18030"))
    assert edge.enquire(enquiry("XC-E3", name=name, stated=ELSEWHERE)).status == 200
    rig.plan()
    partner = Script()
    rig.attempt(partner)
    [(document, _key)] = partner.called
    assert document.startswith(b'<?xml version="1.0" encoding="GB18030"?>')
    assert b"<XM>" + bytes.fromhex(in_gb) + b"</XM>" in document
