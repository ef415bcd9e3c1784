"""What the database says of one row: its own check of number, sex, age and version, written apart from the flow's."""

from __future__ import annotations

from datetime import date
from typing import Final

from adapters.ehycert.simulator.envelope import DATA
from hub.contract.xml import Element
from hub.testkit.ledger import entry_digest, entry_id, entry_lane

DONE, ALREADY, BAD_NUMBER, OUT_OF_SCOPE, OLD, MALFORMED = "0", "1", "2", "3", "5", "6"
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_YOUNGEST, _OLDEST = 18, 49
_MARITAL: Final = {"S": "10", "M": "20", "F": "21", "R": "22", "B": "23", "W": "30", "D": "40", "U": "90"}


def text(element: Element, name: str) -> str:
    """The text of a child, empty when there is none."""
    return element.findtext(DATA + name, "")


def code_of(row: Element, batch_day: date, held: int | None) -> str:
    """The result code for a row, given the version held of its number (None: no certificate)."""
    try:
        born, _ = _day(text(row, "BIRTH")), _day(text(row, "OUT_DATE"))
    except ValueError:
        return MALFORMED
    number = text(row, "ID_NO")
    if not _holds(number, f"{born:%Y%m%d}", text(row, "SEX")):
        return BAD_NUMBER
    age = batch_day.year - born.year - ((batch_day.month, batch_day.day) < (born.month, born.day))
    if text(row, "SEX") != "F" or not _YOUNGEST <= age <= _OLDEST:
        return OUT_OF_SCOPE
    version = int(text(row, "VER"))
    if held is None or version > held:
        return DONE
    return ALREADY if version == held else OLD


def _holds(number: str, born: str, sex: str) -> bool:
    if len(number) != 18 or not number[:17].isdecimal() or not number.isascii():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17] and number[6:14] == born and int(number[16]) % 2 == (sex == "M")


def _day(digits: str) -> date:
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))


def facts(row: Element) -> dict[str, str]:
    """The three names of a certificate in every ledger; the parts are those of the canonical vocabulary."""
    number, version = text(row, "ID_NO"), text(row, "VER")
    digest = entry_digest(
        number, text(row, "NAME"), _dashed(text(row, "BIRTH")), text(row, "HUKOU"), _MARITAL[text(row, "MARITAL")],
        text(row, "CHILD_NUM"), _dashed(text(row, "OUT_DATE")), version,
    )  # fmt: skip
    return {"id": entry_id("ecert.record", number, version), "digest": digest, "lane": entry_lane(number)}


def _dashed(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
