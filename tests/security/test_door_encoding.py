"""Bytes and characters: one decoder, one text for the same bytes, refusal of everything that is not what it says."""

from __future__ import annotations

import codecs

import pytest

from tests.soap_door import CANARY, Door, assert_refused, envelope, say

RARE = "\U00020bb7\u4dae\u36c3\u3656𬎆𫖯·・•\ufa0e\u9fb4葛\U000e0101"
MOVED = bytes.fromhex(
    "A6D9A6DAA6DBA6DCA6DDA6DEA6DFA6ECA6EDA6F3FE59FE61FE66FE67FE6DFE7EFE90FEA0A8BC8135F437FE51FE52FE53FE6CFE76FE91"
)
MEANT = (
    "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb\u1e3f\ue7c7"
    "\U00020087\U00020089\U000200cc\U000215d7\U0002298f\U000241fe"
)
GOOD = envelope(say(RARE))
PLAIN = "text/xml"
hostile = pytest.mark.hostile


def gb(text: str) -> bytes:
    """GB 18030-2022, by hand where Python's codec is older: U+9FB4 is FE59, not 82359037."""
    return text.encode("gb18030").replace(bytes.fromhex("82359037"), bytes.fromhex("FE59"))


def text_of(door: Door) -> str:
    """The text that reached the handler."""
    return "".join(door.calls[-1].payload.itertext())


@hostile("E01", "E02", "E03", "E04", "E05")
@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (GOOD.encode(), PLAIN),
        (codecs.BOM_UTF8 + GOOD.encode(), "text/xml; charset=UTF-8"),
        (b'<?xml version="1.0" encoding="utf-8"?>\n' + GOOD.encode(), "text/xml;charset='utf-8'".replace("'", '"')),
        (gb(GOOD), "text/xml; charset=GB18030"),
        (gb('<?xml version="1.0" encoding="GB18030"?>' + GOOD), PLAIN),
        (gb('<?xml version="1.0" encoding="GB18030"?>' + GOOD), "text/xml; charset=gb18030"),
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


@hostile("E06", "E07")
def test_the_same_bytes_mean_the_same_text_wherever_the_encoding_is_named(door: Door) -> None:
    """GB18030 bytes whose meaning changed in 2005 and 2022 are read by the edition of 2022, named by HTTP or by the XML declaration."""
    before, after = envelope(say("|")).split("|")
    bare = before.encode() + MOVED + after.encode()
    door.post(bare, CONTENT_TYPE="text/xml; charset=gb18030")
    assert text_of(door) == MEANT
    door.post(b'<?xml version="1.0" encoding="GB18030"?>' + bare, CONTENT_TYPE=PLAIN)
    assert text_of(door) == MEANT


@hostile("E08")
@pytest.mark.parametrize("name", ["GBK", "gb2312"])
def test_gbk_is_read_as_gbk(door: Door, name: str) -> None:
    """GBK and GB2312 are one codec, that of GBK: the dot of minority names is U+00B7, the dash U+2014, 镕 is there."""
    before, after = envelope(say("|")).split("|")
    data = before.encode() + bytes.fromhex("A1A4A1AAE946") + after.encode()
    assert door.post(data, CONTENT_TYPE=f"text/xml; charset={name}").status == 200
    assert text_of(door) == "·—镕"


@hostile("E03", "E07")
def test_utf_16_needs_its_mark(door: Door) -> None:
    """UTF-16 of no stated order begins with the byte order mark (XML 1.0, section 4.3.3); without it nobody guesses."""
    for data in (GOOD.encode("utf-16-le"), GOOD.encode("utf-16-be")):
        assert_refused(door.post(data, CONTENT_TYPE="text/xml; charset=utf-16"), "Client.Encoding")
    declared = '<?xml version="1.0" encoding="UTF-16"?>' + GOOD
    assert door.post(codecs.BOM_UTF16_LE + declared.encode("utf-16-le"), CONTENT_TYPE=PLAIN).status == 200


@hostile("E07", "E08", "E09", "E11", "E16")
@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (GOOD.encode(), "nope"),
        (GOOD.encode("utf-7"), "utf-7"),
        (GOOD.encode("utf-32"), "utf-32"),
        (GOOD.encode("cp037", "replace"), "cp037"),
        (gb(GOOD), "utf-8"),
        (gb(GOOD), None),
        (gb(GOOD), "gbk"),
        (gb(GOOD), "gb2312"),
        (MOVED.join(part.encode() for part in envelope(say("|")).split("|")), "gbk"),
        (codecs.BOM_UTF16_LE + envelope(say("\ud842|")).encode("utf-16-le", "surrogatepass"), None),
        (GOOD.encode().replace("葛".encode(), b"\xed\xa1\x82\xed\xbe\xb7"), "utf-8"),
        (GOOD.encode().replace("葛".encode(), b"\xf4\x90\x80\x80"), None),
        (b"\xfe\xff\x00" + GOOD.encode("utf-16-be"), None),
        (gb(GOOD)[:-20] + b"\x95", "gb18030"),
        (b'<?xml version="1.0" encoding="GB18030"?>' + GOOD.encode(), "utf-8"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + GOOD.encode(), None),
        (codecs.BOM_UTF8 + GOOD.encode(), "gb18030"),
        (codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"), "utf-8"),
        (GOOD.encode().replace("葛".encode(), b"\xc0\xaf"), "utf-8"),
        (GOOD.encode().replace("葛".encode(), b"\xed\xa0\x80"), "utf-8"),
        (GOOD.encode().replace("葛".encode(), b"\xff"), "utf-8"),
        (gb(GOOD).replace(gb("·"), b"\x81\x35\xf4"), "gb18030"),
        (GOOD.encode("utf-16-le")[:-1], "utf-16le"),
    ],
    ids=range(23),
)
def test_bytes_that_are_not_what_they_say_are_refused(door: Door, data: bytes, charset: str | None, version: str) -> None:
    """An unknown encoding, one that contradicts another, or bytes broken in it, are Client.Encoding in both versions."""
    media = "text/xml" if version == "1.1" else "application/soap+xml"
    content_type = f"{media}; charset={charset}" if charset else media
    assert_refused(door.post(data, version, CONTENT_TYPE=content_type), "Client.Encoding", version)
    assert door.calls == []


@hostile("E12")
@pytest.mark.parametrize("data", [b"\x00" + GOOD.encode(), GOOD.encode().replace(b"<v:text>", b"<v:text>\x00")])
def test_nul_bytes_are_refused(door: Door, data: bytes) -> None:
    """A NUL byte in UTF-8 is no XML."""
    assert_refused(door.post(data), "Client.Malformed")


@hostile("E12")
def test_a_byte_order_mark_in_the_middle_is_a_character(door: Door) -> None:
    """U+FEFF inside a value is kept for the validator to judge; only the first one is a mark."""
    door.post(envelope(say("a\ufeffb")))
    assert text_of(door) == "a\ufeffb"


def test_the_handler_gets_what_http_said_of_the_encoding(door: Door) -> None:
    """The raw bytes and the charset are enough to read the request again later."""
    door.post(envelope(say(CANARY)).encode("gb18030"), CONTENT_TYPE='text/xml; charset="GB18030"')
    assert door.calls[0].raw.decode(door.calls[0].charset or "") == envelope(say(CANARY))
