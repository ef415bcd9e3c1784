"""Moves of a person: the flow, the stays at the place of residence, who keeps the person, and coming back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from demo.province.numbers import invent_day
from demo.province.person import Flow, Inflow, Person, Role
from demo.province.places import FUJIAN, TODAY, UPDATED, Move, any_township

_REASONS: Final = ("01", "03", "05", "06", "08")
_FIRST: Final = date(2021, 1, 1)
_EARLIER: Final = (date(2018, 1, 1), date(2019, 12, 31)), (date(2020, 1, 1), date(2020, 12, 31))
"""When an earlier stay began and ended."""
_TWO_STAYS: Final = 0.15
_CAME_BACK: Final = "1"
"""CL_CANCEL 返回户籍地."""
_RESIDENT, _FLOATING = "1", "2"


def flow_of(rng: Random, move: Move, birth: date) -> Flow | None:
    """The flow of a move, not before birth; None for who does not float."""
    if move.flow_type is None:
        return None
    day = invent_day(rng, max(_FIRST, birth), TODAY).isoformat()
    return Flow(move.flow_type, rng.choice(_REASONS), day, day)


def stays_of(rng: Random, move: Move, flow: Flow | None) -> tuple[Inflow, ...]:
    """The stays (流入) of whoever is kept at a place of residence in Fujian: the open one, sometimes an earlier one elsewhere."""
    here = move.residence.code
    if flow is None or not here.startswith(FUJIAN):
        return ()
    now = Inflow(flow.in_date, None, here, here)
    there = any_township(rng).code
    if rng.random() >= _TWO_STAYS or there in (here, move.hukou.code):
        return (now,)
    began, ended = (invent_day(rng, *days).isoformat() for days in _EARLIER)
    return (Inflow(began, ended, there, there), now)


def roles_of(move: Move) -> tuple[Role, ...]:
    """Who keeps the person: the hukou side (resident, or flowed out) and the residence side (flowed in), as far as Fujian."""
    if move.flow_type is None:
        return (Role(_RESIDENT, "1", move.hukou.code, "1", UPDATED),)
    home, here = move.hukou.code.startswith(FUJIAN), move.residence.code.startswith(FUJIAN)
    sides = [Role(_RESIDENT, "4", move.hukou.code, "1", UPDATED)] if home else []
    if here:
        sides.append(Role(_FLOATING, "3" if home else "2", move.residence.code, "1", UPDATED))
    return tuple(sides)


def come_back(rng: Random, person: Person) -> Person:
    """The same person back at the place of hukou in Fujian: a resident, the floating side cancelled. Whoever did not go stays as is."""
    flow = person.flow
    if flow is None or not person.hukou_div.startswith(FUJIAN) or date.fromisoformat(flow.in_date) >= TODAY - timedelta(days=2):
        return person
    day = invent_day(rng, date.fromisoformat(flow.in_date) + timedelta(days=1), TODAY).isoformat()
    resident = Role(_RESIDENT, "1", person.hukou_div, "1", UPDATED)
    cancelled = tuple(replace(role, record_status="2") for role in person.role if role.side == _FLOATING)
    return replace(
        person, residence_div=person.hukou_div, residence_addr=person.hukou_addr, managed_type="1", managed_div=person.hukou_div,
        flow=None, past_flow=flow, cancel_date=day, cancel_reason=_CAME_BACK, role=(resident, *cancelled),
        inflow=tuple(replace(stay, end_date=stay.end_date or day) for stay in person.inflow),
    )  # fmt: skip
