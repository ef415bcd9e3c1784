"""XML that is hostile or not XML 1.0 at all: a clean fault, whatever the parser would have made of it."""

from __future__ import annotations

import itertools
import time

import pytest

from tests.soap_door import CANARY, ENV, SAY, Door, assert_refused, envelope, say

hostile = pytest.mark.hostile
GOOD = envelope()
DOCTYPES = {
    "empty": "<!DOCTYPE e>",
    "internal entity": f'<!DOCTYPE e [<!ENTITY x "{CANARY}">]>',
    "external file": '<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    "external http": '<!DOCTYPE e [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>',
    "parameter entity": '<!DOCTYPE e [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]>',
    "laughs": '<!DOCTYPE e [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;">]>',
    "quadratic": f'<!DOCTYPE e [<!ENTITY x "{"a" * 100_000}">]>',
    "recursive": '<!DOCTYPE e [<!ENTITY x "&y;"><!ENTITY y "&x;">]>',
    "external dtd": '<!DOCTYPE e SYSTEM "http://127.0.0.1:9/e.dtd">',
    "default attribute": '<!DOCTYPE e [<!ATTLIST e a CDATA "v">]>',
}
MALFORMED = {
    "unclosed": GOOD[:-4],
    "mismatched": GOOD.replace("</v:text>", "</v:txet>"),
    "two roots": GOOD + GOOD,
    "trailing text": GOOD + CANARY,
    "undefined entity": envelope(say(f"&{'x' + CANARY};")),
    "cdata end in text": envelope(say(f"]]>{CANARY}")),
    "xml 1.1": '<?xml version="1.1"?>' + GOOD,
    "declaration late": " " + '<?xml version="1.0"?>' + GOOD,
    "bad standalone": '<?xml version="1.0" standalone="maybe"?>' + GOOD,
    "nul reference": envelope(say(f"{CANARY}&#0;")),
    "control character": envelope(say(f"{CANARY}\x01")),
    "surrogate reference": envelope(say("&#xD800;")),
    "not a character": envelope(say("\uffff")),
    "unbound prefix": envelope(f"<nobody:say>{CANARY}</nobody:say>"),
    "attribute twice": envelope(f'<v:say xmlns:v="{CANARY}" v:a="1" v:a="2"/>'),
    "deep": envelope("<a>" * 9_000 + "</a>" * 9_000),
    "a little too deep": envelope("<a>" * 300 + "</a>" * 300),
    "long element name": envelope(f"<{'a' * 1_000_000}/>"),
    "html": f"<html><body>{CANARY}<br></body></html>",
    "json": '{"idNo": "' + CANARY + '"}',
    "text": CANARY,
}


@hostile("X01", "X02", "X03", "X04", "X05", "X06", "X07", "X08", "X09", "X10")
@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("name", DOCTYPES)
def test_a_doctype_is_refused(door: Door, name: str, version: str) -> None:
    """A document type declaration is refused in either SOAP version, whatever it declares and whether it is used or not."""
    text = DOCTYPES[name] + envelope(say(f"[&x;]{CANARY}"), version=version)
    assert_refused(door.post(text, version), "Client.Doctype", version)
    assert door.calls == []


@hostile("X12", "X15", "X19", "X20", "X21", "E09", "E10", "E15")
@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_not_well_formed_xml_1_0_is_refused(door: Door, name: str, version: str) -> None:
    """Text that is not a well-formed XML 1.0 document is Client.Malformed in either SOAP version."""
    text = MALFORMED[name].replace(ENV["1.1"], ENV[version])
    assert_refused(door.post(text, version), "Client.Malformed", version)
    assert door.calls == []


@hostile("X21")
def test_a_second_xml_declaration_is_refused(door: Door) -> None:
    """An XML declaration may stand once, at the very start."""
    assert_refused(door.post('<?xml version="1.0"?><?xml version="1.0"?>' + GOOD), "Client.Malformed")


@hostile("X12", "X14")
@pytest.mark.parametrize(
    "inside",
    ["<v:x/>" * 10_000, "<v:x/>" * 300_000, "<a>" * 100_000 + "</a>" * 100_000, "<v:x></v:x >" * 60_000],
    ids=["just above the limit", "as many as the size allows", "in depth", "with end tags"],
)
def test_too_many_elements_are_refused(door: Door, inside: str) -> None:
    """A message of more than 10,000 elements is Client.TooLarge although its bytes are within the limit."""
    told = assert_refused(door.post(envelope(say(inside))), "Client.TooLarge")
    assert "10000" in told.detail["messageEn"]


@hostile("X22", "X23")
def test_a_comment_or_cdata_does_not_cut_a_value(door: Door) -> None:
    """A value with a comment, a processing instruction or CDATA inside reaches the handler as the one whole value."""
    door.post(envelope(say("11<!-- x -->22<?pi y?>33<![CDATA[<44>]]>")))
    assert "".join(door.calls[0].payload.itertext()) == "112233<44>"


MANY = {
    "attributes": "".join(f' a{i}="1"' for i in range(100_000)),
    "attributes with spaces": "".join(f" a{i} = '1'" for i in range(10_001)),
    "namespaces": "".join(f' xmlns:n{i}="urn:{i}"' for i in range(10_000)),
    "one namespace by many names": "".join(f' xmlns:n{i}="urn:x"' for i in range(60_000)),
    "colliding attribute names": "".join(f' {"".join(n)}="1"' for n in itertools.product(("Ez", "FY"), repeat=14)),
}


@hostile("X13", "X16", "X17")
@pytest.mark.parametrize("name", MANY)
def test_more_than_10000_attributes_and_namespaces_are_refused(door: Door, name: str) -> None:
    """Attributes and namespace declarations count like elements, on one element or on many, before a tree is built of them."""
    for text in (f'<v:say xmlns:v="urn:pophub:say:1.0"{MANY[name]}/>', say(f"<v:x{MANY[name]}/>")):
        assert_refused(door.post(envelope(text)), "Client.TooLarge")
    assert door.calls == []


@hostile("X13", "X16", "X17")
def test_fewer_attributes_end_in_an_answer(door: Door) -> None:
    """9,000 attributes, also with names made to collide in common hash functions, or 9,000 namespaces are answered like any message."""
    for many in (MANY["attributes"][: 9000 * 8], MANY["namespaces"][: 9000 * 22], MANY["colliding attribute names"][: 8192 * 33]):
        whole = many[: many.rindex(" ")]
        assert door.post(envelope(f'<v:say xmlns:v="urn:pophub:say:1.0"{whole}/>')).status == 200


@pytest.mark.parametrize("inside", ["<!-- < -->", "<?p <?>", "<![CDATA[<<<a='b']]>"])
def test_signs_that_are_no_tags_are_not_counted(door: Door, inside: str) -> None:
    """Comments, processing instructions and CDATA full of signs of markup are neither elements nor attributes."""
    assert door.post(envelope(say(inside * 25_000))).status == 200


@hostile("X19")
@pytest.mark.parametrize("inside", ["<!--", "<?", "<![CDATA["])
def test_what_is_opened_and_never_closed_is_read_once(door: Door, inside: str) -> None:
    """300,000 openings without an end are refused in the time of one reading."""
    began = time.monotonic()
    assert_refused(door.post(envelope(say(inside * 200_000))), "Client.Malformed")
    assert time.monotonic() - began < 5


@hostile("X18")
@pytest.mark.parametrize("text", ["x" * 1_900_000, f"<![CDATA[{'<' * 1_900_000}]]>", "&#x5ED6;" * 200_000, "\n" * 1_900_000])
def test_a_long_text_is_one_value(door: Door, text: str) -> None:
    """A text of nearly the whole limit, plain, as CDATA or as character references, arrives as it is."""
    assert door.post(envelope(say(text))).status == 200
    assert len("".join(door.calls[0].payload.itertext())) in (1_900_000, 200_000)


@hostile("X21")
@pytest.mark.parametrize(
    "before",
    ['<?xml-stylesheet href="http://127.0.0.1:9/x.xsl" type="text/xsl"?>', "<!-- x -->", '<?xml version="1.0" standalone="yes"?>'],
)
def test_what_may_stand_before_the_root_changes_nothing(door: Door, before: str) -> None:
    """A style sheet instruction is not followed, a comment is nothing, standalone means nothing without a DTD."""
    assert door.post(before + envelope(say("你好"))).status == 200
    assert "".join(door.calls[0].payload.itertext()) == "你好"


@hostile("X25")
def test_prefixes_are_names_and_nothing_else(door: Door) -> None:
    """Prefixes redefined inside, the default namespace given and taken away: what counts is the namespace of each element."""
    text = f'<say xmlns="{SAY}" xmlns:v="urn:other"><v:text xmlns:v="{SAY}">a<v:x xmlns:v="urn:x"/></v:text></say>'
    assert door.post(envelope(text)).status == 200
    assert door.calls[0].payload.findtext(f"{{{SAY}}}text") == "a"
    for wrong in (
        f'<v:say xmlns:v="urn:other" xmlns="{SAY}"/>',
        f'<say xmlns="{SAY}"><x xmlns:xml="urn:x"/></say>',
        "<xmlns:say/>",
    ):
        assert door.post(envelope(wrong)).status == 500
    assert len(door.calls) == 1
