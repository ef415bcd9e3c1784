"""Whether a woman's citizen number is verified (GB 11643-1999): of 18 characters, or of 15 and upgraded; check character, birth date and sex agree."""

from __future__ import annotations

import re
from typing import Final

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10X98765432"
_OLD: Final = re.compile("[1-9][0-9]{14}")
_NEW: Final = re.compile("[1-9][0-9]{16}[0-9X]")
_CENTENARIANS: Final = ("996", "997", "998", "999")


def verified(raw: str, birth_date: str, sex: str) -> str | None:
    """The number of 18 characters, or None: CL_IDCHECK 0, 6 and 9 pass, that is, an unknown division never counts against it.

    ``birth_date`` is an xs:date, ``sex`` of GB/T 2261.1.
    """
    number = _upgraded(raw.strip().upper())
    if not _NEW.fullmatch(number) or number[17] != _check_character(number):
        return None
    agrees = number[6:14] == birth_date.replace("-", "") and sex == ("1" if int(number[16]) % 2 else "2")
    return number if agrees else None


def _upgraded(number: str) -> str:
    if not _OLD.fullmatch(number):
        return number
    body = number[:6] + ("18" if number[12:] in _CENTENARIANS else "19") + number[6:]
    return body + _check_character(body)


def _check_character(number: str) -> str:
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % len(_CHECK)]
