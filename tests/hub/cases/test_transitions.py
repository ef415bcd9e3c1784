"""Transitions: only declared moves, whatever a rule decides; what changes is written, what does not is left."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cases.transitions import change
from hub.contract.case import CaseType
from hub.contract.decision import Decision, Move, Settles
from hub.contract.errors import FlowError
from hub.ports.records import CaseRow, NewCase

KIND = CaseType(
    "thing",
    {},
    frozenset(),
    {"a": "甲", "b": "乙", "z": "终"},
    "a",
    frozenset({("a", "b"), ("b", "a"), ("b", "z")}),
    frozenset({"z"}),
)
NEW = NewCase(7, "thing", b"k")


def _row(state: str = "a", **data: str) -> CaseRow:
    return CaseRow(7, "thing", state, 0, 3, data)


def _moves(*states: str) -> Decision:
    return Decision(moves=tuple(Move(s, "why") for s in states))


def test_no_case_no_change() -> None:
    """Without a case there is nothing to move."""
    assert change(KIND, None, None, _moves("b")) is None


def test_unmoved_case_is_not_written() -> None:
    """A decision that says nothing about an existing case leaves its version alone."""
    assert change(KIND, _row(), None, Decision()) is None


@pytest.mark.parametrize("decision", [Decision(settles=(Settles("x"),)), Decision(data={"k": "1"})])
def test_facts_and_answers_are_written(decision: Decision) -> None:
    """Facts and answered obligations change a case without moving it."""
    changed = change(KIND, _row(old="0"), None, decision)
    assert changed and changed.version == 3 and changed.moves == () and changed.to_state == "a"
    assert changed.data == {"old": "0", **decision.data}
    assert changed.answered == tuple(s.kind for s in decision.settles)


def test_new_case_starts_at_its_initial_state() -> None:
    """A new case starts where its type says, and may move at once."""
    opened, moved = change(KIND, None, NEW, Decision()), change(KIND, None, NEW, _moves("b", "z"))
    assert opened and (opened.from_state, opened.to_state, opened.version, opened.closes) == ("a", "a", None, False)
    assert moved and (moved.to_state, moved.closes, moved.moves) == ("z", True, (("a", "b", "why"), ("b", "z", "why")))


@pytest.mark.parametrize(("state", "to"), [("a", ("z",)), ("a", ("a",)), ("z", ("a",)), ("a", ("b", "b")), ("a", ("nowhere",))])
def test_undeclared_moves(state: str, to: tuple[str, ...]) -> None:
    """A move that the type does not declare fails the rule; nothing of the decision is written."""
    with pytest.raises(FlowError, match=r"Flow\.RuleFailed"):
        change(KIND, _row(state), None, _moves(*to))


@given(st.sampled_from("abz"), st.lists(st.sampled_from("abzq"), max_size=6))
def test_a_written_path_is_declared(state: str, to: list[str]) -> None:
    """Whatever is decided: the written path starts at the case's state, is unbroken and uses declared moves only."""
    try:
        changed: Any = change(KIND, _row(state), None, _moves(*to))
    except FlowError:
        return
    if changed is None:
        assert to == []
        return
    path = [state, *(b for _, b, _ in changed.moves)]
    assert [a for a, _, _ in changed.moves] == path[:-1]
    assert all((a, b) in KIND.moves for a, b, _ in changed.moves)
    assert (changed.to_state, changed.closes) == (path[-1], path[-1] in KIND.closed)
