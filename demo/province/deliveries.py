"""What hospitals report of the last months (住院分娩), each newborn with the outcome that the province's own truth implies.

The outcomes are written down where the births are made, not computed by any rule: who is in the register with the child is E or
K, who is there without it A or F, who is nowhere Z (CL_COMPARE).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final, Literal

from demo.province.families import LATEST, RECENT
from demo.province.numbers import first_card, invent_day
from demo.province.parties import Party, party, stranger
from demo.province.person import ChildRef, Person
from demo.province.places import FUJIAN, any_township

Outcome = Literal["A", "E", "F", "K", "Z"]
_UNREGISTERED: Final = {"1": 0.05, "2": 0.3}
"""Of the women who may have had a child that nobody registered, by the side that keeps them."""
_STRANGERS: Final = 0.004
_TWINS: Final = 0.03
_MOTHERS: Final = (date(1984, 1, 1), date(2002, 1, 1))
_WAYS: Final = {"number": 82, "first card": 6, "name": 8, "father": 4}
"""Of a hundred records: with her number, with that of 15 digits, by name, birth date and husband, by the husband's number."""
_MATCH: Final = {"number": "IDNAME", "first card": "IDNAME", "name": "NAMEBIRTH", "father": "FATHER"}


@dataclass(frozen=True, slots=True)
class Newborn:
    """One child of a delivery. ``order`` is 同胎序; ``child_id`` the registered child that it is, empty when there is none."""

    order: int
    sex: str
    birth_time: str
    birth_cert_no: str
    outcome: Outcome
    child_id: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record of 住院分娩: what the hospital wrote (times xs:dateTime in +08:00, places 12 digits), and the truth about it.

    Truth: ``match`` (CL_MATCH, empty for Z), ``person_id`` of the mother, ``side`` (CL_SIDE), ``unit``: the township
    (12 digits) that must act, ``reason`` (CL_OUTREASON, for Z).
    """

    record_no: str
    org_code: str
    org_name: str
    org_div: str
    mother: Party
    father: Party | None
    parity: int
    delivery_time: str
    newborns: tuple[Newborn, ...]
    record_time: str
    match: str
    person_id: str
    side: str
    unit: str
    reason: str = ""


def deliveries(people: Iterable[Person], seed: int) -> Iterator[Delivery]:
    """The deliveries of the province: every registered birth of the last months, some that nobody registered, some of strangers.

    The same people and seed give the same; each woman's does not depend on who else is there. Some 25 for a thousand people.
    """
    for person in people:
        if person.sex == "2" and person.spouse:
            rng = Random(f"{seed}/delivery/{person.person_id}")
            recent = [child for child in person.child if child.birth_date >= RECENT.isoformat()]
            if recent:
                yield _of(rng, person, date.fromisoformat(recent[0].birth_date), recent)
            elif _may(person) and rng.random() < _UNREGISTERED[person.kept.side]:
                yield _of(rng, person, invent_day(rng, RECENT, LATEST), ())
            if rng.random() < _STRANGERS:
                yield _of_stranger(rng, person.person_id)


def _may(woman: Person) -> bool:
    """Whether she may have had a child in the last months that the register does not know and that is A or F and nothing else."""
    wed, first = woman.marriage_date or "", RECENT.isoformat()
    arrived = woman.flow is None or woman.kept.side == "1" or woman.flow.in_date < first
    pregnant = any(one.end_date is None for one in woman.pregnancy)
    return wed < first and arrived and not pregnant and woman.birth_date >= _MOTHERS[0].isoformat()


def _of(rng: Random, woman: Person, day: date, registered: Sequence[ChildRef]) -> Delivery:
    way = rng.choices(tuple(_WAYS), tuple(_WAYS.values()))[0]
    if way == "first card" and woman.birth_date >= "2000":
        way = "number"
    side = woman.kept
    known = ("E", "K") if registered else ("A", "F")
    outcome: Outcome = known[0] if side.side == "1" else known[1]  # type: ignore[assignment]
    at = woman.residence_div if woman.residence_div.startswith(FUJIAN) else woman.hukou_div
    born = _registered(registered, day, outcome) if registered else _unregistered(rng, woman.person_id, day, outcome)
    return _record(
        rng, woman.person_id, at, day, _told(woman, way), party(woman.spouse) if woman.spouse else None, born,
        parity=len(woman.child) + (0 if registered else 1), match=_MATCH[way], person_id=woman.person_id, side=side.side,
        unit=side.managed_div,
    )  # fmt: skip


def _told(woman: Person, way: str) -> Party:
    whole = party(woman)
    match way:
        case "first card":
            return replace(whole, id_no=first_card(woman.id_no))
        case "name":
            return replace(whole, id_no=None)
        case "father":
            return replace(whole, id_no=None, birth_date=None)
        case _:
            return whole


def _of_stranger(rng: Random, near: str) -> Delivery:
    """A woman whom nobody knows: with number, husband and all, or (NOKEY) with nothing to search by."""
    day, at = invent_day(rng, RECENT, LATEST), any_township(rng).code
    mother, father = stranger(rng, "2", _MOTHERS), stranger(rng, "1", _MOTHERS)
    bare = rng.random() < 0.3
    told = replace(mother, id_no=None, birth_date=None) if bare else mother
    born = _unregistered(rng, f"Z{near[1:]}", day, "Z")
    return _record(
        rng, f"Z{near[1:]}", at, day, told, None if bare else father, born, parity=1, match="", person_id="", side="9", unit=at,
        reason="NOKEY" if bare else "NOHIT",
    )  # fmt: skip


def _registered(children: Sequence[ChildRef], day: date, outcome: Outcome) -> tuple[Newborn, ...]:
    return tuple(
        Newborn(n, child.sex, f"{day}T09:{n:02d}:00+08:00", child.birth_cert_no, outcome, child.child_id)
        for n, child in enumerate(children, 1)
    )


def _unregistered(rng: Random, key: str, day: date, outcome: Outcome) -> tuple[Newborn, ...]:
    count = 2 if rng.random() < _TWINS else 1
    letter = "Z" if key.startswith("Z") else "W"
    return tuple(
        Newborn(
            n, rng.choice("12"), f"{day}T09:{n:02d}:00+08:00", f"{letter if n == 1 else chr(ord(letter) - 1)}35{key[-7:]}", outcome
        )
        for n in range(1, count + 1)
    )


def _record(
    rng: Random, key: str, at: str, day: date, mother: Party, father: Party | None, born: tuple[Newborn, ...], *,
    parity: int, match: str, person_id: str, side: str, unit: str, reason: str = "",
) -> Delivery:  # fmt: skip
    return Delivery(
        record_no=f"FM{key[-9:]}{rng.randrange(100):02d}{'Z' if key.startswith('Z') else ''}",
        org_code=f"3599{int(at[2:9]) % 100_000:05d}", org_name="示例医院", org_div=at, mother=mother, father=father, parity=parity,
        delivery_time=born[0].birth_time, newborns=born, record_time=f"{day + timedelta(days=1)}T10:00:00+08:00", match=match,
        person_id=person_id, side=side, unit=unit, reason=reason,
    )  # fmt: skip
