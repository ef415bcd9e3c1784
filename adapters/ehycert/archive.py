"""Zips as they travel: exactly one document inside. The same document always gives the same bytes; what comes back is bounded before it is read."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Final

MOST: Final = 16 * 1024 * 1024
"""Bytes that an unpacked document may have."""
_LONGEST_AGO: Final = (1980, 1, 1, 0, 0, 0)
_LEVEL: Final = 6


class BadArchiveError(ValueError):
    """No zip with exactly one plain document of a bearable size. The text is a code."""


def pack(name: str, document: bytes) -> bytes:
    """A zip with this one file: no clock, no host and no user in it (ZIP APPNOTE 4.4)."""
    entry = zipfile.ZipInfo(name, _LONGEST_AGO)
    entry.create_system = 0
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(entry, document, zipfile.ZIP_DEFLATED, _LEVEL)
    return made.getvalue()


def unpack(data: bytes, name: str, most: int = MOST) -> bytes:
    """The document called ``name`` in a zip that holds nothing else.

    What the directory says of its size is believed only as an upper bound: reading stops at ``most`` whatever it says.
    Raises BadArchiveError: ``zip`` (no zip, damaged, encrypted), ``entries``, ``size``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) != 1 or entries[0].filename != name:
                raise BadArchiveError("entries")
            if entries[0].file_size > most:
                raise BadArchiveError("size")
            with archive.open(entries[0]) as file:
                document = file.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError) as fault:
        raise fault if isinstance(fault, BadArchiveError) else BadArchiveError("zip") from None
    if len(document) > most:
        raise BadArchiveError("size")
    return document
