"""How single values are written on both sides, canonical and the health systems'. Total on what the two schemas admit; forms [assumed]."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_DOTS: Final = str.maketrans(dict.fromkeys("•‧・．", "·"))
_HALF_WIDTH: Final = str.maketrans({code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: " "})
_CITIZEN: Final = re.compile(r"[0-9]{17}x")
_BLANKS: Final = " \u00a0\u3000"


def day(text: str) -> str:
    """``20240305`` → ``2024-03-05``."""
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}"


def moment(text: str) -> str:
    """``20240305T101500``, Beijing time → ``2024-03-05T10:15:00+08:00``."""
    return f"{day(text[:8])}T{text[9:11]}:{text[11:13]}:{text[13:15]}+08:00"


def compact_moment(text: str) -> str:
    """An xs:dateTime in +08:00 as a time of 15 characters; fractions of a second are left out."""
    return text[:10].replace("-", "") + "T" + text[11:19].replace(":", "")


def area(text: str) -> str:
    """A division of 6, 9 or 12 digits in its form of 12."""
    return text.ljust(12, "0")


def flag(text: str) -> str:
    """``T`` or ``F`` → ``true`` or ``false``."""
    return "true" if text == "T" else "false"


def number(text: str) -> str:
    """A document number: half-width, no blanks around, a citizen number with capital X (GB 11643)."""
    plain = text.translate(_HALF_WIDTH).strip(_BLANKS)
    return plain.upper() if _CITIZEN.fullmatch(plain) else plain


def name(text: str) -> str:
    """A name: NFC, no blanks around, one kind of dot in minority names."""
    return unicodedata.normalize("NFC", text.strip(_BLANKS)).translate(_DOTS)


def capitals(text: str) -> str:
    """Letters as capitals: certificate and card numbers."""
    return text.upper()
