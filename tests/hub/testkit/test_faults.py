"""Which calls are spoiled: by probability, count, operation and seed, switched while it runs."""

from __future__ import annotations

import pytest

from hub.testkit.faults import WAYS, Faults
from hub.testkit.spoilers import _IDLE, _WORKED


def test_the_same_seed_hits_the_same_calls() -> None:
    """A campaign can be repeated: seed and faults decide which calls are hit."""
    runs = []
    for _ in range(2):
        faults = Faults()
        faults.set({"slow": {"probability": 0.3}, "500": {"probability": 0.1}}, seed=7)
        runs.append([hit.way if (hit := faults.draw("XC01")) else None for _ in range(200)])
    assert runs[0] == runs[1]
    assert 40 < sum(way == "slow" for way in runs[0]) < 80
    assert 5 < sum(way == "500" for way in runs[0]) < 30


def test_a_count_ends_a_fault() -> None:
    """A fault with a count hits that often and no more; what was injected is shown."""
    faults = Faults()
    faults.set({"hang": {"count": 2}}, seed=None)
    assert [bool(faults.draw("x")) for _ in range(4)] == [True, True, False, False]
    assert faults.shown()["hang"]["injected"] == 2
    faults.set({}, seed=None)
    assert faults.shown() == {}


def test_a_fault_may_be_for_one_operation() -> None:
    """``on`` names the operations that a fault may hit."""
    faults = Faults()
    faults.set({"empty": {"on": ["XC01"]}}, seed=None)
    assert faults.draw("CX01") is None
    hit = faults.draw("XC01")
    assert hit is not None
    assert hit.way == "empty"


def test_an_unknown_way_changes_nothing() -> None:
    """A misspelt fault is refused with the known ones, and the faults in force stay."""
    faults = Faults()
    faults.set({"slow": {}}, seed=None)
    with pytest.raises(ValueError, match="answer_twice"):
        faults.set({"slwo": {}}, seed=None)
    assert list(faults.shown()) == ["slow"]


def test_every_way_is_done_somewhere() -> None:
    """No fault can be ordered that the server does not know how to do."""
    assert {*_IDLE, *_WORKED, "slow"} == set(WAYS)
