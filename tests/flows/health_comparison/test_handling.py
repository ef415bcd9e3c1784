"""What a handling may be, and what it brings with it: the requirements' table (HD1–HD5), every outcome with every handling."""

from __future__ import annotations

import pytest

from hub.contract.decision import Decision
from routes.health_comparison.flow import FLOW
from tests.flows.health_comparison.comparisons import TOWN_B, case_of, comparison, handling, message

REF = {"ref": "DJ1"}


def _handled(of: bytes, by: bytes, sender: str = "unit") -> Decision:
    return FLOW.decide(message(by, sender), {}, case_of(of))


HD = {
    "HD1": (comparison("C"), handling("5", "4"), "handled"),
    "HD2": (comparison("A"), handling("4", ref="DJ1"), "not-allowed"),
    "HD3": (comparison("G", "2", birthday="true"), handling("1", "1"), "handled"),
    "HD3, younger": (comparison("G", "2", birthday="false"), handling("1", "1"), "birthday-not-reached"),
    "HD4": (comparison("Z", "9"), handling("7", letter="GW1"), "handled"),
    "HD4, no letter": (comparison("Z", "9"), handling("7", "2"), "letter-missing"),
    "HD5": (comparison("Z", "9", father=False), handling("7", "2"), "handled"),
    "HD5, no reason": (comparison("Z", "9", father=False), handling("7"), "reason-missing"),
    "added without reference": (comparison("A"), handling("2"), "reference-missing"),
    "added": (comparison("F", "2"), handling("2", ref="DJ1"), "handled"),
    "not mine, without reason": (comparison("A"), handling("3"), "reason-missing"),
    "not mine": (comparison("A"), handling("3", "1"), "handled"),
    "not mine, reason of another list": (comparison("A"), handling("3", "5"), "reason-missing"),
    "corrected": (comparison("B"), handling("4", ref="DJ1"), "handled"),
    "health wrong, reason of no list": (comparison("B"), handling("5", "8"), "reason-missing"),
    "registered": (comparison("Z", "9"), handling("6", ref="DJ1"), "handled"),
    "before the stay, another event": (comparison("FP", "2"), handling("1", "9"), "handled"),
    "nobody handles what the province decides": (comparison("Q", "9"), handling("2", ref="DJ1"), "not-allowed"),
}  # fmt: skip


@pytest.mark.parametrize("name", HD)
def test_worked_cases(name: str) -> None:
    """A handling that the table allows, with what it needs, ends the task; any other changes nothing, and says why."""
    of, by, reason = HD[name]
    decision = _handled(of, by)
    assert decision.reason == reason
    done = reason == "handled"
    assert [move.to for move in decision.moves] == (["3"] if done else [])
    assert decision.ended == (None if done else "filtered")
    assert [s.kind for s in decision.settles] == (["handling"] if done else [])


@pytest.mark.parametrize(
    ("outcomes", "allowed"),
    [(("A", "F", "R0", "F0"), "23"), (("G", "FP"), "123"), (("B", "C", "D", "H", "I", "J", "R1", "F1"), "45"), (("Z",), "67"), (("Q",), "")],
)  # fmt: skip
def test_every_outcome_with_every_handling(outcomes: tuple[str, ...], allowed: str) -> None:
    """Each outcome allows the handlings of the table and no other."""
    for outcome in outcomes:
        for code in "1234567":
            decision = _handled(comparison(outcome, "2"), handling(code, "1", ref="DJ1", letter="GW1"))
            assert (decision.reason != "not-allowed") == (code in allowed), (outcome, code)


def test_only_the_unit_that_has_it() -> None:
    """Another spoke's handling changes nothing."""
    decision = _handled(comparison("A"), handling("2", ref="DJ1"), sender="stranger")
    assert (decision.ended, decision.reason, decision.moves) == ("filtered", "not-assigned", ())


def test_without_a_task() -> None:
    """A handling of something that is no task, or no more, changes nothing."""
    by = message(handling("2", ref="DJ1"))
    assert FLOW.decide(by, {}, None).reason == "no-task"
    for state in ("3", "5"):
        assert FLOW.decide(by, {}, case_of(comparison("A"), state)).reason == "closed-already"


def test_the_unit_with_a_copy_hears_of_it() -> None:
    """Who had a copy learns how the task ended."""
    (send,) = _handled(comparison("A", copy=TOWN_B), handling("2", ref="DJ1")).sends
    assert (send.route, send.to.division, send.to.system) == ("handling-to-residence-unit", TOWN_B, "FJFPIS")  # type: ignore[union-attr]
