"""Rows of the vaccination table (预防接种) about the province's children, each with what the truth implies for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from demo.province.numbers import invent_day
from demo.province.parties import Party, party, stranger
from demo.province.person import ChildRef, Person
from demo.province.places import TODAY

_UNDER_SIX: Final = date(TODAY.year - 6, TODAY.month, TODAY.day)
_FIRST: Final = TODAY - timedelta(days=90)
_LONG_AGO: Final = "2023"
"""A mother of a child born before may have had another since."""
_KINDS: Final = {
    "number": 66,
    "certificate": 12,
    "mother": 6,
    "sex": 5,
    "unregistered": 4,
    "stranger": 3,
    "no date": 2,
    "bad code": 2,
}
"""Of a hundred rows: how the child is told; the sex told wrongly; a child not registered; nobody's child; columns that are wrong."""
_VACCINES: Final = ("0101", "0201", "0303", "0401", "0503")


@dataclass(frozen=True, slots=True)
class Vaccination:
    """A row of the table: what the vaccination unit wrote, None where the column is empty, and the truth about it.

    Truth: ``outcome`` (CL_COMPARE_GEN; empty for a row that is not valid), ``fault`` (the column that is wrong: vaccDate or
    vaccineCode, else empty), ``child_id`` of the register, ``unit``: the township (12 digits) that must act.
    """

    row_id: int
    record_no: str
    vacc_card_no: str
    child: Party
    birth_cert_no: str | None
    mother: Party | None
    father: Party | None
    vaccine_code: str
    dose_no: int
    vacc_date: str | None
    unit_name: str
    org_code: str
    org_div: str
    update_time: str
    outcome: str
    fault: str = ""
    child_id: str = ""
    unit: str = ""


def vaccinations(people: Iterable[Person], seed: int) -> Iterator[Vaccination]:
    """A row for each child under six in a mother's entry. The same people and seed give the same rows; ``row_id`` counts from 1.

    Some 130 for a thousand people.
    """
    number = 0
    for mother in people:
        for child in mother.child if mother.sex == "2" else ():
            if child.birth_date >= _UNDER_SIX.isoformat():
                number += 1
                rng = Random(f"{seed}/vaccination/{child.child_id}")
                yield _row(rng, number, mother, child)


def _row(rng: Random, number: int, mother: Person, child: ChildRef) -> Vaccination:
    kind = rng.choices(tuple(_KINDS), tuple(_KINDS.values()))[0]
    side = mother.kept
    letter = "R" if side.side == "1" else "F"
    day = invent_day(rng, max(date.fromisoformat(child.birth_date), _FIRST), TODAY)
    born = (day - timedelta(days=30)).isoformat()
    if kind == "unregistered" and (child.birth_date >= _LONG_AGO or (mother.flow is not None and mother.flow.in_date > born)):
        kind = "number"
    row = _whole(rng, number, mother, child, day.isoformat(), f"{letter}2", side.managed_div)
    change = _CHANGES.get(kind)
    return replace(row, **change(row, letter, born)) if change else row


def _of_nobody(row: Vaccination, _letter: str, born: str) -> dict[str, Any]:
    day = date.fromisoformat(born)
    nobody = stranger(Random(row.record_no), row.child.sex, (_UNDER_SIX, day))
    return {
        "child": nobody,
        "birth_cert_no": None,
        "mother": None,
        "father": None,
        "outcome": "Z",
        "child_id": "",
        "unit": row.org_div,
    }


def _of_no_entry(row: Vaccination, letter: str, born: str) -> dict[str, Any]:
    named = Party(f"{row.mother.name if row.mother else ''}之子"[-50:], row.child.sex, None, born)
    return {"child": named, "birth_cert_no": f"U35{row.child_id[-7:]}", "outcome": f"{letter}0", "child_id": ""}


def _of_other_sex(row: Vaccination, letter: str, _born: str) -> dict[str, Any]:
    return {"child": replace(row.child, sex=str(3 - int(row.child.sex))), "outcome": f"{letter}1"}


_CHANGES: Final[Mapping[str, Callable[[Vaccination, str, str], dict[str, Any]]]] = {
    "certificate": lambda row, *_: {"child": replace(row.child, id_no=None)},
    "mother": lambda row, *_: {"child": replace(row.child, id_no=None), "birth_cert_no": None},
    "sex": _of_other_sex,
    "unregistered": _of_no_entry,
    "stranger": _of_nobody,
    "no date": lambda *_: {"vacc_date": None, "outcome": "", "fault": "vaccDate"},
    "bad code": lambda *_: {"vaccine_code": "1A", "outcome": "", "fault": "vaccineCode"},
}


def _whole(rng: Random, number: int, mother: Person, child: ChildRef, day: str, outcome: str, unit: str) -> Vaccination:
    """The row as it should be: with the child's number, certificate, parents."""
    return Vaccination(
        row_id=number, record_no=f"JZ{child.child_id[1:]}{number:07d}", vacc_card_no=f"3599{child.child_id[-9:]}",
        child=Party(child.name, child.sex, child.id_no, child.birth_date), birth_cert_no=child.birth_cert_no, mother=party(mother),
        father=party(mother.spouse) if mother.spouse else None, vaccine_code=rng.choice(_VACCINES), dose_no=rng.randint(1, 3),
        vacc_date=day, unit_name="示例接种门诊", org_code=f"3599{int(unit[2:9]) % 100_000:05d}", org_div=unit,
        update_time=f"{day}T16:00:00+08:00", outcome=outcome, child_id=child.child_id, unit=unit,
    )  # fmt: skip
