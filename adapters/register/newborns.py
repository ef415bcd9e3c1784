"""Children by their own number or birth certificate, for rules that compare vaccinations: where the child is kept, else the mother."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from adapters.register.keys import number_key
from adapters.register.people import KEPT
from adapters.register.tables import CHILD, MAN, PERSON, SIDE
from hub.contract.lookup import Fact, Lookup, Question
from hub.transports.keyed_rows import KEYS, by_key

_PERSONAL: Final = ("childId", "motherId", "birthDate")
_KEPT: Final = tuple(field for field in SIDE if field != "updateTime")
_GIVES: Final = ("childId", "motherId", *_KEPT, "birthDate", "sex")
BY_OWN_NUMBER: Final = Lookup("children.by_number", "按儿童证件号码查管理单位", ("idNo",), _GIVES, _PERSONAL)
BY_CERTIFICATE: Final = Lookup("children.by_certificate", "按出生医学证明编号查儿童", ("birthCertNo",), _GIVES, _PERSONAL)


def _listed(key: Any) -> Select[Any]:
    return (
        select(key, CHILD.c.child_id, CHILD.c.parent_id, CHILD.c.birth_date, CHILD.c.sex)
        .join(PERSON, PERSON.c.person_id == CHILD.c.parent_id)
        .where(key.in_(KEYS), PERSON.c.sex != MAN)
        .order_by(CHILD.c.parent_id, CHILD.c.seq)
    )


_LISTED: Final = {BY_OWN_NUMBER: _listed(CHILD.c.number_key), BY_CERTIFICATE: _listed(CHILD.c.cert_no)}
_OWN: Final = select(PERSON.c.number_key, PERSON.c.person_id, PERSON.c.birth_date, PERSON.c.sex).where(
    PERSON.c.number_key.in_(KEYS)
)


def newborns(connection: Connection, lookup: Lookup, questions: Sequence[Question]) -> Mapping[Question, tuple[Fact, ...]]:
    """The facts for each question, one a side: as the mother's entry has the child, else as its own. Three statements a group."""
    keys = {question: _key(lookup, question) for question in questions}
    listed = by_key(connection, _LISTED[lookup], set(keys.values()))
    own = by_key(connection, _OWN, set(keys.values()) - set(listed)) if lookup is BY_OWN_NUMBER else {}
    ids = {name for rows in listed.values() for row in rows for name in (row.child_id, row.parent_id) if name}
    kept = by_key(connection, KEPT, ids | {row.person_id for rows in own.values() for row in rows})
    return {question: tuple(_facts(listed.get(key, ()), own.get(key, ()), kept)) for question, key in keys.items()}


def _key(lookup: Lookup, question: Question) -> str:
    return number_key(question[0]) if lookup is BY_OWN_NUMBER else question[0].strip().upper()


def _facts(listed: Sequence[Any], own: Sequence[Any], kept: Mapping[str, Sequence[Any]]) -> Iterator[Fact]:
    for row in listed:
        for side in kept.get(row.child_id, ()) or kept.get(row.parent_id, ()):
            yield _given(row, side, row.child_id, row.parent_id)
    for row in own:
        for side in kept.get(row.person_id, ()):
            yield _given(row, side, row.person_id)


def _given(row: Any, side: Any, child: str, mother: str = "") -> Fact:
    values = {"childId": child, "motherId": mother, **{field: getattr(side, SIDE[field]) for field in _KEPT}}
    return {field: value for field, value in {**values, "birthDate": row.birth_date, "sex": row.sex}.items() if value}
