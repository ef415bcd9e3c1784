"""The dictionary between the canonical vocabulary and that of the certificate database [assumed]: one entry per element, in the order both schemas have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple


class Form(NamedTuple):
    """How a value is written: canonical → own, own → canonical. Total on what the two schemas admit."""

    own: Callable[[str], str]
    canonical: Callable[[str], str]


def codes(table: Mapping[str, str]) -> Form:
    """A code list: canonical code → own code, one to one. The schemas admit no code outside it."""
    back = {own: canonical for canonical, own in table.items()}
    return Form(table.__getitem__, back.__getitem__)


def _dashed(text: str) -> str:
    return "-".join(part for part in (text[:4], text[4:6], text[6:8]) if part)


TEXT: Final = Form(str, str)
DAY: Final = Form(lambda text: text.replace("-", ""), _dashed)
"""``2025-01-31`` ↔ ``20250131``; also incomplete dates."""
FLAG: Final = codes({"true": "Y", "false": "N"})


class Leaf(NamedTuple):
    """One value."""

    canonical: str
    own: str
    form: Form = TEXT


@dataclass(frozen=True)
class Group:
    """One structure with parts."""

    canonical: str
    own: str
    parts: tuple[Leaf | Group, ...]

    @cached_property
    def words(self) -> Mapping[str, Leaf | Group]:
        """The parts by their canonical name."""
        return {part.canonical: part for part in self.parts}


SEX: Final = Leaf("sex", "SEX", codes({"1": "M", "2": "F", "0": "U", "9": "X"}))
MARITAL: Final = codes({"10": "S", "20": "M", "21": "F", "22": "R", "23": "B", "30": "W", "40": "D", "90": "U"})
STATE: Final = codes({"1": "V", "2": "C", "3": "X", "5": "P", "6": "R"})
PURPOSE: Final = codes({"1": "A", "2": "B", "3": "C", "4": "D", "5": "E", "6": "F", "7": "G", "8": "H"})
# fmt: off
IDENTITY: Final = (Leaf("name", "NAME"), Leaf("certType", "ID_TYPE"), Leaf("idNo", "ID_NO"))
HOLDER: Final = (*IDENTITY, SEX, Leaf("birthDate", "BIRTH", DAY), Leaf("hukouDiv", "HUKOU"))
"""Written into the row itself; a person of its own in the canonical vocabulary."""
SPOUSE: Final = Group("spouse", "SPOUSE", IDENTITY)
CHILD: Final = Group("child", "CHILD", (
    Leaf("name", "NAME"), Leaf("idNo", "ID_NO"), Leaf("birthDate", "BIRTH", DAY), SEX, Leaf("birthOrder", "ORD"),
    Leaf("alive", "ALIVE", FLAG), Leaf("birthAct", "ACT"),
))
PERMIT: Final = Group("permitInfo", "PERMIT", (
    Leaf("permitNo", "NO"), Leaf("kind", "KIND", codes({"1": "D", "2": "Z"})), Leaf("issueDate", "ISSUED_ON", DAY),
))
MARK: Final = Group("mark", "MARK", (
    Leaf("markKind", "KIND", codes({"1": "C", "2": "X", "3": "A"})), Leaf("item", "ITEM"), Leaf("eventDate", "HAPPENED", DAY),
    Leaf("markedAt", "MARKED", DAY),
))
NUMBERS: Final = (Leaf("certNo", "CERT_NO"), Leaf("nationalNo", "NATIONAL_NO"))
FAMILY: Final = (Leaf("maritalStatus", "MARITAL", MARITAL), Leaf("marriageDate", "MARRIED_ON", DAY), SPOUSE,
                 Leaf("childrenCount", "CHILD_NUM"), CHILD)
ISSUED: Final = (Leaf("outDate", "OUT_DATE", DAY), Leaf("residenceDiv", "LIVES_IN"), Leaf("issueDiv", "ISSUER"),
                 Leaf("issueDate", "ISSUED_ON", DAY), Leaf("status", "STATE", STATE), Leaf("version", "VER"), MARK)
CERTIFICATE: Final = Group("ecertRecord", "ROW", (
    *NUMBERS, Group("holder", "", HOLDER), *FAMILY, Leaf("contraception", "CONTRA"), PERMIT, *ISSUED,
))
SEEN: Final = Group("certificate", "ROW", (*NUMBERS, Group("holder", "", HOLDER), *FAMILY, *ISSUED))
"""A certificate as a verification shows it: neither contraception nor permit."""
VERIFY: Final = Group("ecertVerify", "VERIFY", (Leaf("name", "NAME"), Leaf("idNo", "ID_NO"), Leaf("purpose", "PURPOSE", PURPOSE)))
PROVINCE: Final = Group("coverage", "PROVINCE", (Leaf("provinceDiv", "CODE"), Leaf("from", "FROM", DAY), Leaf("to", "TO", DAY)))
# fmt: on
