"""Reading wsa:MessageID, wsa:RelatesTo and h:Header: typed values, or a refusal that names the place and no value."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from lxml import etree

from hub.contract.errors import ClientError
from hub.contract.xml import Element
from hub.transports.soap_headers import HubHeader, hub_header, message_id, relates_to
from tests.soap_door import CANARY, ENV, WSA


def entries(inside: str) -> tuple[Element, ...]:
    """Header entries; prefix a is WS-Addressing, h our header."""
    names = f'xmlns:e="{ENV["1.1"]}" xmlns:a="{WSA}" xmlns:h="urn:pophub:header:1.0" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
    return tuple(etree.fromstring(f"<e:Header {names}>{inside}</e:Header>"))


@pytest.mark.parametrize("value", ["a", "urn:uuid:7e0f6a3c-0000-4000-8000-000000000001", "报文-1", "x" * 128, "&lt;&amp;'\""])
def test_a_message_id_is_1_to_128_visible_characters(value: str) -> None:
    """Any visible characters are an identifier, kept exactly as sent."""
    assert message_id(entries(f"<a:MessageID>{value}</a:MessageID>")) == value.replace("&lt;&amp;", "<&")


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "a b",
        "a\nb",
        "\na",
        "a\t",
        "x" * 129,
        "x" * 10_000,
        "a\u200bb",
        "a\u202eb",
        "a\u3000b",
        "a\u00a0",
        "<x/>",
        "a<x/>b",
    ],
)
def test_other_message_ids_are_refused(value: str) -> None:
    """Empty, too long, with white space, control, invisible characters or elements: Client.MessageId, at its place."""
    with pytest.raises(ClientError) as caught:
        message_id(entries(f"<h:Header/>\n<a:MessageID>{value}</a:MessageID>"))
    assert [caught.value.code, caught.value.path, caught.value.line] == ["Client.MessageId", "Header/MessageID", 2]


def test_a_missing_message_id_is_refused() -> None:
    """A call without MessageID is Client.MessageId; one of an older WS-Addressing does not count."""
    for inside in ("", '<MessageID xmlns="http://schemas.xmlsoap.org/ws/2004/08/addressing">a</MessageID>'):
        with pytest.raises(ClientError, match=r"Client\.MessageId"):
            message_id(entries(inside))


def test_relates_to_is_optional_and_an_identifier() -> None:
    """RelatesTo gives the MessageID it names, None when absent, Client.Header when it cannot be one."""
    assert relates_to(()) is None
    assert relates_to(entries("<a:RelatesTo RelationshipType='x'>m-1</a:RelatesTo>")) == "m-1"
    with pytest.raises(ClientError, match=r"Client\.Header"):
        relates_to(entries(f"<a:RelatesTo>a {CANARY}</a:RelatesTo>"))


def test_our_header_is_read_typed() -> None:
    """All four fields arrive with their types; the time is aware."""
    inside = (
        "<h:Header e:mustUnderstand='1'> <h:fromDiv>350100000000</h:fromDiv><h:fromUser>3501P 张三</h:fromUser>"
        "<h:createdAt>2026-03-01T08:00:00.5+08:00</h:createdAt><h:testFlag>true</h:testFlag></h:Header>"
    )
    when = datetime(2026, 3, 1, 8, 0, 0, 500_000, timezone(timedelta(hours=8)))
    assert hub_header(entries(inside)) == HubHeader("350100000000", "3501P 张三", when, test=True)


def test_our_header_may_be_absent_or_empty() -> None:
    """Nothing stated is nothing known."""
    assert hub_header(()) == hub_header(entries("<h:Header/>")) == HubHeader(None, None, None, test=False)


@pytest.mark.parametrize(
    "fields",
    [
        f"<h:{'x' + CANARY}>a</h:{'x' + CANARY}>", "<fromDiv>350100000000</fromDiv>", "<h:fromSystem>PADIS</h:fromSystem>",
        "<h:fromDiv>350100000000</h:fromDiv>" * 2, "<h:testFlag>true</h:testFlag><h:fromUser>a</h:fromUser>", CANARY,
        f"<h:fromUser>a</h:fromUser>{CANARY}", "<h:fromDiv/>", "<h:fromDiv>3501</h:fromDiv>", "<h:fromDiv>３５０１００００００００</h:fromDiv>",
        "<h:fromDiv> 350100000000</h:fromDiv>", "<h:fromDiv><x/>350100000000</h:fromDiv>", "<h:fromDiv>350100000000\n</h:fromDiv>",
        "<h:fromUser/>", f"<h:fromUser>{'x' * 65}</h:fromUser>", "<h:fromUser>a\tb</h:fromUser>", "<h:fromUser i:nil='true'>a</h:fromUser>",
        "<h:createdAt>2026-03-01T08:00:00</h:createdAt>", "<h:createdAt>2026-02-30T08:00:00+08:00</h:createdAt>",
        "<h:createdAt>2026-03-01T24:00:00+08:00</h:createdAt>", "<h:createdAt>2026-03-01</h:createdAt>", "<h:createdAt/>",
        "<h:createdAt>2026-03-01T08:00:00Z</h:createdAt>", "<h:testFlag>1</h:testFlag>", "<h:testFlag>TRUE</h:testFlag>", "<h:testFlag/>",
    ],
    ids=range(26),
)  # fmt: skip
def test_anything_else_in_our_header_is_refused(fields: str) -> None:
    """Unknown, repeated, misplaced or mistyped fields are Client.Header; the place names no value."""
    with pytest.raises(ClientError) as caught:
        hub_header(entries(f"<h:Header>{fields}</h:Header>"))
    assert caught.value.code == "Client.Header"
    assert CANARY not in f"{caught.value.path} {caught.value.zh} {caught.value.en} {caught.value}"


def test_an_attribute_on_our_header_is_refused() -> None:
    """Only SOAP's own attributes may stand on h:Header."""
    with pytest.raises(ClientError, match=r"Client\.Header"):
        hub_header(entries("<h:Header i:type='x'/>"))


@pytest.mark.parametrize("nil", ["true", "1"])
def test_a_nil_header_is_none(nil: str) -> None:
    """JAX-WS writes a header parameter that its caller left out as xsi:nil: it counts as not there, the required one as missing."""
    left_out = entries("".join(f'<{name} i:nil="{nil}"/>' for name in ("a:MessageID", "a:RelatesTo", "h:Header")))
    assert relates_to(left_out) is None
    assert hub_header(left_out) == HubHeader()
    with pytest.raises(ClientError, match=r"Client\.MessageId"):
        message_id(left_out)


@pytest.mark.parametrize(
    "entry", ['<a:RelatesTo i:nil="false"/>', '<a:RelatesTo i:nil="yes"/>', '<a:RelatesTo i:nil="true"> </a:RelatesTo>']
)
def test_what_only_looks_nil_is_refused(entry: str) -> None:
    """An empty header that does not say nil, and a nil one that holds something, are Client.Header."""
    with pytest.raises(ClientError, match=r"Client\.Header"):
        relates_to(entries(entry))
