"""Dispatch of 协查: by the register first, then by the stated place. The tables are written by hand from the requirements."""

from __future__ import annotations

from typing import Any

import pytest

from hub.contract.decision import ToPlace, ToSystem
from hub.contract.lookup import Fact
from routes.enquiry.flow import FLOW
from routes.enquiry.reasons import REASONS
from routes.enquiry.rules import decide
from tests.flows.enquiry.documents import request
from tests.flows.enquiry.messages import message

JIA, YI, BING = "350102001000", "350203001000", "350702001000"
"""甲, 乙, 丙."""
ABROAD = "360102001000"


def side(of: str, place: str, status: str = "1", updated: str = "2025-02-28T18:00:00+08:00") -> Fact:
    """One side of the register on which the person is kept."""
    kind = {"1": "4", "2": "3"}[of]
    return {"side": of, "managedType": kind, "managedDiv": place, "recordStatus": status, "updateTime": updated}


HUKOU_YI, RESIDENCE_BING = side("1", YI), side("2", BING)
TABLE: dict[str, tuple[dict[str, str], str, list[Fact] | None, str, str, str]] = {
    # name: (request, sender, register, place, CL_RESOLVE, reason)
    "RO1 type 1 to the hukou side": ({"stated": JIA, "applicant": BING}, "FJFPIS", [HUKOU_YI, RESIDENCE_BING], YI, "1", "register"),
    "type 3 to the hukou side": (
        {"kind": "3", "stated": JIA, "applicant": BING}, "FJFPIS", [HUKOU_YI, RESIDENCE_BING], YI, "1", "register",
    ),
    "type 4 to the hukou side": (
        {"kind": "4", "stated": JIA, "applicant": BING}, "FJFPIS", [HUKOU_YI, RESIDENCE_BING], YI, "1", "register",
    ),
    "RO2 type 2 to the residence side": (
        {"kind": "2", "stated": JIA, "applicant": YI}, "FJFPIS", [HUKOU_YI, RESIDENCE_BING], BING, "2", "register",
    ),
    "RO3 not the applicant's own place": ({"stated": JIA, "applicant": YI}, "FJFPIS", [HUKOU_YI], JIA, "3", "stated.own-place"),
    "RO3 the own place by its first nine digits": (
        {"stated": JIA, "applicant": "350203001005"}, "FJFPIS", [HUKOU_YI], JIA, "3", "stated.own-place",
    ),
    "the neighbour is not the own place": ({"stated": JIA, "applicant": "350203002000"}, "FJFPIS", [HUKOU_YI], YI, "1", "register"),
    "RO4 nobody of that name and number": ({"stated": JIA, "applicant": BING}, "FJFPIS", [], JIA, "3", "stated.unknown"),
    "only the other side is kept": ({"stated": JIA, "applicant": YI}, "FJFPIS", [RESIDENCE_BING], JIA, "3", "stated.unknown"),
    "RO5 what the platform asks goes by the register": (
        {"stated": "350784001000", "applicant": ABROAD}, "PADIS", [HUKOU_YI], YI, "1", "register",
    ),
    "RO5 and without a match by the stated place": (
        {"stated": "350784001000", "applicant": ABROAD}, "PADIS", [], "350784001000", "3", "stated.unknown",
    ),
    "several: the active one": (
        {"stated": JIA, "applicant": BING}, "FJFPIS", [side("1", BING, "2", "2026-01-01T00:00:00+08:00"), HUKOU_YI], YI, "1",
        "register.several",
    ),
    "several active: the latest": (
        {"stated": JIA, "applicant": BING}, "FJFPIS",
        [side("1", "350304001000", updated="2025-02-28T18:00:01+08:00"), HUKOU_YI, side("1", JIA, updated="2024-12-31T23:59:59+08:00")],
        "350304001000", "1", "register.several",
    ),
    "cancelled everywhere": ({"stated": JIA, "applicant": BING}, "FJFPIS", [side("1", YI, "2"), side("1", BING, "3")], JIA, "3", "stated.inactive"),
    "no register": ({"stated": JIA, "applicant": BING}, "FJFPIS", None, JIA, "3", "stated"),
    "R3 the number's digits say nothing": (
        {"stated": JIA, "applicant": BING, "id_no": "350203199005100022"}, "FJFPIS", [], JIA, "3", "stated.unknown",
    ),
}  # fmt: skip


def _decided(asked: dict[str, Any], sender: str, register: list[Fact] | None) -> Any:
    facts = {} if register is None else {"managed": tuple(register)}
    return decide(message(request("XC1", **asked), sender), facts, None)


@pytest.mark.parametrize("name", TABLE)
def test_dispatch(name: str) -> None:
    """Where an enquiry goes, by which rule of CL_RESOLVE, and the reason that is kept with it."""
    asked, sender, register, place, by, why = TABLE[name]
    (send,) = _decided(asked, sender, register).sends
    assert (send.to, send.fill["resolvedToDiv"], send.fill["resolvedBy"], send.reason) == (ToPlace(place), place, by, why)
    assert send.route == "request-to-unit" and send.owes and send.owes.by == place


@pytest.mark.parametrize("register", [None, [], [HUKOU_YI]])
def test_nowhere_but_the_applicants_own(register: list[Fact] | None) -> None:
    """RO3: is the stated place the applicant's own too, there is nowhere to send it: unroutable, for a person to look at."""
    decision = _decided({"stated": YI, "applicant": YI}, "FJFPIS", register)
    assert (decision.sends, decision.ended, decision.reason) == ((), "unroutable", "own-place")


def test_the_province_of_the_resolved_place_counts() -> None:
    """R1: the way follows from where the enquiry is resolved to, not from what it states, in both directions; RO8."""
    (inside,) = _decided({"stated": ABROAD, "applicant": BING}, "FJFPIS", [HUKOU_YI]).sends
    assert (inside.route, inside.to) == ("request-to-unit", ToPlace(YI))
    (across,) = _decided({"stated": JIA, "applicant": BING}, "FJFPIS", [side("1", ABROAD)]).sends
    assert (across.route, across.to, across.fill["resolvedToDiv"]) == ("request-to-padis", ToSystem("padis"), ABROAD)
    (stated,) = _decided({"stated": "360000000000", "applicant": BING}, "FJFPIS", []).sends
    assert (stated.route, stated.fill["resolvedToDiv"]) == ("request-to-padis", "360000000000")
    back = _decided({"stated": JIA, "applicant": ABROAD}, "PADIS", [side("1", ABROAD[:6] + "002000")])
    assert (back.sends, back.ended, back.reason) == ((), "unroutable", "outside")


@pytest.mark.parametrize("system", ["FJFPIS", "XMPIS"])
def test_the_platform_is_told_which_system_asks(system: str) -> None:
    """The origin of an enquiry that crosses the border is the system whose credential it was sent with: answers find back by it."""
    (send,) = decide(message(request("XC1", stated=ABROAD), system), {}, None).sends
    assert send.fill["originSystem"] == system


def test_the_register_is_asked_by_name_and_number() -> None:
    """One need, for enquiries alone, by name and number."""
    (need,) = FLOW.needs
    assert (need.channel, need.lookup, [p.path for p in need.parts]) == (
        "enquiry.request", "people.managed", ["subject/name", "subject/idNo"],
    )  # fmt: skip


def test_every_reason_has_a_sentence() -> None:
    """Each code of the table is explained in Chinese."""
    assert {row[5] for row in TABLE.values()} | {"own-place", "outside"} <= set(REASONS)
    assert all(any("\u4e00" <= c <= "\u9fff" for c in text) for text in REASONS.values())
    assert FLOW.reasons is REASONS
