"""Bytes and characters: one decoder, one text for the same bytes, refusal of everything that is not what it says."""

from __future__ import annotations

import codecs

import pytest

from tests.soap_door import CANARY, Door, assert_refused, envelope, say

RARE = "\U00020bb7\u4dae\u36c3\u3656𬎆𫖯·・•\ufa0e\u9fb4葛\U000e0101"
MOVED = bytes.fromhex("A6D9A6DFA6ECA6EDA6F3FE59FE61FE66FE67FE6DFE7EFE90FEA0A8BC8135F437")
GOOD = envelope(say(RARE))
PLAIN = "text/xml"


def text_of(door: Door) -> str:
    """The text that reached the handler."""
    return "".join(door.calls[-1].payload.itertext())


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (GOOD.encode(), PLAIN),
        (codecs.BOM_UTF8 + GOOD.encode(), "text/xml; charset=UTF-8"),
        (b'<?xml version="1.0" encoding="utf-8"?>\n' + GOOD.encode(), "text/xml;charset='utf-8'".replace("'", '"')),
        (GOOD.encode("gb18030"), "text/xml; charset=GB18030"),
        (('<?xml version="1.0" encoding="GB18030"?>' + GOOD).encode("gb18030"), PLAIN),
        (('<?xml version="1.0" encoding="GB18030"?>' + GOOD).encode("gb18030"), "text/xml; charset=gb18030"),
        (GOOD.encode("utf-16"), PLAIN),
        (codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"), "text/xml; charset=utf-16"),
        (GOOD.encode("utf-16-le"), "text/xml; charset=utf-16le"),
    ],
)
def test_rare_characters_arrive_whole(door: Door, data: bytes, content_type: str) -> None:
    """UTF-8, GB18030 and UTF-16 requests with rare characters, declared in any of the usual places, mean the same text."""
    assert door.post(data, CONTENT_TYPE=content_type).status == 200
    assert text_of(door) == RARE
    assert door.calls[0].raw == data


def test_the_same_bytes_mean_the_same_text_wherever_the_encoding_is_named(door: Door) -> None:
    """GB18030 bytes whose code points moved in 2022 decode alike whether HTTP or the XML declaration names the encoding."""
    before, after = envelope(say("|")).split("|")
    bare = before.encode() + MOVED + after.encode()
    door.post(bare, CONTENT_TYPE="text/xml; charset=gb18030")
    by_http = text_of(door)
    door.post(b'<?xml version="1.0" encoding="GB18030"?>' + bare, CONTENT_TYPE=PLAIN)
    assert text_of(door) == by_http == MOVED.decode("gb18030")


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (GOOD.encode(), "nope"),
        (GOOD.encode("utf-7"), "utf-7"),
        (GOOD.encode("utf-32"), "utf-32"),
        (GOOD.encode("cp037", "replace"), "cp037"),
        (GOOD.encode("gb18030"), "utf-8"),
        (GOOD.encode("gb18030"), None),
        (GOOD.encode("gb18030"), "gbk"),
        (b'<?xml version="1.0" encoding="GB18030"?>' + GOOD.encode(), "utf-8"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + GOOD.encode(), None),
        (codecs.BOM_UTF8 + GOOD.encode(), "gb18030"),
        (codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"), "utf-8"),
        (GOOD.encode().replace("葛".encode(), b"\xc0\xaf"), "utf-8"),
        (GOOD.encode().replace("葛".encode(), b"\xed\xa0\x80"), "utf-8"),
        (GOOD.encode().replace("葛".encode(), b"\xff"), "utf-8"),
        (GOOD.encode("gb18030").replace("·".encode("gb18030"), b"\x81\x35\xf4"), "gb18030"),
        (GOOD.encode("utf-16-le")[:-1], "utf-16le"),
    ],
    ids=range(16),
)
def test_bytes_that_are_not_what_they_say_are_refused(door: Door, data: bytes, charset: str | None, version: str) -> None:
    """An unknown encoding, one that contradicts another, or bytes broken in it, are Client.Encoding in both versions."""
    media = "text/xml" if version == "1.1" else "application/soap+xml"
    content_type = f"{media}; charset={charset}" if charset else media
    assert_refused(door.post(data, version, CONTENT_TYPE=content_type), "Client.Encoding", version)
    assert door.calls == []


@pytest.mark.parametrize("data", [b"\x00" + GOOD.encode(), GOOD.encode().replace(b"<v:text>", b"<v:text>\x00")])
def test_nul_bytes_are_refused(door: Door, data: bytes) -> None:
    """A NUL byte in UTF-8 is no XML."""
    assert_refused(door.post(data), "Client.Malformed")


def test_a_byte_order_mark_in_the_middle_is_a_character(door: Door) -> None:
    """U+FEFF inside a value is kept for the validator to judge; only the first one is a mark."""
    door.post(envelope(say("a\ufeffb")))
    assert text_of(door) == "a\ufeffb"


def test_the_handler_gets_what_http_said_of_the_encoding(door: Door) -> None:
    """The raw bytes and the charset are enough to read the request again later."""
    door.post(envelope(say(CANARY)).encode("gb18030"), CONTENT_TYPE='text/xml; charset="GB18030"')
    assert door.calls[0].raw.decode(door.calls[0].charset or "") == envelope(say(CANARY))
