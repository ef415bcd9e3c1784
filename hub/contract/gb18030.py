"""GB 18030-2022, both ways, on top of Python's codec, which knows the edition of 2000.

The 2005 edition gave one code a standard character, the 2022 edition eighteen more; each of these codes and the four-byte
code that the character had before changed places, so that every code and every character still has exactly one partner.
Python's codec is one-to-one as well: exchanging the two characters in the text exchanges the two codes in the bytes.

Six more codes are private-use characters to Python although standard ones, outside the basic plane, are meant: old
systems write them in names. They are read and written as the standard characters; the four bytes that these have as
well are read too. Source: GB 18030-2022; the tables of glibc agree, in both directions.
"""

from __future__ import annotations

import re
from typing import Final

# fmt: off
_CHANGED: Final = {
    "A8BC": "\u1e3f",  # 2005; the rest 2022
    "A6D9": "\ufe10", "A6DA": "\ufe12", "A6DB": "\ufe11", "A6DC": "\ufe13", "A6DD": "\ufe14", "A6DE": "\ufe15", "A6DF": "\ufe16",
    "A6EC": "\ufe17", "A6ED": "\ufe18", "A6F3": "\ufe19",
    "FE59": "\u9fb4", "FE61": "\u9fb5", "FE66": "\u9fb6", "FE67": "\u9fb7", "FE6D": "\u9fb8", "FE7E": "\u9fb9", "FE90": "\u9fba", "FEA0": "\u9fbb",
}
_MEANT: Final = {
    "FE51": "\U00020087", "FE52": "\U00020089", "FE53": "\U000200cc", "FE6C": "\U000215d7", "FE76": "\U0002298f", "FE91": "\U000241fe",
}
# fmt: on


def _python(code: str) -> str:
    return bytes.fromhex(code).decode("gb18030")


_SWAPPED: Final = {a: b for code, new in _CHANGED.items() for a, b in ((_python(code), new), (new, _python(code)))}
_READ: Final = _SWAPPED | {_python(code): meant for code, meant in _MEANT.items()}
_WRITTEN: Final = _SWAPPED | {meant: _python(code) for code, meant in _MEANT.items()}
_TO_READ: Final = re.compile(f"[{''.join(_READ)}]")
_TO_WRITE: Final = re.compile(f"[{''.join(_WRITTEN)}]")


def decode(data: bytes) -> str:
    """The text of GB 18030-2022 bytes. Raises UnicodeDecodeError."""
    return read(data.decode("gb18030"))


def read(text: str) -> str:
    """What Python's codec made of the bytes, or of a piece of them, as the edition of 2022 means it: character by character."""
    return _TO_READ.sub(lambda found: _READ[found[0]], text)


def encode(text: str) -> bytes:
    """The text in GB 18030-2022, which holds every character. Raises UnicodeEncodeError for half a surrogate pair only."""
    return _TO_WRITE.sub(lambda found: _WRITTEN[found[0]], text).encode("gb18030")
