"""Whom the police know (公安流动人口): rows that they push, each with the filter's truth, and everybody who can be asked about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Final, Literal, NamedTuple

from demo.province.numbers import invent_day
from demo.province.parties import Party, party, stranger
from demo.province.person import Person
from demo.province.places import FUJIAN, TODAY, any_township
from hub.reference.division_code import div9, flow_type

Filter = Literal["0", "1", "2", "3", "4", "5"]
ASKED: Final = 0.93
"""So many of those who live in Fujian can be asked about."""
_PUSHED: Final = 0.2
_ORDINARY: Final = ("01", "02", "03", "04", "05", "08", "99")
_CAFE, _HOTEL = "07", "06"
_ARRIVED: Final = TODAY - timedelta(days=40)
_LACKS: Final = ("name", "id_no", "residence")


@dataclass(frozen=True, slots=True)
class PoliceRow:
    """PoliceFloatingRecord (#35) as the police have it; None is what they do not have. Days are xs:date, places have 12 digits.

    Truth: ``filter_result`` (CL_PFILTER: 0 passes, 1 网吧, 2 酒店, 3 incomplete, 4 managed there already, 5 not floating).
    """

    record_id: str
    op_type: str
    person: Party
    ethnicity: str | None
    hukou_addr: str | None
    residence_div: str | None
    residence_addr: str | None
    arrive_date: str
    register_date: str
    planned_leave_date: str | None
    stay_reason: str
    premises_kind: str
    premises_name: str
    landlord: str
    employer: str
    permit_no: str | None
    org_code: str
    update_time: str
    filter_result: Filter


class _Kind(NamedTuple):
    share: int
    premises: str
    result: Filter


_SEEN: Final = {
    "moved": _Kind(48, "", "0"), "stranger": _Kind(16, "", "0"), "café": _Kind(10, _CAFE, "1"), "hotel": _Kind(12, _HOTEL, "2"),
    "lacks": _Kind(10, "", "3"), "hotel that lacks": _Kind(4, _HOTEL, "2"),
}  # fmt: skip


def police_rows(people: Iterable[Person], seed: int) -> Iterator[PoliceRow]:
    """What the police push about people seen at a place of Fujian: some 180 for a thousand people; each person at most once.

    By construction: whoever moved on to another township, or is known to no register, passes; those seen where they are managed,
    who moved between districts of one city, stayed in a hotel or an internet café, or are told incompletely do not.
    """
    for person in people:
        rng = Random(f"{seed}/police/{person.person_id}")
        if rng.random() < _PUSHED and (row := _pushed(rng, person)):
            yield row


def residents_known_to_police(people: Iterable[Person], seed: int) -> Iterator[PoliceRow]:
    """Whom the police find when asked by name and number: nearly everybody who lives in Fujian, some told incompletely.

    ``filter_result`` says nothing here and is 0.
    """
    for person in people:
        rng = Random(f"{seed}/police-resident/{person.person_id}")
        if person.residence_div.startswith(FUJIAN) and rng.random() < ASKED:
            row = _row(rng, person, person.residence_div, rng.choice(_ORDINARY), "0")
            yield replace(row, residence_div=None, residence_addr=None) if rng.random() < 0.03 else row


def _pushed(rng: Random, person: Person) -> PoliceRow | None:
    if not person.residence_div.startswith(FUJIAN):
        return None
    if person.flow is None and person.residence_div != person.hukou_div:
        return _row(rng, person, person.residence_div, rng.choice(_ORDINARY), "5")
    if person.flow is not None and rng.random() < 0.4:
        return _row(rng, person, person.residence_div, rng.choice(_ORDINARY), "4")
    there = _elsewhere(rng, person)
    return _seen(rng, person, there) if there else None


def _seen(rng: Random, person: Person, there: str) -> PoliceRow:
    """At a township where nobody manages the person."""
    (what,) = rng.choices(tuple(_SEEN), tuple(seen.share for seen in _SEEN.values()))
    seen = _SEEN[what]
    row = _row(rng, person, there, seen.premises or rng.choice(_ORDINARY), seen.result, of_nobody=what == "stranger")
    return _lacking(row, rng.choice(_LACKS) if what == "lacks" else "id_no") if "lacks" in what else row


def _elsewhere(rng: Random, person: Person) -> str | None:
    """A township where the person floats and nobody manages the person."""
    there = any_township(rng).code
    near = {div9(role.managed_div) for role in person.role} | {div9(person.hukou_div)}
    return None if div9(there) in near or flow_type(person.hukou_div, there) is None else there


def _row(rng: Random, person: Person, there: str, premises: str, result: Filter, *, of_nobody: bool = False) -> PoliceRow:
    known = party(person)
    if of_nobody:
        nobody = stranger(rng, person.sex, (TODAY - timedelta(days=18_000), TODAY - timedelta(days=7_000)))
        known = replace(nobody, hukou_div=person.hukou_div)
    arrived = invent_day(rng, _ARRIVED, TODAY - timedelta(days=5))
    day = (arrived + timedelta(days=rng.randint(0, 4))).isoformat()
    return PoliceRow(
        record_id=f"GA35{person.person_id[1:]}", op_type="1", person=replace(known, residence_div=there), ethnicity=person.ethnicity,
        hukou_addr=person.hukou_addr, residence_div=there, residence_addr=f"示例巷{rng.randint(1, 99)}号", arrive_date=arrived.isoformat(),
        register_date=day, planned_leave_date=None, stay_reason="务工", premises_kind=premises, premises_name="示例处所", landlord="示例房东",
        employer="示例用工单位", permit_no=None, org_code=f"{there[:6]}990000", update_time=f"{day}T12:00:00+08:00", filter_result=result,
    )  # fmt: skip


def _lacking(row: PoliceRow, what: str) -> PoliceRow:
    match what:
        case "name":
            return replace(row, person=replace(row.person, name=None))
        case "id_no":
            return replace(row, person=replace(row.person, id_no=None))
        case _:
            return replace(row, person=replace(row.person, residence_div=None), residence_div=None, residence_addr=None)
