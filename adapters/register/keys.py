"""How names and numbers are compared: the same form on both sides of a match."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_DOTS: Final = str.maketrans(dict.fromkeys("•‧・．", "·"))
_FIRST_CARD: Final = re.compile(r"[0-9]{15}")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CENTENARIANS: Final = ("996", "997", "998", "999")


def name_key(name: str) -> str:
    """NFC, no blanks around, one kind of dot in minority names; rare characters stay as they are."""
    return unicodedata.normalize("NFC", name.strip(" \u00a0\u3000")).translate(_DOTS)


def number_key(number: str) -> str:
    """A document number in capitals; a citizen number of 15 digits in its form of 18 (GB 11643)."""
    number = number.strip(" \u00a0\u3000").upper()
    if not _FIRST_CARD.fullmatch(number):
        return number
    body = number[:6] + ("18" if number[12:] in _CENTENARIANS else "19") + number[6:]
    return body + check_character(body)


def check_character(body: str) -> str:
    """That of the first 17 digits of a citizen number."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body[:17], _WEIGHTS, strict=True)) % 11]
