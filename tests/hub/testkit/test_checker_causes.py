"""The outside checker on documents that make others: what the truth implies must come of them, once, unaltered, where it belongs."""

from collections.abc import Callable

import pytest

from hub.testkit.checker import check
from tests.hub.testkit.checker_day import (
    D1,
    D2,
    D3,
    D4,
    E2,
    T1,
    T1B,
    T2,
    T2C,
    Day,
    Lines,
    applied,
    change,
    ended,
    expected,
    faulty,
    good_day,
    sent,
    state,
)


def _swap(lines: Lines, one: int, other: int) -> None:
    """Exchange two pairs of call and effect."""
    lines[one : one + 2], lines[other : other + 2] = lines[other : other + 2], lines[one : one + 2]


@pytest.mark.parametrize(
    ("fault", "named", "harm"),
    [
        ("lost", T1B, lambda day: [day["west-received"].pop(9) for _ in range(2)]),
        ("duplicates", T2C, lambda day: day["east-received"].extend(applied(16, **T2C))),
        ("duplicates", T2, lambda day: day["east-received"].extend(applied(17, **T2))),
        ("ghosts", D3, lambda day: day["west-received"].extend(applied(12, **D3))),
        ("ghosts", D1, lambda day: day["west-received"].extend(applied(9, **D1))),
        ("misplaced", T2C, lambda day: day["west-received"].extend([day["east-received"].pop() for _ in range(2)])),
        ("altered", T1, change("west-received", 8, digest="f" * 32)),
        ("order", T1, lambda day: _swap(day["west-received"], 7, 9)),
        ("false_ok", D4, change("health", 9, t="acked", hub="99-0", duplicate=False)),
        ("false_fault", D2, change("health", 5, t="fault", code="Client.Schema")),
    ],
)
def test_each_broken_promise_has_its_name(fault: str, named: dict[str, str], harm: Callable[[Day], object]) -> None:
    """Every kind of broken promise about a cause and its effects, planted into a good day without a chain, has its own name."""
    day = good_day()
    harm(day)

    assert named["id"] in check(day).faults[fault]


def test_what_a_cause_must_make_is_due_when_it_was_taken() -> None:
    """An effect that is missing is a loss when its cause was acknowledged, not when it was refused; filtered is no excuse, dead is."""
    day = good_day()
    del day["west-received"][-2:]

    assert check(day).faults["lost"] == (T2["id"],)
    assert faulty(day, states={"11-0": state("11-0", None, "filtered")}) == {"lost"}
    assert faulty(day, states={"11-0": state("11-0", None, "dead")}) == set()
    day["health"][5] = ended("noanswer", **D2)
    assert faulty(day) == set()


def test_two_causes_of_one_effect_expect_it_once() -> None:
    """A task that two reports expect is due once, and must be as both say."""
    day = good_day()
    day["health"] += [sent("certificate-to-hub", **E2 | {"id": "x:1"}, expects=[expected("west-received", **T2)]),
                      {"t": "acked", "id": "x:1", "hub": "20-0", "duplicate": False}]  # fmt: skip
    assert check(day).ok

    day["health"][-2]["expects"][0]["digest"] = "f" * 32
    assert faulty(day) == {"altered"}


def test_nothing_may_come_of_what_is_kept() -> None:
    """The hub's word that it delivered what must stay without effect contradicts the ledgers."""
    assert faulty(good_day(), states={"12-0": state("12-0", None, "filtered")}) == set()
    assert faulty(good_day(), states={"12-0": state("12-0", "delivered")}) == {"contradicted"}
