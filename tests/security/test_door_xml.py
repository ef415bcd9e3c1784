"""XML that is hostile or not XML 1.0 at all: a clean fault, whatever the parser would have made of it."""

from __future__ import annotations

import itertools

import pytest

from tests.soap_door import CANARY, ENV, Door, assert_refused, envelope, say

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
    "deep": envelope("<a>" * 100_000 + "</a>" * 100_000),
    "a little too deep": envelope("<a>" * 300 + "</a>" * 300),
    "long element name": envelope(f"<{'a' * 1_000_000}/>"),
    "html": f"<html><body>{CANARY}<br></body></html>",
    "json": '{"idNo": "' + CANARY + '"}',
    "text": CANARY,
}


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("name", DOCTYPES)
def test_a_doctype_is_refused(door: Door, name: str, version: str) -> None:
    """A document type declaration is refused in either SOAP version, whatever it declares and whether it is used or not."""
    text = DOCTYPES[name] + envelope(say(f"[&x;]{CANARY}"), version=version)
    assert_refused(door.post(text, version), "Client.Doctype", version)
    assert door.calls == []


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_not_well_formed_xml_1_0_is_refused(door: Door, name: str, version: str) -> None:
    """Text that is not a well-formed XML 1.0 document is Client.Malformed in either SOAP version."""
    text = MALFORMED[name].replace(ENV["1.1"], ENV[version])
    assert_refused(door.post(text, version), "Client.Malformed", version)
    assert door.calls == []


def test_a_second_xml_declaration_is_refused(door: Door) -> None:
    """An XML declaration may stand once, at the very start."""
    assert_refused(door.post('<?xml version="1.0"?><?xml version="1.0"?>' + GOOD), "Client.Malformed")


@pytest.mark.parametrize("count", [10_000, 300_000], ids=["just above the limit", "as many as the size allows"])
def test_too_many_elements_are_refused(door: Door, count: int) -> None:
    """A message of more than 10,000 elements is Client.TooLarge although its bytes are within the limit."""
    told = assert_refused(door.post(envelope(say("<v:x/>" * count))), "Client.TooLarge")
    assert "10000" in told.detail["messageEn"]


def test_a_comment_or_cdata_does_not_cut_a_value(door: Door) -> None:
    """A value with a comment, a processing instruction or CDATA inside reaches the handler as the one whole value."""
    door.post(envelope(say("11<!-- x -->22<?pi y?>33<![CDATA[<44>]]>")))
    assert "".join(door.calls[0].payload.itertext()) == "112233<44>"


@pytest.mark.parametrize("name", ["attributes", "namespaces", "colliding attribute names"])
def test_many_attributes_or_namespaces_end_in_an_answer(door: Door, name: str) -> None:
    """100,000 attributes, 10,000 namespaces or names made to collide are answered like any other message."""
    many = {
        "attributes": "".join(f' a{i}="1"' for i in range(100_000)),
        "namespaces": "".join(f' xmlns:n{i}="urn:{i}"' for i in range(10_000)),
        "colliding attribute names": "".join(f' {"".join(n)}="1"' for n in itertools.product(("Ez", "FY"), repeat=12)),
    }[name]
    assert door.post(envelope(f'<v:say xmlns:v="urn:pophub:say:1.0"{many}/>')).status == 200
