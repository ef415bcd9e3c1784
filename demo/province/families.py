"""Makes a family: a couple of one move, its children in their order, what the register knows of births past and to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from demo.province.maker import Maker
from demo.province.moves import come_back
from demo.province.numbers import invent_day
from demo.province.person import ChildRef, KeySubject, Marriage, Operation, Permit, Person, PersonRef, Pregnancy
from demo.province.places import TODAY, Move

RECENT: Final = TODAY - timedelta(days=110)
"""Births since then are those of the last months: what hospitals report on a demo day."""
LATEST: Final = TODAY - timedelta(days=4)
MARRIED: Final = "20"
DIVORCED: Final = "40"
_CHILDREN: Final = (50, 30, 17, 3)
"""How many couples of a hundred have no child of earlier years, one, two and three."""
_SHARES: Final = {"born": 6, "pregnant": 4, "back": 8, "again": 3, "": 79}
"""Of a hundred couples: a child of the last months, one on its way, come back from elsewhere, the husband married before."""
_TWINS: Final = 0.02
_AGES: Final = (date(1965, 1, 1), date(1984, 1, 1))
"""Born not before; the second for women with a child of the last months or to come."""
_PRIMARY: Final = "81"
_SIX: Final = date(TODAY.year - 6, TODAY.month, TODAY.day).isoformat()
_TERM: Final = timedelta(days=280)
_IUD: Final = ("01", "30")
"""The operation (CL_OP) and the measure (CL_CONTRA)."""


def family(maker: Maker, move: Move) -> Iterator[Person]:
    """Wife, husband, children and, when he was married before, his first wife.

    Without children of earlier years married last year, with them long enough ago.
    """
    rng = maker.rng
    what = rng.choices(tuple(_SHARES), tuple(_SHARES.values()))[0]
    earlier = rng.choices((0, 1, 2, 3), _CHILDREN)[0]
    born = (_AGES[what in ("born", "pregnant")], date(1992, 12, 31) if earlier else date(2001, 12, 31))
    wife, husband = maker.person("2", born, move), maker.person("1", born, move)
    if what == "back":
        wife, husband = come_back(rng, wife), come_back(rng, husband)
    first, last = (
        (date(2015, 1, 1), date(2016, 12, 31))
        if earlier
        else (date(2024, 1, 1), date(2024, 4, 30) if what == "born" else date(2024, 12, 31))
    )
    day = invent_day(rng, first, last)
    children = [_kept_as(child, wife) for child in _children(maker, move, _years(earlier), recent=what == "born")]
    wife = _expecting(rng, wife, day, children, pregnant=what == "pregnant")
    former = maker.person("2", (_AGES[0], date(1985, 12, 31)), move) if what == "again" else None
    yield from _parents(rng, wife, husband, day.isoformat(), children, former)
    yield from children


def _years(earlier: int) -> Iterator[tuple[date, date]]:
    return ((date(2017 + 2 * n, 1, 1), date(2018 + 2 * n, 6, 30)) for n in range(earlier))


def _children(maker: Maker, move: Move, years: Iterator[tuple[date, date]], *, recent: bool) -> Iterator[Person]:
    for days in [*years, *([(RECENT, LATEST)] if recent else [])]:
        child = maker.person(maker.rng.choice("12"), days, move)
        yield child
        if maker.rng.random() < _TWINS:
            day = date.fromisoformat(child.birth_date)
            yield maker.person(maker.rng.choice("12"), (day, day), move)


def _kept_as(child: Person, mother: Person) -> Person:
    """Where the mother is kept; whoever is not six yet has no education."""
    back = mother.past_flow is not None
    return replace(
        child, education=_PRIMARY if child.birth_date < _SIX else None, residence_div=mother.residence_div,
        managed_type=mother.managed_type, managed_div=mother.managed_div, role=mother.role,
        flow=None if back else child.flow, past_flow=None, inflow=() if back else child.inflow[-1:],
    )  # fmt: skip


def certificate_no(child: Person) -> str:
    """The birth certificate's number (出生医学证明) of a registered child: a letter, the province, the child's running number."""
    return f"X35{child.person_id[-7:]}"


def _named(children: Sequence[Person]) -> tuple[ChildRef, ...]:
    return tuple(
        ChildRef(one.person_id, one.name, one.id_no, one.birth_date, one.sex, str(order), certificate_no(one), "true", "1")
        for order, one in enumerate(children, 1)
    )


def _expecting(rng: Random, wife: Person, wedding: date, children: Sequence[Person], *, pregnant: bool) -> Person:
    """What the register knows of her pregnancies, permits, operations: one pregnancy on its way, the last child's, or none."""
    if pregnant:
        lmp = invent_day(rng, max(wedding, TODAY - timedelta(days=200)) - timedelta(days=60), TODAY - timedelta(days=60))
        known = lmp + timedelta(days=55)
        wife = replace(wife, pregnancy=(_pregnancy(lmp, known, None),))
        if wife.flow is not None:
            wife = replace(wife, key_subject=(KeySubject("1", known.isoformat()),))
    elif children and children[-1].birth_date >= RECENT.isoformat():
        birth = date.fromisoformat(children[-1].birth_date)
        lmp = birth - _TERM + timedelta(days=rng.randint(-5, 10))
        wife = replace(wife, pregnancy=(_pregnancy(lmp, lmp + timedelta(days=55), birth),))
    elif len(children) > 1 and rng.random() < 0.3:
        day = (date.fromisoformat(children[-1].birth_date) + timedelta(days=120)).isoformat()
        wife = replace(wife, operation=(Operation(_IUD[0], day),), contraception=_IUD[1], contraception_date=day)
    if pregnant or children:
        wife = replace(wife, permit=(Permit(f"YH35{wife.person_id[1:]}", "1", wedding.isoformat()),))
    return wife


def _pregnancy(lmp: date, known: date, end: date | None) -> Pregnancy:
    return Pregnancy(known.isoformat(), lmp.isoformat(), (lmp + _TERM).isoformat(), end.isoformat() if end else None)


def _parents(
    rng: Random, wife: Person, husband: Person, day: str, children: Sequence[Person], former: Person | None
) -> Iterator[Person]:
    """The couple with their children, and the first wife, divorced two years before; all name each other."""
    count = str(len(children))
    named = _named(children)
    yield replace(_marry(wife, husband, day), child=named, children_count=count)
    husband = replace(_marry(husband, wife, day), child=named, children_count=count)
    if former is None:
        yield husband
        return
    began, ended = invent_day(rng, date(2009, 1, 1), date(2010, 12, 31)).isoformat(), f"{int(day[:4]) - 2}{day[4:7]}-15"
    yield replace(husband, marriage=(Marriage(former.person_id, former.id_no, began, ended), *husband.marriage))
    yield replace(
        former, marital_status=DIVORCED, marriage_date=ended, marriage=(Marriage(husband.person_id, husband.id_no, began, ended),)
    )


def _marry(person: Person, spouse: Person, day: str) -> Person:
    reference = PersonRef(
        name=spouse.name,
        cert_type=spouse.cert_type,
        id_no=spouse.id_no,
        sex=spouse.sex,
        birth_date=spouse.birth_date,
        hukou_div=spouse.hukou_div,
        residence_div=spouse.residence_div,
        mobile=spouse.mobile,
    )
    marriage = (Marriage(spouse.person_id, spouse.id_no, day),)
    return replace(person, marital_status=MARRIED, marriage_date=day, spouse=reference, marriage=marriage)
