"""Hostile content that is well-formed and well-wrapped, against the whole edge: refused by schema or header, or harmless."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from hub.contract.xml import parse
from tests.flows.enquiry.documents import ID_NO, request
from tests.hub.pipeline.rig import YANPING
from tests.security.edge_door import ACTION, XSI, EdgeDoor, enquiry, message_id
from tests.soap_door import CANARY, WSA, assert_refused, envelope, read_fault

hostile = pytest.mark.hostile
GOOD = enquiry(id_no=ID_NO)
NS = "urn:pophub:enquiry.request:1.0"
ROOT = f'<enquiryRequest xmlns="{NS}"'
ATTRIBUTES = {
    "xml:base": 'xml:base="http://127.0.0.1:9/"',
    "xml:id": 'xml:id="a"',
    "xml:space": 'xml:space="preserve"',
    "xml:lang": f'xml:lang="{CANARY}"',
    "xsi:nil": f'xmlns:i="{XSI}" i:nil="true"',
    "xsi:type of another schema": f'xmlns:i="{XSI}" xmlns:o="urn:other" i:type="o:{"t" + CANARY}"',
    "xsi:type built in": f'xmlns:i="{XSI}" xmlns:x="http://www.w3.org/2001/XMLSchema" i:type="x:anyType"',
    "encodingStyle": 'xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" e:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"',
    "unknown": f'{"a" + CANARY}="{CANARY}"',
    "unknown in a namespace": f'xmlns:o="urn:{CANARY}" o:a="{CANARY}"',
}
CHILDREN = {
    "number as a name": f"<{'n' + CANARY}/>",
    "number as a name inside": f"<question><{'n' + CANARY}>x</{'n' + CANARY}></question>",
    "number as a namespace": f'<question xmlns="urn:{CANARY}"/>',
    "number as a prefix": f'<{"n" + CANARY}:question xmlns:{"n" + CANARY}="urn:x"/>',
    "xinclude": '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname" parse="text"/>',
    "embedded schema": f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{NS}"><xs:element name="question"/></xs:schema>',
    "another namespace": f'<question xmlns="urn:other">{CANARY}</question>',
    "no namespace": f'<question xmlns="">{CANARY}</question>',
    "prefix redefined": f'<p:question xmlns:p="{NS}" xmlns:q="{NS}"><p:x xmlns:p="urn:other">{CANARY}</p:x></p:question>',
    "soap array": '<question xmlns:n="http://schemas.xmlsoap.org/soap/encoding/" n:arrayType="n:string[2147483647]"/>',
    "multireference": '<question href="#a" id="a"/>',
    "multireference cycle": '<question id="a"><question href="#a"/></question>',
    "xop include": '<question><x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="http://127.0.0.1:9/x"/></question>',
    "xop include of a file": '<question><x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="file:///etc/hostname"/></question>',
    "escaped markup as elements": f"<question><b>{CANARY}</b></question>",
}


def with_question(inside: str) -> str:
    """The enquiry whose question element is replaced."""
    return GOOD.replace("<question>请核实。</question>", inside)


@hostile("X24", "S10", "H03", "H04")
@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_attribute_that_nobody_declared_is_refused(edge: EdgeDoor, name: str, version: str) -> None:
    """xml:base, xml:id, xsi:nil, xsi:type and any other attribute on the payload or inside it is a schema fault without its value."""
    for text in (GOOD.replace("<question", f"<question {ATTRIBUTES[name]}"), GOOD.replace(ROOT, f"{ROOT} {ATTRIBUTES[name]}")):
        told = read_fault(edge.enquire(text, version), version)
        assert told.detail["code"].startswith("Client.Schema")
    assert edge.stored() == 0
    assert len(edge.evidence()) == 2


@hostile("X11", "X25", "S10", "S11", "S16", "H02", "H06")
@pytest.mark.parametrize("name", CHILDREN)
def test_an_element_that_nobody_declared_is_refused(edge: EdgeDoor, name: str) -> None:
    """XInclude, schemas inside the message, other namespaces, SOAP arrays, references and XOP are elements like any other: not declared."""
    told = read_fault(edge.enquire(with_question(CHILDREN[name])))
    assert told.detail["code"].startswith("Client.Schema")
    assert edge.stored() == 0


@pytest.fixture
def trap() -> Iterator[tuple[int, list[object]]]:
    """A port of ours and who called there."""
    callers: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def listen() -> None:
            while True:
                try:
                    callers.append(listening.accept())
                except OSError:
                    return

        threading.Thread(target=listen, daemon=True).start()
        yield listening.getsockname()[1], callers
        listening.shutdown(socket.SHUT_RDWR)


@hostile("H05")
def test_a_schema_location_is_never_fetched(edge: EdgeDoor, trap: tuple[int, list[object]]) -> None:
    """xsi:schemaLocation and its like are ignored: the hub's own schema counts, nobody is called."""
    port, callers = trap
    where = f"http://127.0.0.1:{port}/x.xsd"
    located = f'{ROOT} xmlns:i="{XSI}" i:schemaLocation="{NS} {where} urn:o {where}" i:noNamespaceSchemaLocation="{where}"'
    assert edge.enquire(enquiry("XC9").replace(ROOT, located)).status == 200
    assert read_fault(edge.enquire(with_question("<extra/>").replace(ROOT, located))).detail["code"].startswith("Client.Schema")
    assert callers == []


@hostile("X22", "X23")
def test_a_number_in_pieces_is_one_number(edge: EdgeDoor) -> None:
    """An identity number with comments, processing instructions, CDATA or references inside is the one number, for the same message."""
    whole = request("XC7", id_no=ID_NO).decode()
    pieces = [f"{ID_NO[:6]}<!-- x -->{ID_NO[6:]}", f"<![CDATA[{ID_NO}]]>", f"{ID_NO[:3]}<?x y?>{ID_NO[3:]}", f"&#x33;{ID_NO[1:]}"]
    first = edge.enquire(whole, headers=message_id("urn:same"))
    assert first.status == 200
    for piece in pieces:
        again = edge.enquire(whole.replace(ID_NO, piece), headers=message_id("urn:same"))
        assert again.status == 200
        assert again.root.findtext(".//{*}duplicate") == "true"
    assert edge.stored() == 1


@hostile("S13")
@pytest.mark.parametrize("text", ["", " ", "a b", "a\nb", "a\u2028b", "a\u200bb", "x" * 129, CANARY + "x" * 10_000, "<b/>"])
def test_a_message_id_that_is_none_is_refused(edge: EdgeDoor, text: str) -> None:
    """A MessageID missing, empty, with white space or invisible characters, or longer than 128 is Client.MessageId."""
    assert_refused(edge.enquire(GOOD, headers=message_id(text)), "Client.MessageId")
    assert_refused(edge.enquire(GOOD, headers=""), "Client.MessageId")
    assert edge.stored() == 0


@hostile("S13")
def test_a_message_id_need_not_be_a_uri(edge: EdgeDoor) -> None:
    """Any 1 to 128 visible characters identify a message; an identity number in it shows up nowhere."""
    assert edge.enquire(enquiry("XC1"), headers=message_id(CANARY)).status == 200
    assert edge.enquire(enquiry("XC2"), headers=message_id("编号" * 64)).status == 200
    assert edge.stored() == 2


@hostile("S14")
def test_a_forged_correlation_reveals_nothing(edge: EdgeDoor) -> None:
    """RelatesTo with the MessageID of somebody else's message, or of none, gets the same kind of answer and moves no case."""
    theirs = edge.rig.submit(YANPING, request("XC5", applicant="350702001000", stated="350203001001"), "urn:theirs")
    edge.rig.plan()
    before = edge.rig.case(theirs.id)
    answers = []
    for n, related in enumerate(("urn:theirs", "urn:nobody's")):
        entry = f'<a:RelatesTo xmlns:a="{WSA}">{related}</a:RelatesTo>'
        answers.append(edge.enquire(enquiry(f"XC6{n}"), headers=message_id(f"urn:forged:{n}") + entry))
    assert [answer.status for answer in answers] == [200, 200]
    assert len({tuple(e.tag for e in answer.root.iter()) for answer in answers}) == 1
    edge.rig.plan()
    assert edge.rig.case(theirs.id) == before


@hostile("E13")
@pytest.mark.parametrize(
    "number", ["３５９９０２１９８８０８０７００１７", "٣٥٩٩٠٢١٩٨٨٠٨٠٧٠٠١٧", "35990719850315078x", "𝟑𝟓9902198808070017"]
)
def test_digits_of_another_script_are_refused(edge: EdgeDoor, number: str) -> None:
    """Full-width, Arabic and mathematical digits, and the lower-case x, are no identity number; spokes send the canonical form."""
    told = read_fault(edge.enquire(enquiry(id_no=number)))
    assert told.detail["code"].startswith("Client.Schema")
    assert edge.stored() == 0


@hostile("E04", "E05", "E14", "E15")
@pytest.mark.parametrize(
    "name",
    [
        "阿卜杜热合曼·买买提",
        "次仁・卓玛",
        "次仁•卓玛",
        "葛\U000e0100\ufe00",
        "\ufa0e\uf900\uf9ff",
        "\u202e林\u200b建\u2066秀",
        "Оуyaнг",
        "a\U000e0041b",
        "\U0001fffe\ufdd0",
        "𠮷㛃䶮𬎆𫖯\U000300f7\U00031350",
        "Ｍ．ａ",
        "e\u0301é",
    ],
)
def test_a_name_is_kept_as_it_was_sent(edge: EdgeDoor, name: str) -> None:
    """Dots, variation selectors, compatibility ideographs, directions, tags, Extensions B to H: stored character by character, never normalised."""
    assert edge.enquire(enquiry("XC8", name=name)).status == 200
    [stored] = edge.rig.unplanned()
    opened = parse(edge.rig.machine.keyring.open(f"message_body|canonical|{stored.id}", stored.canonical))
    assert opened.findtext(f"{{{NS}}}subject/{{{NS}}}name") == name


@hostile("E10", "E15", "H07")
@pytest.mark.parametrize("name", ["林\ufffe", "林\uffff", "林&#xFFFE;", "林&#1;", "林&#xDFFF;", "林&#x110000;", "林\x0b"])
def test_what_is_no_character_of_xml_is_refused(edge: EdgeDoor, name: str) -> None:
    """Controls, U+FFFE and U+FFFF, surrogates and numbers beyond Unicode are no characters, raw or as references."""
    assert_refused(edge.enquire(enquiry(name=name)), "Client.Malformed")
    assert edge.stored() == 0


@hostile("S16")
@pytest.mark.parametrize("parts", ["missing", "twice", "wrong boundary", "huge"])
def test_mtom_is_not_taken_yet(edge: EdgeDoor, parts: str) -> None:
    """A multipart request is 415 whatever is wrong or right in it: nothing of it is opened."""
    root = f"--b\r\nContent-ID: <r>\r\nContent-Type: application/xop+xml\r\n\r\n{envelope(GOOD)}\r\n"
    part = f"--b\r\nContent-ID: <a>\r\n\r\n{CANARY * (50_000 if parts == 'huge' else 1)}\r\n"
    body = root + {"missing": "", "twice": part + part, "wrong boundary": part, "huge": part}[parts] + "--b--\r\n"
    boundary = "other" if parts == "wrong boundary" else "b"
    content_type = f'multipart/related; type="application/xop+xml"; start="<r>"; boundary={boundary}; start-info="text/xml"'
    assert_refused(edge.send(body.encode(), CONTENT_TYPE=content_type, HTTP_SOAPACTION=f'"{ACTION}"'), "Client.ContentType")


@hostile("H11")
def test_a_schema_fault_names_the_place_and_never_the_value(edge: EdgeDoor) -> None:
    """Values of every kind in the wrong place: the fault gives element and line, the value is nowhere."""
    for field in ("enquiryType", "urgency", "statedToDiv", "item", "applicantDiv", "contactPhone", "submitTime"):
        start = GOOD.index(f"<{field}>") + len(field) + 2
        broken = GOOD[:start] + CANARY * 3 + GOOD[GOOD.index(f"</{field}>") :]
        told = read_fault(edge.enquire(broken))
        assert told.detail["code"].startswith("Client.Schema")
        assert field in told.detail["path"]
