"""Where a notice goes: to the hukou side by the register first, then by the stated place. The table is written by hand from the requirements."""

from __future__ import annotations

from typing import Any

import pytest

from hub.contract.decision import ToPlace, ToSystem
from hub.contract.lookup import Fact
from routes.notice.flow import FLOW
from routes.notice.reasons import REASONS
from routes.notice.rules import decide
from tests.flows.notice.notes import ELSEWHERE, message, notice

JIA, YI, BING = "350102001000", "350203001000", "350702001000"
"""甲, 乙, 丙."""


def side(of: str, place: str, status: str = "1", updated: str = "2025-02-28T18:00:00+08:00") -> Fact:
    """One side of the register on which the woman is kept."""
    return {"side": of, "managedType": {"1": "4", "2": "3"}[of], "managedDiv": place, "recordStatus": status, "updateTime": updated}


HUKOU_YI, RESIDENCE_BING = side("1", YI), side("2", BING)
TABLE: dict[str, tuple[dict[str, str], str, list[Fact] | None, str, str, str]] = {
    # name: (notice, sender, register, place, CL_RESOLVE, reason)
    "R2 to the hukou side": ({"hukou": JIA, "unit": BING}, "FJFPIS", [HUKOU_YI, RESIDENCE_BING], YI, "1", "register"),
    "RO3 not the place that tells": ({"hukou": JIA, "unit": YI}, "FJFPIS", [HUKOU_YI], JIA, "3", "stated.own-place"),
    "RO3 by its first nine digits": ({"hukou": JIA, "unit": "350203001005"}, "FJFPIS", [HUKOU_YI], JIA, "3", "stated.own-place"),
    "its neighbour is another place": ({"hukou": JIA, "unit": "350203002000"}, "FJFPIS", [HUKOU_YI], YI, "1", "register"),
    "RO4 nobody of that name and number": ({"hukou": JIA, "unit": BING}, "FJFPIS", [], JIA, "3", "stated.unknown"),
    "kept on the residence side alone": ({"hukou": JIA, "unit": YI}, "FJFPIS", [RESIDENCE_BING], JIA, "3", "stated.unknown"),
    "RO5 what the platform tells goes by the register": ({"hukou": "350784001000", "unit": ELSEWHERE}, "PADIS", [HUKOU_YI], YI, "1", "register"),
    "RO5 and without a match by the stated place": (
        {"hukou": "350784001000", "unit": ELSEWHERE}, "PADIS", [], "350784001000", "3", "stated.unknown",
    ),
    "several: the active one updated last": (
        {"hukou": JIA, "unit": BING}, "FJFPIS",
        [side("1", "350304001000", "2", "2026-01-01T00:00:00+08:00"), HUKOU_YI, side("1", JIA, updated="2024-12-31T23:59:59+08:00")],
        YI, "1", "register.several",
    ),
    "cancelled": ({"hukou": JIA, "unit": BING}, "FJFPIS", [side("1", YI, "2")], JIA, "3", "stated.inactive"),
    "no register": ({"hukou": JIA, "unit": BING}, "FJFPIS", None, JIA, "3", "stated"),
    "R3 the number's digits say nothing": (
        {"hukou": JIA, "unit": BING, "id_no": "350203199005100022"}, "FJFPIS", [], JIA, "3", "stated.unknown",
    ),
}  # fmt: skip


def _decided(told: dict[str, Any], sender: str, register: list[Fact] | None) -> Any:
    facts = {} if register is None else {"managed": tuple(register)}
    return decide(message(notice("TB1", **told), sender), facts, None)


@pytest.mark.parametrize("name", TABLE)
def test_dispatch(name: str) -> None:
    """Where a notice goes, by which rule of CL_RESOLVE, the reason that is kept, and that the receiver owes a receipt by L5 (30 C)."""
    told, sender, register, place, by, why = TABLE[name]
    (send,) = _decided(told, sender, register).sends
    assert (send.to, send.fill["resolvedToDiv"], send.fill["resolvedBy"], send.reason) == (ToPlace(place), place, by, why)
    assert (send.route, send.fill["originSystem"]) == ("notice-to-unit", sender)
    assert send.owes and (send.owes.by, send.owes.limit.rule, send.owes.limit.days, send.owes.limit.unit) == (place, "L5", 30, "C")


@pytest.mark.parametrize("register", [None, [], [HUKOU_YI]])
def test_nowhere_but_the_own_place(register: list[Fact] | None) -> None:
    """RO3: is the stated place that of the teller too, there is nowhere to send it: unroutable, for a person to look at."""
    decision = _decided({"hukou": YI, "unit": YI}, "FJFPIS", register)
    assert (decision.sends, decision.ended, decision.reason) == ((), "unroutable", "own-place")


def test_the_province_of_the_resolved_place_counts() -> None:
    """R1, RO8: the way follows from where the notice is resolved to, in both directions; another province's woman is not ours to tell."""
    (inside,) = _decided({"hukou": ELSEWHERE, "unit": BING}, "FJFPIS", [HUKOU_YI]).sends
    assert (inside.route, inside.to) == ("notice-to-unit", ToPlace(YI))
    (across,) = _decided({"hukou": JIA, "unit": BING}, "FJFPIS", [side("1", ELSEWHERE)]).sends
    assert (across.route, across.to, across.fill["resolvedToDiv"]) == ("notice-to-padis", ToSystem("padis"), ELSEWHERE)
    (stated,) = _decided({"hukou": "360000000000", "unit": BING}, "XMPIS", []).sends
    assert (stated.route, stated.fill["originSystem"]) == ("notice-to-padis", "XMPIS")
    back = _decided({"hukou": ELSEWHERE, "unit": "440106001000"}, "PADIS", [])
    assert (back.sends, back.ended, back.reason) == ((), "unroutable", "outside")


def test_the_register_is_asked_by_name_and_number() -> None:
    """One need, for notices alone, by name and number; every reason has its sentence."""
    (need,) = FLOW.needs
    assert (need.channel, need.lookup, [p.path for p in need.parts]) == (
        "notice.contraception", "people.managed", ["subject/name", "subject/idNo"],
    )  # fmt: skip
    assert {row[5] for row in TABLE.values()} | {"own-place", "outside"} <= set(REASONS)
    assert FLOW.reasons is REASONS
