"""Generates the synthetic people, household by household."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import count as running
from itertools import islice
from random import Random
from typing import Final

from demo.province.names import invent_name
from demo.province.numbers import CitizenNumbers, invent_day, invent_mobile
from demo.province.person import ChildRef, Flow, Marriage, Person, PersonRef, Role
from demo.province.places import FUJIAN, TODAY, Move, choose_move

_MARRIED_SHARE: Final = 0.6
_UNMARRIED_SHARE: Final = 0.6
_UNMARRIED, _MARRIED, _WERE_MARRIED = "10", "20", ("30", "40")
_YOUNG: Final = date(1996, 1, 1)
"""Nobody born since is widowed or divorced here."""
_EDUCATION: Final = ("21", "31", "41", "61", "71", "81")
_PRIMARY: Final = "81"
_SIX: Final = date(TODAY.year - 6, TODAY.month, TODAY.day).isoformat()
_CHILDREN: Final = (50, 30, 17, 3)
"""How many couples of a hundred have no child, one, two and three."""
_HUKOU_TYPES: Final = ("21", "22")
_FLOW_REASONS: Final = ("01", "03", "05", "06", "08")
_UPDATED: Final = "2025-02-28T18:00:00+08:00"


def generate(count: int, seed: int) -> Iterator[Person]:
    """``count`` synthetic people; the same seed gives the same people, and fewer of them are the first of more.

    More than half live in couples and name each other as spouse, some with children whom both name; the last family may go on
    beyond the count. All citizen numbers of one run differ. About 15,000 people a second.
    """
    yield from islice(_households(Random(seed)), count)


@dataclass(slots=True)
class _Maker:
    rng: Random
    numbers: CitizenNumbers
    ids: Iterator[int]

    def person(self, sex: str, born: tuple[date, date], move: Move) -> Person:
        """One person without a spouse; the caller marries couples."""
        number = next(self.ids)
        birth = invent_day(self.rng, *born)
        name, ethnicity = invent_name(self.rng, number, sex)
        roles = _roles(move)
        return Person(
            person_id=f"D{number:09d}",
            name=name,
            cert_type="01",
            id_no=self.numbers.next(birth, sex),
            sex=sex,
            birth_date=birth.isoformat(),
            ethnicity=ethnicity,
            nationality="CHN",
            education=self.rng.choice(_EDUCATION),
            marital_status=_UNMARRIED,
            marriage_date=None,
            hukou_type=self.rng.choice(_HUKOU_TYPES),
            hukou_div=move.hukou.code,
            hukou_addr=f"{move.hukou.name}示例路{self.rng.randint(1, 300)}号",
            residence_div=move.residence.code,
            residence_addr=f"{move.residence.name}示例街{self.rng.randint(1, 300)}号",
            mobile=invent_mobile(self.rng),
            managed_type=roles[-1].managed_type,
            managed_div=roles[-1].managed_div,
            spouse=None,
            child=(),
            children_count="0",
            record_status="1",
            update_time=_UPDATED,
            flow=self._flow(move),
            marriage=(),
            role=roles,
        )

    def _flow(self, move: Move) -> Flow | None:
        if move.flow_type is None:
            return None
        day = invent_day(self.rng, date(2021, 1, 1), TODAY).isoformat()
        return Flow(move.flow_type, self.rng.choice(_FLOW_REASONS), day, day)


def _households(rng: Random) -> Iterator[Person]:
    maker = _Maker(rng, CitizenNumbers(rng), running(1))
    while True:
        move = choose_move(rng)
        if rng.random() < _MARRIED_SHARE:
            yield from _family(rng, maker, move, rng.choices((0, 1, 2, 3), _CHILDREN)[0])
        else:
            yield _alone(rng, maker.person(rng.choice("12"), (date(1950, 1, 1), date(2007, 12, 31)), move))


def _family(rng: Random, maker: _Maker, move: Move, children: int) -> Iterator[Person]:
    """A couple of one move; without children married last year, with children long enough ago for them."""
    born = (date(1965, 1, 1), date(1992, 12, 31) if children else date(2001, 12, 31))
    wife, husband = maker.person("2", born, move), maker.person("1", born, move)
    first, last = (date(2015, 1, 1), date(2016, 12, 31)) if children else (date(2024, 1, 1), date(2024, 12, 31))
    day = invent_day(rng, first, last).isoformat()
    year = 2017
    own = []
    for _ in range(children):
        own.append(_child(maker.person(rng.choice("12"), (date(year, 1, 1), date(year + 1, 6, 30)), move)))
        year += 2
    named = tuple(_named(child, order) for order, child in enumerate(own, 1))
    yield from (
        replace(_marry(one, other, day), child=named, children_count=str(children))
        for one, other in ((wife, husband), (husband, wife))
    )
    yield from own


def _child(person: Person) -> Person:
    """Whoever is not six yet has no education."""
    return replace(person, education=_PRIMARY if person.birth_date < _SIX else None)


def _named(child: Person, order: int) -> ChildRef:
    return ChildRef(child.person_id, child.name, child.id_no, child.birth_date, child.sex, str(order), "true", "1")


def _alone(rng: Random, person: Person) -> Person:
    if person.birth_date >= _YOUNG.isoformat() or rng.random() < _UNMARRIED_SHARE:
        return person
    day = invent_day(rng, date(2018, 1, 1), TODAY).isoformat()
    return replace(person, marital_status=rng.choice(_WERE_MARRIED), marriage_date=day)


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
    return replace(person, marital_status=_MARRIED, marriage_date=day, spouse=reference, marriage=marriage)


def _roles(move: Move) -> tuple[Role, ...]:
    """Who keeps the person: the hukou side (resident, or flowed out) and the residence side (flowed in), as far as Fujian."""
    if move.flow_type is None:
        return (Role("1", "1", move.hukou.code, "1", _UPDATED),)
    home, here = move.hukou.code.startswith(FUJIAN), move.residence.code.startswith(FUJIAN)
    sides = [Role("1", "4", move.hukou.code, "1", _UPDATED)] if home else []
    if here:
        sides.append(Role("2", "3" if home else "2", move.residence.code, "1", _UPDATED))
    return tuple(sides)
