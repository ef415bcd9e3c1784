"""People by number: who manages them, and whether a place does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from adapters.register.keys import name_key, number_key
from adapters.register.tables import ACTIVE, PERSON, ROLE, SIDE
from hub.contract.lookup import Fact, Lookup, Question
from hub.transports.keyed_rows import KEYS, by_key

_PLACES: Final = {"hukouDiv": "hukou_div", "residenceDiv": "residence_div"}
KEPT: Final = select(ROLE).where(ROLE.c.person_id.in_(KEYS)).order_by(ROLE.c.person_id, ROLE.c.side)
"""The sides of the people with these ids."""
_COLUMNS: Final = {**SIDE, **_PLACES}
_UNIT: Final = 9

MANAGED: Final = Lookup("people.managed", "按姓名与证件号码查管理单位", ("name", "idNo"), tuple(SIDE))
"""Name and number must both match. One fact for each side of the register on which the person is kept."""
BY_NUMBER: Final = Lookup("people.by-number", "按证件号码查管理单位与所在地", ("idNo",), tuple(_COLUMNS))
"""Whoever has the number, whatever the name."""
RESIDENT: Final = Lookup("people.resident", "按证件号码与区划查是否已在该地管理", ("idNo", "residenceDiv"), ("side", "managedType"))
"""A fact for each side on which the township (first nine digits) manages the person now; none when it does not."""


def people() -> Select[Any]:
    """The one query: the sides of everybody who has one of the numbers."""
    return (
        select(PERSON.c.number_key, PERSON.c.name_key, *(PERSON.c[name] for name in _PLACES.values()),
               *(ROLE.c[name] for name in SIDE.values()))
        .join(ROLE, ROLE.c.person_id == PERSON.c.person_id)
        .where(PERSON.c.number_key.in_(KEYS))
        .order_by(PERSON.c.person_id, ROLE.c.side)
    )  # fmt: skip


def managed(connection: Connection, lookup: Lookup, questions: Sequence[Question]) -> Mapping[Question, tuple[Fact, ...]]:
    """The facts for each question, in one statement a group."""
    at = lookup.asks.index("idNo")
    rows = by_key(connection, people(), {number_key(question[at]) for question in questions})
    return {question: tuple(_facts(lookup, question, rows[number_key(question[at])])) for question in questions}


def _facts(lookup: Lookup, question: Question, rows: Sequence[Any]) -> Iterator[Fact]:
    asked = dict(zip(lookup.asks, question, strict=True))
    for row in rows:
        if _meant(row, asked):
            values = {field: getattr(row, _COLUMNS[field]) for field in lookup.gives}
            yield {field: value for field, value in values.items() if value}


def _meant(row: Any, asked: Mapping[str, str]) -> bool:
    if "name" in asked and row.name_key != name_key(asked["name"]):
        return False
    place = asked.get("residenceDiv")
    return place is None or (row.record_status == ACTIVE and row.managed_div[:_UNIT] == place[:_UNIT].ljust(_UNIT, "0"))
