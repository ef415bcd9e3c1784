"""Electronic certificates (电子婚育证): who must be in a month's batch, and what the national base holds already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from demo.province.numbers import invent_day
from demo.province.person import Flow, Person
from demo.province.places import FUJIAN, TODAY

_YOUNGEST, _OLDEST = 18, 49
_FAR_ENOUGH: Final = ("2", "3", "4")
"""Flow types of those who flowed out for the certificate; moves between districts of one city have none at all here."""
_HOLDS: Final = 0.8


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate in the national base. ``status`` is CL_ECERT: 1 valid, 3 cancelled with day and reason (CL_ECANCEL)."""

    person: Person
    cert_no: str
    national_no: str
    issue_div: str
    issue_date: str
    out_date: str
    status: str = "1"
    cancel_date: str = ""
    cancel_reason: str = ""


def certificate_candidates(people: Iterable[Person], month: str) -> Iterator[Person]:
    """The women of Fujian who must be in the batch of a month (``YYYYMM``): out on its last day, and of age on that day.

    Whoever came back later is among them. Each month's women; what was accepted before in the same version the hub leaves out.
    """
    last = _last_day(month)
    return (person for person in people if person.sex == "2" and _out(person, last.isoformat()) and _of_age(person, last))


def certificate_holders(people: Iterable[Person], seed: int) -> Iterator[Holder]:
    """Certificates of women who flowed into Fujian from other provinces, which verification may find; some are cancelled."""
    for person in people:
        flow = person.flow
        if person.sex != "2" or flow is None or person.hukou_div.startswith(FUJIAN) or not _of_age(person, TODAY):
            continue
        rng = Random(f"{seed}/certificate/{person.person_id}")
        if rng.random() < _HOLDS:
            yield _holder(rng, person, flow)


def _holder(rng: Random, person: Person, flow: Flow) -> Holder:
    issued = date.fromisoformat(flow.out_date)
    known = (
        person,
        f"{person.hukou_div[:2]}{person.person_id[1:]}",
        f"GJ{person.person_id[1:]}",
        person.hukou_div,
        issued.isoformat(),
        flow.out_date,
    )
    if rng.random() >= 0.1 or issued >= TODAY - timedelta(days=30):
        return Holder(*known)
    day = invent_day(rng, issued + timedelta(days=10), TODAY - timedelta(days=10))
    return Holder(*known, status="3", cancel_date=day.isoformat(), cancel_reason="1")


def _last_day(month: str) -> date:
    first = date(int(month[:4]), int(month[4:]), 1)
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _of_age(person: Person, day: date) -> bool:
    born = date.fromisoformat(person.birth_date)
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return _YOUNGEST <= years <= _OLDEST


def _out(person: Person, day: str) -> bool:
    """Whether somebody of Fujian was away on a day: still is, or came back after it."""
    flow = person.flow or person.past_flow
    if flow is None or not person.hukou_div.startswith(FUJIAN) or flow.flow_type not in _FAR_ENOUGH or flow.out_date > day:
        return False
    return person.cancel_date is None or person.cancel_date > day
