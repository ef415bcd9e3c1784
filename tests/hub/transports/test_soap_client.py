"""SOAP calls: what is sent is what the WSDL says, and a reply that is not exactly that is no reply."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zeep import Client
from zeep.exceptions import DTDForbidden, ExternalReferenceForbidden

from hub.contract.xml import parse
from hub.transports.http_client import Ambiguous, HttpClient, NotSent
from hub.transports.own_schema import OwnSchema
from hub.transports.soap_client import Busy, PartnerFault, SoapClient
from tests.scripted_partner import Act, ScriptedPartner, free_port, http, leave, say

WSDL = Path(__file__).parents[3] / "schemas" / "padis" / "1.0" / "exchange.wsdl"
SOAP11, SOAP12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
SERVICE = "urn:standin:padis:exchange:1.0"
GOOD = f'<exchangeResponse xmlns="{SERVICE}"><return>回执</return></exchangeResponse>'
FAULT = "<s:Fault><faultcode>s:Server.Busy</faultcode><faultstring>秘密</faultstring></s:Fault>"


def envelope(inner: str, namespace: str = SOAP11) -> bytes:
    """A SOAP envelope around this Body content."""
    return f'<s:Envelope xmlns:s="{namespace}"><s:Body>{inner}</s:Body></s:Envelope>'.encode()


@contextmanager
def calling(*acts: Act, wsdl: Path = WSDL) -> Iterator[tuple[SoapClient, ScriptedPartner]]:
    """A SOAP client at a scripted partner."""
    with ScriptedPartner(*acts) as partner:
        client = SoapClient(wsdl, HttpClient(partner.url))
        yield client, partner
        client.close()


def test_the_string_arrives_as_it_was_given() -> None:
    """Markup, quotes, line ends and rare characters of the argument arrive unchanged, in the envelope that zeep builds."""
    text = '<a b="1">㛃䶮𠮷 & \'"]]>\r\n\t</a>'
    with calling(say(http(envelope(GOOD)))) as (client, partner):
        assert client.call("exchange", text, 5)[0].text == "回执"
        head, _, body = partner.requests[0].partition(b"\r\n\r\n")
        sent = parse(body)
        assert sent.findtext(f"{{{SOAP11}}}Body/{{{SERVICE}}}exchange/{{{SERVICE}}}xml") == text
        assert b'SOAPAction: "urn:standin:padis:exchange"' in head
        assert b"Content-Type: text/xml; charset=utf-8" in head


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=60))
@settings(max_examples=100, deadline=None)
def test_the_splice_equals_what_zeep_would_send(text: str) -> None:
    """For any text the spliced envelope means the same as the one zeep builds for that text."""
    ours = parse(b"".join((_frame()[0], _escaped(text), _frame()[1])))
    client = Client(str(WSDL))
    theirs = client.create_message(client.service, "exchange", text)
    assert (ours[0][0][0].text or "") == (theirs[0][0][0].text or "") == text


@pytest.mark.parametrize("declared", [True, False])
def test_a_reply_in_gb18030_is_read_by_the_standard_of_2022(declared: bool) -> None:
    """Named by the XML declaration or by HTTP, the bytes FE59 A6D9 9534B235 are U+9FB4 U+FE10 U+20BB7."""
    body = bytes.fromhex("FE59A6D99534B235").join(envelope(GOOD).decode().replace("回执", "|").encode().split(b"|"))
    content_type = "text/xml" if declared else 'text/xml; charset="GB18030"'
    head = b'<?xml version="1.0" encoding="GB18030"?>' if declared else b""
    with calling(say(http(head + body, content_type=content_type))) as (client, _):
        assert client.call("exchange", "x", 5)[0].text == "\u9fb4\ufe10\U00020bb7"


def test_a_payload_element_is_sent_as_it_stands() -> None:
    """Bytes are the whole payload; header entries stand before it."""
    payload = f'<exchange xmlns="{SERVICE}"><xml>x</xml></exchange>'.encode()
    with calling(say(http(envelope(GOOD)))) as (client, partner):
        client.call("exchange", payload, 5)
        client.call("exchange", payload, 5, headers=b'<h xmlns="urn:h"/>')
        plain, headed = (parse(request.partition(b"\r\n\r\n")[2]) for request in partner.requests)
        assert payload in partner.requests[0]
        assert [part.tag.rpartition("}")[2] for part in plain] == ["Body"]
        assert [part.tag.rpartition("}")[2] for part in headed] == ["Header", "Body"]
        assert headed[0][0].tag == "{urn:h}h"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (http(b""), "reply.empty"),
        (http(b"   \n"), "reply.empty"),
        (http(b"<html><body>login</body></html>", content_type="text/html"), "reply.html"),
        (http(b"<!DOCTYPE html><html/>"), "reply.doctype"),
        (http(b"{}", content_type="application/json"), "reply.content_type"),
        (http(envelope(GOOD), content_type="application/soap+xml"), "reply.content_type"),
        (http(envelope(GOOD)[:-9]), "reply.malformed"),
        (http(b"\x00\xff garbage"), "reply.encoding"),
        (http(envelope(GOOD).decode().encode("gb18030")), "reply.encoding"),
        (http(envelope(GOOD), content_type="text/xml; charset=nope"), "reply.encoding"),
        (http(b'<!DOCTYPE x [<!ENTITY e "e">]>' + envelope("&e;")), "reply.doctype"),
        (http(envelope(GOOD + GOOD)), "reply.envelope"),
        (http(envelope("")), "reply.envelope"),
        (http(envelope(GOOD, SOAP12)), "reply.envelope"),
        (http(GOOD.encode()), "reply.envelope"),
        (http(envelope(FAULT)), "reply.fault_with_200"),
        (http(envelope(f'<otherResponse xmlns="{SERVICE}"/>')), "reply.other_operation"),
        (http(envelope(GOOD), 500), "http.500"),
        (http(b"<html/>", 500, "text/html"), "http.500"),
        (http(b"", 404), "http.404"),
        (http(b"", 302, Location="http://127.0.0.1:9/"), "http.redirect"),
        (http(envelope(GOOD), 202), "http.202"),
    ],
)
def test_a_reply_that_is_not_the_declared_one_is_ambiguous(reply: bytes, reason: str) -> None:
    """Unreadable, misplaced or undeclared replies leave open what the partner did; none escapes as another error."""
    with calling(say(reply)) as (client, partner):
        with pytest.raises(Ambiguous) as fault:
            client.call("exchange", "x", 5)
        assert fault.value.reason == reason
        assert len(partner.requests) == 1


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        (FAULT, "Server.Busy"),
        ("<s:Fault><faultcode> s:Client </faultcode></s:Fault>", "Client"),
        ("<s:Fault><faultcode>张三 359901199005100022</faultcode></s:Fault>", "unreadable"),
        ("<s:Fault/>", "unreadable"),
    ],
)
def test_a_fault_is_its_code_and_nothing_else(inner: str, code: str) -> None:
    """Of a SOAP fault only a code that looks like one is kept: its text may hold anything."""
    with calling(say(http(envelope(inner), 500))) as (client, _), pytest.raises(PartnerFault) as fault:
        client.call("exchange", "x", 5)
    assert fault.value.code == code
    assert str(fault.value) == f"fault.{code}"


@pytest.mark.parametrize(
    ("status", "value", "seconds"),
    [(503, "7", 7.0), (429, "7", 7.0), (503, None, None), (503, "soon", None), (503, "99999999", 86_400.0), (503, "-1", None)],
)
def test_busy_says_when(status: int, value: str | None, seconds: float | None) -> None:
    """429 and 503 mean that nothing was taken; Retry-After is read, within a day."""
    fields = {"Retry-After": value} if value else {}
    with calling(say(http(b"", status, **fields))) as (client, _), pytest.raises(Busy) as fault:
        client.call("exchange", "x", 5)
    assert fault.value.retry_after == seconds


def test_retry_after_may_be_a_date() -> None:
    """RFC 9110 section 10.2.3: an HTTP date counts from now, and is never negative."""
    for delta, low, high in ((60, 50, 61), (-60, 0, 0)):
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=delta), usegmt=True)
        with calling(say(http(b"", 503, Retry_After=date))) as (client, _), pytest.raises(Busy) as fault:
            client.call("exchange", "x", 5)
        assert low <= (fault.value.retry_after or 0) <= high


def test_transport_failures_pass_through() -> None:
    """What the HTTP client says of a call is said of the SOAP call."""
    with pytest.raises(NotSent):
        SoapClient(WSDL, HttpClient(f"http://127.0.0.1:{free_port()}/")).call("exchange", "x", 2)
    with calling(leave) as (client, _), pytest.raises(Ambiguous):
        client.call("exchange", "x", 2)


def test_soap_12_speaks_its_own_media_type_and_faults(tmp_path: Path) -> None:
    """A SOAP 1.2 port sends its action in the content type, and a subcode is the code of its fault."""
    text = WSDL.read_text(encoding="utf-8").replace(
        '"http://schemas.xmlsoap.org/wsdl/soap/"', '"http://schemas.xmlsoap.org/wsdl/soap12/"'
    )
    wsdl = tmp_path / "twelve.wsdl"
    wsdl.write_text(text, encoding="utf-8")
    media = "application/soap+xml; charset=utf-8"
    fault = "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>p:Bad.Id</s:Value></s:Subcode></s:Code></s:Fault>"
    acts = say(http(envelope(GOOD, SOAP12), 200, media)), say(http(envelope(fault, SOAP12), 400, media))
    with calling(*acts, wsdl=wsdl) as (client, partner):
        assert client.call("exchange", "x", 5)[0].text == "回执"
        with pytest.raises(PartnerFault) as raised:
            client.call("exchange", "x", 5)
        assert raised.value.code == "Bad.Id"
        assert b'Content-Type: application/soap+xml; charset=utf-8; action="urn:standin:padis:exchange"' in partner.requests[0]
        assert b"SOAPAction" not in partner.requests[0]


@pytest.mark.parametrize("location", ["http://127.0.0.1:{port}/x.xsd", "https://127.0.0.1:{port}/x.xsd"])
def test_a_wsdl_never_opens_the_network(tmp_path: Path, location: str) -> None:
    """A WSDL that imports over the network is refused at start, and nobody is called."""
    with ScriptedPartner(leave) as trap:
        wanted = f'<xs:import namespace="urn:x" schemaLocation="{location.format(port=trap.port)}"/><xs:element name="exchange">'
        wsdl = tmp_path / "far.wsdl"
        wsdl.write_text(WSDL.read_text(encoding="utf-8").replace('<xs:element name="exchange">', wanted), encoding="utf-8")
        with pytest.raises(ExternalReferenceForbidden):
            SoapClient(wsdl, HttpClient("http://127.0.0.1:9/"))
        assert trap.connections == 0


def test_a_doctype_in_the_wsdl_is_refused(tmp_path: Path) -> None:
    """No DTD, not even in a file of ours."""
    wsdl = tmp_path / "dtd.wsdl"
    text = WSDL.read_text(encoding="utf-8")
    wsdl.write_text(text.replace("<wsdl:definitions", '<!DOCTYPE x [<!ENTITY e "e">]><wsdl:definitions', 1), encoding="utf-8")
    with pytest.raises(DTDForbidden):
        SoapClient(wsdl, HttpClient("http://127.0.0.1:9/"))


def test_an_unknown_operation_is_a_bug_not_a_call() -> None:
    """A name that the WSDL does not declare never reaches the partner."""
    with calling(leave) as (client, partner):
        with pytest.raises(KeyError):
            client.call("other", "x", 5)
        assert partner.connections == 0


def test_own_schema_reads_its_neighbours() -> None:
    """A schema with includes is compiled from disk and gives a plain yes or no."""
    schema = OwnSchema(WSDL.parent / "exchange.xsd")
    assert schema.accepts(parse(b"<CXQQ><YLSH>FJ-1-9</YLSH></CXQQ>"))
    assert not schema.accepts(parse("<CXQQ><YLSH>ＦＪ</YLSH></CXQQ>".encode()))
    assert not schema.accepts(parse(b"<other/>"))


def _frame() -> tuple[bytes, bytes]:
    string = _CLIENT._frames["exchange"].string
    assert string is not None
    return string


def _escaped(text: str) -> bytes:
    from hub.transports.soap_client import _escaped as escaped

    return escaped(text)


_CLIENT = SoapClient(WSDL, HttpClient("http://127.0.0.1:9/"))
