"""Women and their children: found by number, by husband or by name, for rules that compare what hospitals report (4.1, steps 2-4).

Two steps, each one statement a group: the women (`Way`), then what hangs on those found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, null, select, union_all

from adapters.register.keys import name_key, number_key
from adapters.register.people import KEPT
from adapters.register.tables import CHILD, FLOATING, INFLOW, MAN, MARRIAGE, PERSON, SIDE
from hub.contract.lookup import Fact, Lookup, Question
from hub.transports.keyed_rows import KEYS, by_key

_WOMAN: Final = {"personId": "person_id", "name": "name_key", "idNo": "number_key", "birthDate": "birth_date", "mobile": "mobile",
                 "hukouDiv": "hukou_div", "spouseName": "spouse_name", "spouseIdNo": "spouse_number"}  # fmt: skip
_CHILD: Final = {"childId": "child_id", "name": "name_key", "birthDate": "birth_date", "sex": "sex", "birthOrder": "birth_order",
                 "birthCertNo": "cert_no", "alive": "alive", "birthAct": "birth_act"}  # fmt: skip
_PERSONAL: Final = ("personId", "name", "birthDate", "mobile", "spouseName", "spouseIdNo")
_CHILD_PERSONAL: Final = ("motherId", "childId", "name", "birthDate", "birthCertNo")
_OTHER: Final = tuple(PERSON.c[name] for name in _WOMAN.values())
_GIVES: Final = (*(field for field in _WOMAN if field != "idNo"), *SIDE, "inDate", "inflows")
_CHILD_GIVES: Final = ("motherId", *_CHILD)
_Facts = Callable[[Lookup, Any], Iterator[Fact]]


@dataclass(frozen=True, slots=True)
class Way:
    """How women are found: the ``keys`` of a question, and the statement whose rows bear one of them as ``key``; ``bind`` its parameters."""

    keys: Callable[[Question], tuple[str, ...]]
    statement: Select[Any]
    bind: Callable[[Sequence[str]], Mapping[str, Any]] = lambda keys: {KEYS.key: keys}


def _women(key: Any, *more: Any) -> Select[Any]:
    return select(key.label("key"), *_OTHER, *more).where(PERSON.c.sex != MAN)


def _number(question: Question) -> tuple[str, ...]:
    return (number_key(question[0]),)


_NONE: Final = (null().label("from_day"), null().label("to_day"))
_NUMBER: Final = _women(PERSON.c.number_key, *_NONE).where(PERSON.c.number_key.in_(KEYS))
BY_NUMBER: Final = Way(_number, _NUMBER)
BY_HUSBAND: Final = Way(
    _number,
    _women(MARRIAGE.c.spouse_number, MARRIAGE.c.from_day, MARRIAGE.c.to_day)
    .join(MARRIAGE, MARRIAGE.c.person_id == PERSON.c.person_id)
    .where(MARRIAGE.c.spouse_number.in_(KEYS)),
)
_EITHER: Final = union_all(_NUMBER, _women(PERSON.c.person_id, *_NONE).where(PERSON.c.person_id.in_(KEYS))).subquery("woman")
BY_EITHER: Final = Way(lambda question: tuple(dict.fromkeys((number_key(question[0]), question[0]))), select(_EITHER))
BY_NAME: Final = Way(
    lambda question: (f"{name_key(question[0])}|{question[1]}",),
    _women(PERSON.c.name_key + "|" + PERSON.c.birth_date, *_NONE).where(
        PERSON.c.name_key.in_(bindparam("names", expanding=True)), PERSON.c.birth_date.in_(bindparam("days", expanding=True))
    ),
    lambda keys: {"names": sorted({k.rpartition("|")[0] for k in keys}), "days": sorted({k.rpartition("|")[2] for k in keys})},
)
_STAYS: Final = select(INFLOW).where(INFLOW.c.person_id.in_(KEYS)).order_by(INFLOW.c.person_id, INFLOW.c.in_date, INFLOW.c.seq)
_BORN: Final = select(CHILD).where(CHILD.c.parent_id.in_(KEYS)).order_by(CHILD.c.parent_id, CHILD.c.seq)


def _mothers(how: str, title: str, asks: tuple[str, ...], *more: str) -> Lookup:
    personal = (*_PERSONAL, "idNo") if "idNo" in more else _PERSONAL
    return Lookup(f"mothers.{how}", title, asks, (*more, *_GIVES), personal)


def _children(how: str, title: str, asks: tuple[str, ...]) -> Lookup:
    return Lookup(f"children.{how}", title, asks, _CHILD_GIVES, _CHILD_PERSONAL)


WAYS: Final[Mapping[Lookup, Way]] = {
    _mothers("by_number", "按证件号码查育龄妇女", ("idNo",)): BY_NUMBER,
    _mothers("by_husband", "按丈夫证件号码查其历次婚姻的妻子", ("husbandIdNo",), "idNo", "from", "to"): BY_HUSBAND,
    _mothers("by_name", "按姓名与出生日期查育龄妇女", ("name", "birthDate"), "idNo"): BY_NAME,
    _children("of", "按母亲的人员ID号或证件号码查子女", ("mother",)): BY_EITHER,
    _children("of_husband", "按父亲证件号码查其妻子的子女", ("husbandIdNo",)): BY_HUSBAND,
    _children("of_name", "按母亲姓名与出生日期查子女", ("name", "birthDate")): BY_NAME,
}  # fmt: skip
"""Each lookup and how it finds the women. ``mothers.…`` gives a fact for each woman, marriage and side, ``children.…`` one for each child."""


def families(connection: Connection, lookup: Lookup, questions: Sequence[Question]) -> Mapping[Question, tuple[Fact, ...]]:
    """The facts for each question: three statements for mothers, two for children."""
    way = WAYS[lookup]
    keys = {key for question in questions for key in way.keys(question)}
    women = defaultdict(list)
    for row in connection.execute(way.statement, way.bind(sorted(keys))):
        women[row.key].append(row)
    about = _about_children if lookup.gives == _CHILD_GIVES else _about_women
    facts = about(connection, {row.person_id for rows in women.values() for row in rows})
    return {question: tuple(_each_once(way, lookup, question, women, facts)) for question in questions}


def _each_once(way: Way, lookup: Lookup, question: Question, women: Mapping[str, list[Any]], facts: _Facts) -> Iterator[Fact]:
    rows = [row for key in way.keys(question) for row in women.get(key, ())]
    found = (tuple(fact.items()) for row in sorted(rows, key=_order) for fact in facts(lookup, row))
    return map(dict, dict.fromkeys(found))


def _order(row: Any) -> tuple[str, str]:
    return row.person_id, row.from_day or ""


def _about_women(connection: Connection, ids: set[str]) -> _Facts:
    sides, stays = by_key(connection, KEPT, ids), by_key(connection, _STAYS, ids)

    def facts(lookup: Lookup, row: Any) -> Iterator[Fact]:
        woman = {field: getattr(row, column) for field, column in _WOMAN.items()} | {"from": row.from_day, "to": row.to_day}
        for side in sides[row.person_id]:
            stay = in_dates(stays[row.person_id]) if side.side == FLOATING else {}
            yield _given(lookup, woman | {field: getattr(side, column) for field, column in SIDE.items()} | stay)

    return facts


def _about_children(connection: Connection, ids: set[str]) -> _Facts:
    born = by_key(connection, _BORN, ids)

    def facts(lookup: Lookup, row: Any) -> Iterator[Fact]:
        for child in born[row.person_id]:
            yield _given(lookup, {"motherId": row.person_id} | {field: getattr(child, column) for field, column in _CHILD.items()})

    return facts


def _given(lookup: Lookup, values: Fact) -> Fact:
    return {field: values[field] for field in lookup.gives if values.get(field)}


def in_dates(stays: Sequence[Any]) -> dict[str, str]:
    """``inDate`` of the open stay that began last, else of the earliest; ``inflows``: every stay as ``from/to``, an open one ``from/``."""
    known = [stay for stay in stays if stay.in_date]
    if not known:
        return {}
    opened = [stay.in_date for stay in known if not stay.end_date]
    inflows = " ".join(f"{stay.in_date}/{stay.end_date or ''}" for stay in known)
    return {"inDate": max(opened) if opened else known[0].in_date, "inflows": inflows}
