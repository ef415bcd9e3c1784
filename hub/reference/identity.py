"""Citizen identity numbers (公民身份号码, GB 11643-1999) and names, made comparable.

A number is 6 digits of the county *at first issue*, 8 of the birth date, 3 of a sequence (odd male, even female) and a check
character (ISO 7064 MOD 11-2). Numbers of the first generation have 15 digits. The prefix says nothing about where the hukou
is today. Nothing here writes a number into an error or a log.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS: Final = "10X98765432"
_CENTENARIANS: Final = ("996", "997", "998", "999")
_OTHER_ISSUERS: Final = ("81", "82", "83", "9")
_HALF_WIDTH: Final = str.maketrans({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20})
_DOTS: Final = str.maketrans(dict.fromkeys("•‧・．", "·"))
_LENGTH_15: Final = 15
_LENGTH_18: Final = 18


class IdCheck(StrEnum):
    """Result of checking a number (号码校验结果), code list CL_IDCHECK. 6 only ever warns."""

    PASSED = "0"
    MISSING = "1"
    WRONG_LENGTH = "2"
    WRONG_CHARACTER = "3"
    WRONG_DATE = "4"
    WRONG_CHECK_CHARACTER = "5"
    UNKNOWN_DIVISION = "6"
    OTHER_SEX = "7"
    OTHER_BIRTH_DATE = "8"
    UPGRADED = "9"

    @property
    def verified(self) -> bool:
        """True for 0, 6 and 9: the number holds, though its division may be unknown or it was upgraded."""
        return self in (IdCheck.PASSED, IdCheck.UNKNOWN_DIVISION, IdCheck.UPGRADED)


@dataclass(frozen=True, slots=True)
class Claims:
    """What the same document says about the person: sex in GB/T 2261.1, birth date as xs:gYear, gYearMonth or date."""

    sex: str | None = None
    birth_date: str | None = None


def normalise_number(raw: str) -> str:
    """The number in canonical form: blanks around removed, full-width characters made half-width, ``x`` to ``X``,
    15 digits upgraded to 18. Anything else is left as it is; :func:`check_number` says what is wrong with it.
    """
    number = raw.translate(_HALF_WIDTH).strip().replace("x", "X")
    return upgrade(number) if _is_digits(number, _LENGTH_15) else number


def upgrade(number: str) -> str:
    """18 characters for a number of 15 digits: century 18 for the sequences 996-999 of people of 100 and more, else 19."""
    if not _is_digits(number, _LENGTH_15):
        raise ValueError("only a number of 15 digits can be upgraded")
    century = "18" if number[12:] in _CENTENARIANS else "19"
    body = number[:6] + century + number[6:]
    return body + check_character(body)


def check_character(body: str) -> str:
    """The check character of the first 17 digits. Raises ``ValueError`` when there are not 17 digits."""
    if not _is_digits(body, _LENGTH_18 - 1):
        raise ValueError("the check character needs 17 digits")
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def birth_date_of(number: str) -> date:
    """The birth date in a normalised number of 18 characters. Raises ``ValueError`` when it holds no date."""
    return date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")


def sex_of(number: str) -> Literal["1", "2"]:
    """The sex in a normalised number of 18 characters: "1" male, "2" female (GB/T 2261.1)."""
    return "1" if int(number[16]) % 2 else "2"


def check_number(raw: str | None, claims: Claims, address_codes: Container[str]) -> IdCheck:
    """Checks a number as it was sent, after normalising it: the lowest code that applies, 6 and 9 last.

    ``address_codes`` are all six-digit codes ever issued; numbers of Hong Kong, Macao and Taiwan residents (81, 82, 83) and
    of foreigners (9...) are not looked up there. A sex of 0 or 9 and a missing birth date are not compared; a partial birth
    date is compared as far as it goes.
    """
    number = normalise_number(raw or "")
    wrong = _form(number) or _contradiction(number, claims)
    if wrong is not None:
        return wrong
    if number[:6] not in address_codes and not number.startswith(_OTHER_ISSUERS):
        return IdCheck.UNKNOWN_DIVISION
    sent = (raw or "").strip()
    return IdCheck.UPGRADED if len(sent) == _LENGTH_15 else IdCheck.PASSED


def normalise_name(raw: str) -> str:
    """The name (姓名) for matching: NFC, blanks around removed, the dots • ‧ ・ ． made U+00B7. Never for storing."""
    return unicodedata.normalize("NFC", raw).strip().translate(_DOTS)


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and re.fullmatch("[0-9]+", text) is not None


def _form(number: str) -> IdCheck | None:
    """Codes 1 to 5 of a normalised number."""
    if not number:
        return IdCheck.MISSING
    if len(number) not in (_LENGTH_15, _LENGTH_18):
        return IdCheck.WRONG_LENGTH
    if re.fullmatch("[0-9]{17}[0-9X]", number) is None:
        return IdCheck.WRONG_CHARACTER
    if not _has_date(number):
        return IdCheck.WRONG_DATE
    return None if check_character(number[:17]) == number[17] else IdCheck.WRONG_CHECK_CHARACTER


def _has_date(number: str) -> bool:
    try:
        return birth_date_of(number).year // 100 in (18, 19, 20)
    except ValueError:
        return False


def _contradiction(number: str, claims: Claims) -> IdCheck | None:
    """Codes 7 and 8."""
    if claims.sex in ("1", "2") and claims.sex != sex_of(number):
        return IdCheck.OTHER_SEX
    if claims.birth_date and not birth_date_of(number).isoformat().startswith(claims.birth_date):
        return IdCheck.OTHER_BIRTH_DATE
    return None
