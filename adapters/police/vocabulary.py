"""The dictionary between the canonical vocabulary and the police's [assumed], names in the habit of GA/T 543; values in both forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

SPACE: Final = "urn:standin:police:1.0"
_DOTS: Final = str.maketrans(dict.fromkeys("•‧・．", "·"))
_HALF_WIDTH: Final = str.maketrans({code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: " "})
_CITIZEN: Final = re.compile(r"[0-9]{17}x")
_COUNTY: Final = 6


class Word(NamedTuple):
    """One value: its canonical name, what makes the canonical text of theirs."""

    canonical: str
    form: Callable[[str], str] = str


def date(text: str) -> str:
    """``yyyymmdd``, ``yyyymm`` or ``yyyy`` with dashes."""
    return "-".join(part for part in (text[:4], text[4:6], text[6:8]) if part)


def moment(text: str) -> str:
    """``yyyymmddhhmmss`` of +08:00 as xs:dateTime."""
    return f"{date(text[:8])}T{text[8:10]}:{text[10:12]}:{text[12:14]}+08:00"


def compact(text: str) -> str:
    """An xs:dateTime as ``yyyymmddhhmmss``."""
    return re.sub("[^0-9]", "", text)[:14]


def number(text: str) -> str:
    """A citizen number (GB 11643): half-width, no blanks around, X."""
    plain = text.translate(_HALF_WIDTH).strip(" \u00a0")
    return plain.upper() if _CITIZEN.fullmatch(plain) else plain


def name(text: str) -> str:
    """A person's name: NFC, no blanks around, one kind of dot in minority names."""
    return unicodedata.normalize("NFC", text.strip(" \u00a0\u3000")).translate(_DOTS)


def division(text: str) -> str:
    """Six digits of GB/T 2260, padded to twelve."""
    return text.ljust(12, "0") if len(text) == _COUNTY else text


def codes(table: Mapping[str, str]) -> Callable[[str], str]:
    """Their code → ours. The schemas admit no code outside the table."""
    return table.__getitem__


OPERATIONS: Final = {"A": "1", "U": "2", "D": "3", "Y": "4"}
PREMISES: Final = {"11": "01", "12": "02", "13": "03", "14": "04", "15": "05", "21": "06", "22": "07", "29": "08", "99": "99"}
WORDS: Final[Mapping[str, Word]] = {
    "JLBH": Word("policeRecordId"), "CZLX": Word("opType", codes(OPERATIONS)), "XM": Word("name", name), "GMSFHM": Word("idNo", number),
    "XBDM": Word("sex"), "MZDM": Word("ethnicity"), "CSRQ": Word("birthDate", date), "HJDZ_XZQHDM": Word("hukouDiv", division),
    "HJDZ_DZMC": Word("hukouAddr"), "XJZD_XZQHDM": Word("residenceDiv"), "XJZD_DZMC": Word("residenceAddr"), "LBDRQ": Word("arriveDate", date),
    "DJRQ": Word("registerDate", date), "NLKRQ": Word("plannedLeaveDate", date), "JZSY": Word("stayReason"),
    "JZCSLX": Word("premisesKind", codes(PREMISES)), "CSMC": Word("premisesName"), "FZXM": Word("landlord"), "YGDW": Word("employer"),
    "LXDH": Word("mobile"), "JZZBH": Word("permitNo"), "ZXLB": Word("cancelKind"), "GAJGDM": Word("policeOrgCode"),
    "GXSJ": Word("updateTime", moment),
}  # fmt: skip
"""A record's elements in the order of both schemas."""
NOT_IN_REPLIES: Final = frozenset({"GXSJ"})
QUESTION: Final = {"name": "XM", "idNo": "GMSFHM", "purpose": "CXMD"}
"""A case query: all that ever goes to the police."""
