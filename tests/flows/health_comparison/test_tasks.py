"""Where comparisons go, and what a new version does to the task: D1–D3, D6, D7, T4, T5, T18, T36 of the requirements' rules."""

from __future__ import annotations

import pytest

from hub.contract.decision import Decision, ToPlace
from routes.health_comparison.flow import FLOW
from tests.flows.health_comparison.comparisons import HOSPITAL, TOWN_A, TOWN_B, case_of, comparison, message


def _decided(document: bytes) -> Decision:
    return FLOW.decide(message(document), {}, None)


def _moved(decision: Decision) -> list[str]:
    return [move.to for move in decision.moves]


@pytest.mark.parametrize(
    ("side", "route", "place", "system"),
    [
        ("1", "task-to-hukou-unit", TOWN_A, "FJPIS"),
        ("2", "task-to-residence-unit", TOWN_B, "FJFPIS"),
        ("9", "task-to-birthplace", HOSPITAL, "FJPIS"),
    ],
)
def test_distribution(side: str, route: str, place: str, system: str) -> None:
    """D1–D3: 常口 to the unit of hukou, 流口 to that of residence, nobody found to the hospital's township; 15 days each."""
    (send,) = _decided(comparison("Z" if side == "9" else "A", side)).sends
    assert (send.route, send.to) == (route, ToPlace(place, system))
    assert send.owes is not None and (send.owes.limit.rule, send.owes.limit.days, send.owes.by) == ("L8", 15, place)


@pytest.mark.parametrize(("outcome", "side"), [("E", "1"), ("K", "2"), ("R2", "1"), ("F2", "2")])
def test_agreement_closes_by_itself(outcome: str, side: str) -> None:
    """What agrees is nobody's task."""
    decision = _decided(comparison(outcome, side))
    assert (decision.sends, _moved(decision), decision.reason) == ((), ["3"], "agrees")


def test_the_copy_of_a_migrant() -> None:
    """T18: the unit of residence of an in-province migrant gets a copy, also of what agrees, and owes nothing."""
    for outcome, routes in (("E", ["copy-to-residence-unit"]), ("A", ["task-to-hukou-unit", "copy-to-residence-unit"])):
        sends = _decided(comparison(outcome, copy=TOWN_B)).sends
        assert [send.route for send in sends] == routes
        assert (sends[-1].to, sends[-1].owes) == (ToPlace(TOWN_B, "FJFPIS"), None)


def test_the_queue_of_the_province() -> None:
    """D7: what the province decides is delivered to nobody, and no clock runs."""
    decision = _decided(comparison("Q", "9"))
    assert (decision.sends, decision.timers[1:], decision.reason, _moved(decision)) == ((), (), "province-queue", [])


def test_a_new_version_of_an_open_task() -> None:
    """T4: the old version is marked, the task stands anew, once; at the same unit its clock goes on."""
    decision = FLOW.decide(message(comparison("C", version=2)), {}, case_of(comparison("A")))
    assert _moved(decision) == ["6", "1"]
    (send,) = decision.sends
    assert (send.owes, decision.settles, decision.timers, decision.data["outcome"]) == (None, (), (), "C")


def test_a_new_version_for_another_unit() -> None:
    """The old unit owes nothing any more, uncounted; the new one has its own clock."""
    decision = FLOW.decide(message(comparison("F", "2", version=2)), {}, case_of(comparison("A")))
    (send,) = decision.sends
    assert send.owes is not None and send.owes.by == TOWN_B
    assert [(s.kind, s.uncounted) for s in decision.settles] == [("handling", "superseded")]
    assert [timer.name for timer in decision.timers] == ["handling due 2"]


@pytest.mark.parametrize(("first", "then"), [("A", "E"), ("B", "E"), ("F", "K")])
def test_in_agreement_after_all(first: str, then: str) -> None:
    """T5, T36: when the next version agrees the task closes, and nobody owes anything."""
    side = "2" if then == "K" else "1"
    decision = FLOW.decide(message(comparison(then, side, version=2)), {}, case_of(comparison(first, side)))
    assert (_moved(decision), decision.sends) == (["6", "3"], ())
    assert [(s.kind, s.uncounted) for s in decision.settles] == [("handling", "agrees")]


def test_an_old_version_is_ignored() -> None:
    """A version that is not newer changes nothing."""
    decision = FLOW.decide(message(comparison("C", version=1)), {}, case_of(comparison("A")))
    assert (decision.ended, decision.reason, decision.moves) == ("filtered", "older", ())


def test_a_handled_task_stands_anew() -> None:
    """A correction that differs after the task was handled makes it stand again; one that agrees moves nothing."""
    done = case_of(comparison("A"), "3")
    again = FLOW.decide(message(comparison("C", version=2)), {}, done)
    assert _moved(again) == ["6", "1"] and again.sends[0].owes is not None
    assert _moved(FLOW.decide(message(comparison("E", version=2)), {}, done)) == []


def test_overdue_and_archived() -> None:
    """L8: who did not handle in time is overdue, by the clock that counts; a handled task is archived in the end."""
    case = case_of(comparison("A"))
    assert _moved(FLOW.due("handling due 1", case)) == ["4"]
    assert _moved(FLOW.due("handling due 0", case)) == []
    assert _moved(FLOW.due("archive", case)) == []
    assert _moved(FLOW.due("archive", case_of(comparison("E"), "3"))) == ["5"]
