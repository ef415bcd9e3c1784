"""Zips: the same bytes for the same document, and nothing of a hostile one is read beyond its bounds."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import pytest

from adapters.ehycert.archive import BadArchiveError, pack, unpack


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return made.getvalue()


def lying(data: bytes, claimed: int) -> bytes:
    """The zip, its directory and its header claiming another size for what is inside."""
    made = bytearray(data)
    directory = made.rindex(b"PK\x01\x02")
    struct.pack_into("<I", made, directory + 24, claimed)
    struct.pack_into("<I", made, 22, claimed)
    return bytes(made)


def encrypted(data: bytes) -> bytes:
    """The zip with its entry marked as encrypted."""
    made = bytearray(data)
    made[6] |= 1
    made[made.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def test_the_same_document_is_the_same_zip() -> None:
    """No clock, no host, no user in it: byte for byte the same, at any time."""
    document = "电子婚育证".encode() * 1000
    first = pack("package.xml", document)
    assert first == pack("package.xml", document)
    assert unpack(first, "package.xml") == document
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        (entry,) = archive.infolist()
        assert (entry.date_time, entry.create_system, entry.external_attr, entry.extra) == (
            (1980, 1, 1, 0, 0, 0),
            0,
            0o600 << 16,
            b"",
        )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "zip"),
        (b"PK\x05\x06 no zip", "zip"),
        (zipped(("result.xml", b"x"))[:-10], "zip"),
        (zipped(("result.xml", b"x"), ("more.xml", b"y")), "entries"),
        (zipped(("../result.xml", b"x")), "entries"),
        (zipped(), "entries"),
        (encrypted(zipped(("result.xml", b"x"))), "zip"),
        (zipped(("result.xml", b"abcdef" * 100))[:60] + b"\x00" * 40, "zip"),
        (zipped(("result.xml", b"x" * 20_000_000)), "size"),
        (lying(zipped(("result.xml", b"x" * 20_000_000)), 10), "zip"),
    ],
    ids=["empty", "no-zip", "cut", "two-files", "other-name", "no-file", "encrypted", "damaged", "bomb", "lying-bomb"],
)
def test_what_is_not_one_bearable_document_is_refused(data: bytes, why: str) -> None:
    """Each is refused with a code and no text of it."""
    with pytest.raises(BadArchiveError, match=f"^{why}$"):
        unpack(data, "result.xml")


def test_a_bomb_takes_no_memory() -> None:
    """A gigabyte in a megabyte is refused before it is there; one that lies about its size ends at the bound."""
    half = zipped(("result.xml", b"\0" * 200_000_000))
    tracemalloc.start()
    try:
        for bomb in (half, lying(half, 16_000_000)):
            with pytest.raises(BadArchiveError):
                unpack(bomb, "result.xml")
        assert tracemalloc.get_traced_memory()[1] < 64_000_000
    finally:
        tracemalloc.stop()
