"""GB 18030-2022 on bytes, both ways. The truth is written by hand: the code in hexadecimal, the character by its number."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from hub.contract import gb18030
from hub.contract.encodings import encode
from hub.contract.xml import encode as encode_element
from hub.contract.xml import parse

pytestmark = [pytest.mark.hostile("E06")]
# fmt: off
CHANGED = {
    "A6D9": 0xFE10, "A6DA": 0xFE12, "A6DB": 0xFE11, "A6DC": 0xFE13, "A6DD": 0xFE14, "A6DE": 0xFE15, "A6DF": 0xFE16, "A6EC": 0xFE17, "A6ED": 0xFE18,
    "A6F3": 0xFE19, "FE59": 0x9FB4, "FE61": 0x9FB5, "FE66": 0x9FB6, "FE67": 0x9FB7, "FE6D": 0x9FB8, "FE7E": 0x9FB9, "FE90": 0x9FBA, "FEA0": 0x9FBB,
    "A8BC": 0x1E3F, "8135F437": 0xE7C7,
}
FOUR_BYTES_NOW = {
    "84318236": 0xE78D, "84318238": 0xE78E, "84318237": 0xE78F, "84318239": 0xE790, "84318330": 0xE791, "84318331": 0xE792, "84318332": 0xE793,
    "84318333": 0xE794, "84318334": 0xE795, "84318335": 0xE796, "82359037": 0xE81E, "82359038": 0xE826, "82359039": 0xE82B, "82359130": 0xE82C,
    "82359131": 0xE832, "82359132": 0xE843, "82359133": 0xE854, "82359134": 0xE864,
}
MEANT = {"FE51": 0x20087, "FE52": 0x20089, "FE53": 0x200CC, "FE6C": 0x215D7, "FE76": 0x2298F, "FE91": 0x241FE}
PRIVATE = {0xE816: "FE51", 0xE817: "FE52", 0xE818: "FE53", 0xE831: "FE6C", 0xE83B: "FE76", 0xE855: "FE91"}
UNCHANGED = {
    "A1A4": 0xB7, "A2E3": 0x20AC, "FE9F": 0x4DAE, "8230B731": 0x36C3, "8230AB30": 0x364A, "9534B235": 0x20BB7, "9931DE30": 0x2C386, "9838F537": 0x2B5AF,
    "9A348432": 0x30000, "9A37F836": 0x31350, "AAA1": 0xE000, "A2AB": 0xE766, "90308130": 0x10000, "E3329A35": 0x10FFFF,
}
# fmt: on
WRITTEN = CHANGED | FOUR_BYTES_NOW | MEANT | UNCHANGED


@pytest.mark.parametrize("code", WRITTEN)
def test_a_code_is_its_character_both_ways(code: str) -> None:
    """The codes that changed in 2005 and 2022, those they changed with, six old private ones, and some that never changed."""
    character = chr(WRITTEN[code])
    assert gb18030.decode(bytes.fromhex(code)) == character
    assert gb18030.encode(character) == bytes.fromhex(code)
    assert encode(character, "gb18030") == bytes.fromhex(code)


def test_the_four_bytes_of_the_six_are_read_too() -> None:
    """95329031 and its like are the same characters as FE51 and its like; the private ones are written as what they mean."""
    others = {
        "95329031": 0x20087,
        "95329033": 0x20089,
        "95329730": 0x200CC,
        "9536B937": 0x215D7,
        "9630BA35": 0x2298F,
        "9635B630": 0x241FE,
    }
    for code, number in others.items():
        assert gb18030.decode(bytes.fromhex(code)) == chr(number)
    for private, code in PRIVATE.items():
        assert gb18030.encode(chr(private)).hex().upper() == code


def test_every_character_comes_back() -> None:
    """Every Unicode scalar, private use included, survives; but the six private ones, which come back as what they mean."""
    everything = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    expected = everything.translate({private: chr(MEANT[code]) for private, code in PRIVATE.items()})
    assert gb18030.decode(gb18030.encode(everything)) == expected


@pytest.mark.parametrize("broken", ["8135F4", "95", "9532903A", "FF", "80", "8130813081", "E3329A36", "FE39"])
def test_what_is_no_code_is_an_error(broken: str) -> None:
    """A code cut off, out of range or impossible raises; nothing is replaced by a question mark."""
    with pytest.raises(UnicodeDecodeError):
        gb18030.decode(bytes.fromhex(broken))


def test_half_a_pair_cannot_be_written() -> None:
    """A lone surrogate is no character."""
    with pytest.raises(UnicodeEncodeError):
        gb18030.encode("林\ud842")


def test_a_document_goes_out_and_comes_back() -> None:
    """An element is written in GB18030 with a declaration that the parser follows."""
    names = "".join(chr(number) for number in WRITTEN.values())
    written = encode_element(parse(f"<t>{names}</t>".encode()), "GB18030")
    assert written.startswith(b'<?xml version="1.0" encoding="GB18030"?><t>')
    assert b"".join(map(bytes.fromhex, WRITTEN)) in written
    assert parse(written).text == names


def test_the_c_library_agrees() -> None:
    """The converter of glibc, where it is installed, reads and writes the same codes, but the four bytes that now are private use."""
    known = CHANGED | MEANT | UNCHANGED
    try:
        told = subprocess.run(
            ["iconv", "-f", "GB18030", "-t", "UTF-8"], input=b"\n".join(map(bytes.fromhex, known)), capture_output=True, check=False
        )
    except OSError:
        pytest.skip("iconv is not installed; apt install libc-bin")
    assert told.stdout.decode().split("\n") == [chr(number) for number in known.values()]


def test_nobody_else_uses_the_older_codec() -> None:
    """In the product no other module names Python's gb18030 codec to encode or decode with."""
    root = Path(__file__).parents[2]
    files = [file for folder in ("hub", "adapters", "routes") for file in (root / folder).rglob("*.py")]
    used = [file.name for file in files if re.search(r"""(?i)(?:en|de)code\(\s*["']gb""", file.read_text(encoding="utf-8"))]
    assert set(used) == {"gb18030.py"}
