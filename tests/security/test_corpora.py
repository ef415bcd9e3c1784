"""Public corpora, on demand (``make corpora``): what others collected is refused, or is what it should be."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from hub.contract.errors import ClientError
from hub.contract.xml import parse
from tests.security import corpora
from tests.security.edge_door import EdgeDoor, enquiry
from tests.soap_door import envelope, read_fault

FIFTH_EDITION = {"rmt-016", "rmt-019"}
"""Not well-formed for XML 1.0 until its fourth edition, well-formed since the fifth (names with characters newer than Unicode 2)."""
HARMLESS = {"simple.xml", "simple-ns.xml", "xalan_exec.xsl", "xalan_write.xsl"}
"""Without a DTD. The two style sheets are documents like any other here: nothing in the hub runs one that comes in."""


@pytest.fixture
def folder() -> Path:
    """Where the corpora are."""
    found = corpora.folder()
    assert found is not None
    return found


def accepted(data: bytes) -> bool:
    """Whether the one parser takes the bytes; anything but a ClientError escapes."""
    try:
        parse(data)
    except ClientError:
        return False
    return True


@pytest.mark.hostile("X26")
def test_the_suite_of_the_w3c(folder: Path) -> None:
    """No document that is not well-formed by XML 1.0 (fifth edition) is taken; none with a DTD is, valid or not."""
    cases = list(corpora.w3c(folder))
    broken = [case for case in cases if case.kind == "not-wf"]
    assert len(broken) > 1400
    taken = {case.name for case in broken if accepted(case.data)}
    print(f"W3C: {len(cases)} documents, {len(broken)} not well-formed, taken of these: {sorted(taken)}")
    assert taken <= FIFTH_EDITION
    typed = [case for case in cases if b"<!DOCTYPE" in case.data]
    assert len(typed) > 1500
    assert not any(accepted(case.data) for case in typed)


@pytest.mark.hostile("X02", "X03", "X06", "X07", "X08", "X09")
def test_the_files_of_defusedxml(folder: Path) -> None:
    """Bombs, external entities and DTDs are refused."""
    files = corpora.defused(folder)
    assert len(files) >= 11
    assert {name for name, data in files.items() if accepted(data)} == HARMLESS


@pytest.mark.hostile("E10", "E14", "H11")
def test_the_naughty_strings(folder: Path, edge: EdgeDoor) -> None:
    """Each string as a question and as a name: accepted, or a clean fault without it; the next good request works."""
    strings = corpora.naughty(folder)
    assert len(strings) > 450
    counts = {200: 0, 500: 0}
    for n, text in enumerate(strings):
        for field in ("question", "name"):
            reply = edge.enquire(enquiry(f"{field}{n}", **{field: escape(text) or " "}))
            counts[reply.status] += 1
            if reply.status == 500:
                assert read_fault(reply).detail["code"].startswith(("Client.Schema", "Client.Malformed", "Client.Conflict"))
                assert len(text) < 8 or escape(text).encode() not in reply.body
    print(f"naughty strings: {len(strings)}, requests accepted and refused: {counts}")
    assert edge.send(envelope(enquiry()).encode()).status == 500
    assert edge.stored() == counts[200] > 750
