"""Lookups of people: one bounded query for a whole group of questions, over a connection that cannot write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from adapters.register import settings
from adapters.register.engine import reading
from adapters.register.keys import name_key, number_key
from adapters.register.tables import PERSON, ROLE
from hub.contract.adapter import WithoutMessages
from hub.contract.lookup import Fact, Lookup, Question

MOST: Final = 500
"""Numbers in one IN list; Oracle takes 1000."""
_SIDE: Final = {"side": "side", "managedType": "managed_type", "managedDiv": "managed_div", "recordStatus": "record_status",
                "updateTime": "update_time"}  # fmt: skip
_PLACES: Final = {"hukouDiv": "hukou_div", "residenceDiv": "residence_div"}
_COLUMNS: Final = {**_SIDE, **_PLACES}

MANAGED: Final = Lookup("people.managed", "按姓名与证件号码查管理单位", ("name", "idNo"), tuple(_SIDE))
"""Name and number must both match. One fact for each side of the register on which the person is kept."""
BY_NUMBER: Final = Lookup("people.by-number", "按证件号码查管理单位与所在地", ("idNo",), tuple(_COLUMNS))
"""Whoever has the number, whatever the name."""


class RegisterAwayError(OSError):
    """The register cannot be read now. The text is the kind of trouble, never a value or an address."""


class Register(WithoutMessages):
    """Implements `hub.contract.lookup.FactSource`. Raises ValueError for unusable settings; connecting needs nobody there."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._engine = reading(settings.read(given))

    def look_up(self, lookup: Lookup, questions: Sequence[Question]) -> Mapping[Question, tuple[Fact, ...]]:
        """The facts for each question. Raises `RegisterAwayError`."""
        at = lookup.asks.index("idNo")
        rows = defaultdict(list)
        try:
            for row in self._rows({number_key(question[at]) for question in questions}):
                rows[row.number_key].append(row)
        except SQLAlchemyError as fault:
            raise RegisterAwayError(type(fault).__name__) from None
        found = {question: tuple(_facts(lookup, question, rows[number_key(question[at])])) for question in questions}
        return {question: facts for question, facts in found.items() if facts}

    def close(self) -> None:
        """Close pooled connections."""
        self._engine.dispose()

    def _rows(self, numbers: set[str]) -> Iterator[Any]:
        wanted = sorted(numbers)
        with self._engine.connect() as connection:
            for start in range(0, len(wanted), MOST):
                yield from connection.execute(people(), {"numbers": wanted[start : start + MOST]})


def people() -> Select[Any]:
    """The one query: the sides of everybody who has one of the ``numbers``."""
    return (
        select(PERSON.c.number_key, PERSON.c.name_key, *(PERSON.c[name] for name in _PLACES.values()),
               *(ROLE.c[name] for name in _SIDE.values()))
        .join(ROLE, ROLE.c.person_id == PERSON.c.person_id)
        .where(PERSON.c.number_key.in_(bindparam("numbers", expanding=True)))
        .order_by(PERSON.c.person_id, ROLE.c.side)
    )  # fmt: skip


def _facts(lookup: Lookup, question: Question, rows: Sequence[Any]) -> Iterator[Fact]:
    name = name_key(question[lookup.asks.index("name")]) if "name" in lookup.asks else None
    for row in rows:
        if name is None or row.name_key == name:
            values = {field: getattr(row, _COLUMNS[field]) for field in lookup.gives}
            yield {field: value for field, value in values.items() if value}
