"""SOAP and WS-* gone wrong: shape of the envelope, actions, headers that must be understood, addresses elsewhere."""

from __future__ import annotations

import pytest

from tests.soap_door import ACTION, CANARY, ENV, SAY, SHOUT, WSA, Door, assert_refused, envelope, say

hostile = pytest.mark.hostile
BOTH = pytest.mark.parametrize("version", ["1.1", "1.2"])
BODY = f"<e:Body>{say()}</e:Body>"
SHAPES = {
    "no envelope": say(),
    "empty envelope": "",
    "empty body": "<e:Body/>",
    "only a header": "<e:Header/>",
    "two bodies": BODY + BODY,
    "two operations": f"<e:Body>{say('a')}{say()}</e:Body>",
    "header after body": f"{BODY}<e:Header/>",
    "two headers": f"<e:Header/><e:Header/>{BODY}",
    "something before": f"<x xmlns=''>{CANARY}</x>{BODY}",
    "something after": f"{BODY}<x xmlns=''>{CANARY}</x>",
    "text in envelope": f"{CANARY}{BODY}",
    "text after body": f"{BODY}{CANARY}",
    "text in body": f"<e:Body>{CANARY}{say()}</e:Body>",
    "text after payload": f"<e:Body>{say()}{CANARY}</e:Body>",
    "text in header": f"<e:Header>{CANARY}</e:Header>{BODY}",
    "ideographic space": f"<e:Body>\u3000{say()}</e:Body>",
    "body of no namespace": f"<Body>{say()}</Body>",
    "body of the other version": BODY.replace("e:Body", "o:Body"),
}


def headers(inside: str) -> str:
    """An envelope with these header entries; prefix a is WS-Addressing, h our header, w WS-Security."""
    declared = f'xmlns:a="{WSA}" xmlns:h="urn:pophub:header:1.0" xmlns:w="urn:wsse"'
    return envelope(headers=inside).replace("<e:Header", f"<e:Header {declared}")


@hostile("S04", "S05", "S06")
@BOTH
@pytest.mark.parametrize("name", SHAPES)
def test_only_one_shape_of_envelope_is_taken(door: Door, name: str, version: str) -> None:
    """At most one Header, then exactly one Body with exactly one element and no text beside it; else Client.Envelope."""
    other = ENV["1.2" if version == "1.1" else "1.1"]
    wrapped = f'<e:Envelope xmlns:e="{ENV[version]}" xmlns:o="{other}">{SHAPES[name]}</e:Envelope>'
    assert_refused(door.post(say() if name == "no envelope" else wrapped, version), "Client.Envelope", version)
    assert door.calls == []


@BOTH
def test_white_space_between_the_parts_is_nothing(door: Door, version: str) -> None:
    """White space around Header, Body and payload changes nothing."""
    text = envelope(say("a"), "\n<x xmlns='urn:x'/>\t", version).replace("><e:", ">\r\n <e:").replace("</e:Body>", "\n</e:Body>")
    assert door.post(text, version).status == 200


@hostile("S09")
@BOTH
def test_an_envelope_of_the_other_version_is_a_version_mismatch(door: Door, version: str) -> None:
    """The envelope's namespace must be that of the content type's SOAP version, else the fault is VersionMismatch."""
    told = assert_refused(door.post(envelope(version="1.2" if version == "1.1" else "1.1"), version), "Client.Version", version)
    assert told.code == "soap:VersionMismatch"


@hostile("S03")
@BOTH
def test_an_operation_nobody_offers_is_refused(door: Door, version: str) -> None:
    """A payload that is no operation's input is Client.UnknownOperation, also with a known name in another namespace."""
    for payload in (f'<v:say xmlns:v="urn:other">{CANARY}</v:say>', f"<{'n' + CANARY}/>", say().replace("v:say", "v:tell")):
        assert_refused(door.post(envelope(payload, version=version), version), "Client.UnknownOperation", version)


@pytest.mark.parametrize("action", [f'"{ACTION[SAY]}"', ACTION[SAY], f' "{ACTION[SAY]}" '])
def test_the_soap_action_may_be_quoted_or_not(door: Door, action: str) -> None:
    """SOAP 1.1 clients send SOAPAction with or without quotes; both are taken."""
    assert door.post(HTTP_SOAPACTION=action).status == 200


@hostile("S01", "S02")
@pytest.mark.parametrize(
    "action",
    [
        None,
        "",
        '""',
        f'"{ACTION[SHOUT]}"',
        f'"{ACTION[SAY]}',
        f'"{ACTION[SAY]}", "{ACTION[SHOUT]}"',
        "Say",
        f"{ACTION[SAY]}#{CANARY}",
    ],
)
def test_a_soap_action_that_is_not_the_payloads_is_refused(door: Door, action: str | None) -> None:
    """SOAPAction missing, blank, cut, doubled, or of another operation than the payload's is Client.Action."""
    assert_refused(door.post(HTTP_SOAPACTION=action), "Client.Action")
    assert door.calls == []


@hostile("S01", "S02")
def test_the_action_parameter_of_soap_1_2_may_be_absent_but_not_wrong(door: Door) -> None:
    """SOAP 1.2 leaves the action parameter out or gives the operation's; another one is Client.Action."""
    media = "application/soap+xml; charset=utf-8"
    assert door.post(version="1.2", CONTENT_TYPE=f'{media}; action="{ACTION[SAY]}"').status == 200
    reply = door.post(version="1.2", CONTENT_TYPE=f'{media}; action="{ACTION[SHOUT]}"')
    assert_refused(reply, "Client.Action", "1.2")


@hostile("S01")
def test_a_soap_action_beside_soap_1_2_must_agree_too(door: Door) -> None:
    """A SOAPAction header that SOAP 1.2 does not know may be there, empty or right, and never name another operation."""
    named = f'application/soap+xml; action="{ACTION[SAY]}"'
    for content_type in ("application/soap+xml", named):
        for action in (f'"{ACTION[SAY]}"', ACTION[SAY], '""', ""):
            assert door.post(version="1.2", CONTENT_TYPE=content_type, HTTP_SOAPACTION=action).status == 200
        for action in (f'"{ACTION[SHOUT]}"', CANARY):
            reply = door.post(version="1.2", CONTENT_TYPE=content_type, HTTP_SOAPACTION=action)
            assert_refused(reply, "Client.Action", "1.2")
    wrong = f'application/soap+xml; action="{ACTION[SHOUT]}"'
    assert_refused(door.post(version="1.2", CONTENT_TYPE=wrong, HTTP_SOAPACTION=ACTION[SAY]), "Client.Action", "1.2")


def test_dispatch_is_by_the_whole_name_of_the_payload(door: Door) -> None:
    """Two operations whose inputs share a local name in two namespaces are told apart."""
    assert door.post(envelope(say("a"))).root.findtext(f".//{{{SAY}}}text") == "Say"
    assert door.post(envelope(say("a", SHOUT)), namespace=SHOUT).root.findtext(f".//{{{SAY}}}text") == "Shout"
    assert [call.operation for call in door.calls] == ["Say", "Shout"]


@hostile("S07")
@BOTH
@pytest.mark.parametrize("flag", ["1", "true", " 1 ", "yes"])
def test_a_header_that_must_be_understood_and_is_not_is_refused(door: Door, flag: str, version: str) -> None:
    """A mark of mustUnderstand on a header this hub does not know is the MustUnderstand fault, WS-Security not excepted."""
    entry = f'<w:Security e:mustUnderstand="{flag}" xmlns:w="urn:wsse">{CANARY}</w:Security>'
    told = assert_refused(door.post(envelope(headers=entry, version=version), version), "Client.MustUnderstand", version)
    assert told.code == "soap:MustUnderstand"
    assert door.calls == []


def test_headers_that_are_understood_may_say_so(door: Door) -> None:
    """A mark of mustUnderstand on MessageID, RelatesTo, To, Action, an anonymous ReplyTo and our own header is met."""
    entries = (
        '<a:MessageID e:mustUnderstand="1">m-1</a:MessageID><a:RelatesTo e:mustUnderstand="1">m-0</a:RelatesTo>'
        f'<a:To e:mustUnderstand="1">https://hub.example:8443/soap/voice</a:To><h:Header e:mustUnderstand="1"/>'
        f'<a:Action e:mustUnderstand="1">{ACTION[SAY]}</a:Action>'
        f'<a:ReplyTo e:mustUnderstand="1"><a:Address>{WSA}/anonymous</a:Address></a:ReplyTo><w:Unknown>x</w:Unknown>'
    )
    assert door.post(headers(entries)).status == 200
    assert len(door.calls[0].headers) == 7


@hostile("S08")
@pytest.mark.parametrize(("version", "attribute"), [("1.1", "actor"), ("1.2", "role")])
def test_a_header_for_somebody_else_is_not_for_us(door: Door, version: str, attribute: str) -> None:
    """A header with a foreign actor or role is neither understood nor seen by the handler, even when it must be."""
    entries = f'<x xmlns="urn:x" e:{attribute}="urn:somebody" e:mustUnderstand="1"/><y xmlns="urn:y"/>'
    assert door.post(envelope(headers=entries, version=version), version).status == 200
    assert [entry.tag for entry in door.calls[0].headers] == ["{urn:y}y"]


@hostile("S13", "S14")
@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("<a:MessageID>{}</a:MessageID>", "Client.MessageId"),
        ("<a:RelatesTo>{}</a:RelatesTo>", "Client.Header"),
        (f"<a:Action>{ACTION[SAY]}</a:Action>", "Client.Header"),
        ("<h:Header/>", "Client.Header"),
    ],
)
def test_a_header_that_counts_may_stand_once(door: Door, entry: str, code: str) -> None:
    """A second MessageID, RelatesTo, Action or h:Header is refused: nobody may choose which one counts."""
    assert_refused(door.post(headers(entry.format("a") + entry.format(CANARY))), code)


@hostile("S12")
@pytest.mark.parametrize("name", ["ReplyTo", "FaultTo"])
@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/x", "http://169.254.169.254/latest", "file:///etc/hostname", "gopher://x/1", f"{WSA}/none", "", CANARY],
)
def test_an_answer_goes_nowhere_but_back(door: Door, name: str, address: str) -> None:
    """A ReplyTo or FaultTo that is not the anonymous address is refused, never called and never ignored."""
    assert_refused(door.post(headers(f"<a:{name}><a:Address>{address}</a:Address></a:{name}>")), "Client.Header")


@hostile("S15")
@pytest.mark.parametrize(
    "address", ["https://other.example/soap/voice", "https://hub.example:8443/soap/enquiry", f"urn:{CANARY}", "http://[::1"]
)
def test_a_message_addressed_to_another_hub_is_refused(door: Door, address: str) -> None:
    """A wsa:To that is not this service of this hub is refused."""
    assert_refused(door.post(headers(f"<a:To>{address}</a:To>")), "Client.Header")


@pytest.mark.parametrize("address", [f"{WSA}/anonymous", "https://HUB.example:8443/soap/voice", "http://lan.example/soap/voice"])
def test_a_message_addressed_to_us_is_taken(door: Door, address: str) -> None:
    """A wsa:To may be anonymous, the published address, or the address that the caller connected to."""
    assert door.post(headers(f"<a:To> {address} </a:To>"), HTTP_HOST="lan.example").status == 200


@hostile("S01")
def test_a_wsa_action_of_another_operation_is_refused(door: Door) -> None:
    """wsa:Action must name the operation of the payload like SOAPAction."""
    assert_refused(door.post(headers(f"<a:Action>{ACTION[SHOUT]}</a:Action>")), "Client.Action")
