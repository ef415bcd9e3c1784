"""People as other systems write them down: a few fields, some of them missing; and people whom no register knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from demo.province.numbers import invent_day, invent_mobile, stranger_number
from demo.province.person import Person, PersonRef
from demo.province.places import any_township

_SURNAMES: Final = "钱孙朱秦尤孔曹严华金魏陶姜"
"""None of the province's own: no stranger is somebody by name."""
_GIVEN: Final = {"1": ("一鸣", "立", "若谷"), "2": ("一诺", "若兰", "安")}


@dataclass(frozen=True, slots=True)
class Party:
    """A person in a record of another system. What is None is not in the record; dates are xs:date, places have 12 digits."""

    name: str | None
    sex: str
    id_no: str | None
    birth_date: str | None
    hukou_div: str | None = None
    residence_div: str | None = None
    mobile: str | None = None


def party(person: Person | PersonRef) -> Party:
    """Somebody of the province, completely."""
    return Party(
        person.name, person.sex, person.id_no, person.birth_date, person.hukou_div, person.residence_div, person.mobile
    )  # fmt: skip


def stranger(rng: Random, sex: str, born: tuple[date, date]) -> Party:
    """Somebody whom no register knows, by number or by name; lives in some township of Fujian."""
    birth, place = invent_day(rng, *born), any_township(rng).code
    name = rng.choice(_SURNAMES) + rng.choice(_GIVEN[sex])
    return Party(name, sex, stranger_number(rng, birth, sex), birth.isoformat(), place, place, invent_mobile(rng))
