"""How single values are written on both sides, canonical and PADIS's. Total on what the two schemas admit; PADIS's forms are [assumed]."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

_DOTS: Final = str.maketrans(dict.fromkeys("•‧・．", "·"))
_HALF_WIDTH: Final = str.maketrans({code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: " "})
_LEVELS: Final = (2, 4, 6, 9, 12)
_CITIZEN: Final = re.compile(r"[0-9]{17}x")


class Form(NamedTuple):
    """A value's two directions."""

    own: Callable[[str], str]
    canonical: Callable[[str], str]


def codes(table: Mapping[str, str]) -> Form:
    """A code list: canonical code → PADIS code, one to one. The schemas admit no code outside it."""
    back = {own: canonical for canonical, own in table.items()}
    return Form(table.__getitem__, back.__getitem__)


def _dashed(text: str) -> str:
    return "-".join(part for part in (text[:4], text[4:6], text[6:8]) if part)


def _zoned(text: str) -> str:
    fraction = f".{text[14:]}" if text[14:] else ""
    return f"{_dashed(text[:8])}T{text[8:10]}:{text[10:12]}:{text[12:14]}{fraction}+08:00"


def _short_division(text: str) -> str:
    kept = len(text.rstrip("0"))
    return text[: next(level for level in _LEVELS if level >= kept)]


def _number(text: str) -> str:
    plain = text.translate(_HALF_WIDTH).strip(" \u00a0")
    return plain.upper() if _CITIZEN.fullmatch(plain) else plain


def _name(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip(" \u00a0\u3000")).translate(_DOTS)


TEXT: Final = Form(str, str)
DATE: Final = Form(lambda text: text.replace("-", ""), _dashed)  # also incomplete dates: yyyy, yyyymm
TIME: Final = Form(lambda text: re.sub("[^0-9]", "", text.removesuffix("+08:00")), _zoned)
DIVISION: Final = Form(_short_division, lambda text: text.ljust(12, "0"))
FLAG: Final = codes({"true": "1", "false": "0"})
NUMBER: Final = Form(str, _number)
"""A document number: partners may send full-width digits, a lower-case x and blanks around (GB 11643 writes X)."""
NAME: Final = Form(str, _name)
"""A person's name: NFC, no blanks around, one kind of dot in minority names."""
