"""Timers: each fires once, when it is due, with what its rule decided; one that fails costs no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from hub.cases.transitions import change
from hub.contract.case import Case
from hub.contract.decision import Decision
from hub.pipeline.planning import case_of
from hub.ports.records import CaseChange, Conflict
from hub.processes import timers
from routes.enquiry import rules
from tests.flows.enquiry.documents import ELSEWHERE, feedback, request
from tests.hub.pipeline.rig import SIMING, ManualClock, Rig, Script, wait_for

DAY = 86_400


@pytest.fixture
def owed(rig: Rig) -> list[int]:
    """Two enquiries whose answers are owed; the hub ids of their messages."""
    ids = [rig.submit(SIMING, request(no, stated=ELSEWHERE)).id for no in ("XC1", "XC2")]
    rig.plan()
    rig.attempt(Script())
    return ids


@pytest.fixture
def running(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The timers' thread, looking often; started by calling it."""
    monkeypatch.setattr(timers, "POLL_SECONDS", 0.01)
    started: list[timers.Timers] = []

    def start(every: Any = lambda: None) -> timers.Timers:
        started.append(timers.Timers(rig.machine, every))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def _due(rig: Rig) -> list[tuple[int, int, str]]:
    return list(rig.store.due_timers(rig.clock.now(), 10))


def _moved(rig: Rig, message: int) -> CaseChange | None:
    row = rig.case(message)
    flow = rig.machine.catalogue.flow_of["enquiry.request"]
    assert flow.case
    return change(flow.case, row, None, flow.due("feedback due", case_of(row)))


def _overdue(rig: Rig, message: int) -> str | None:
    return rig.case(message).data.get("overdue")


def test_due_at_the_due_date(rig: Rig, owed: list[int]) -> None:
    """A timer that waits for an obligation is due at that due date, not a moment before."""
    due = rig.whole(owed[0]).obligations[0]["due_at"]
    rig.clock.advance((due - 1 - rig.clock.now()) / 1000)
    assert _due(rig) == []
    rig.clock.advance(0.001)
    assert [name for _, _, name in _due(rig)] == ["feedback due"] * 2


def test_fires_once(rig: Rig, owed: list[int], clock: ManualClock) -> None:
    """A timer fired by one engine is refused to another; what its rule decided happens once."""
    rig.clock.advance(40 * DAY)
    (timer, _, _), _ = _due(rig)
    moved = _moved(rig, owed[0])
    other = Rig(rig.home, clock)
    rig.store.fire(timer, moved).result(5)
    for again in (moved, None):
        with pytest.raises(Conflict):
            other.store.fire(timer, again).result(5)
    other.close()
    assert rig.case(owed[0]).version == (moved.version or 0) + 1 if moved else False
    assert len(_due(rig)) == 1


def test_marks_the_unanswered_overdue(rig: Rig, owed: list[int], running: Any) -> None:
    """An enquiry without feedback is overdue at its due date; an answered one is not, and its timer goes quietly."""
    rig.submit("padis", feedback("XC2", unit=ELSEWHERE))
    rig.plan()
    rig.clock.advance(40 * DAY)
    running()
    wait_for(lambda: not _due(rig))
    assert (_overdue(rig, owed[0]), _overdue(rig, owed[1])) == ("1", None)
    assert rig.case(owed[0]).state == "2"


def test_case_that_moved_meanwhile(rig: Rig, owed: list[int]) -> None:
    """A timer decided on an old state of its case is refused as a whole and stays due."""
    rig.clock.advance(40 * DAY)
    moved = _moved(rig, owed[0])
    rig.submit("padis", feedback("XC1", unit=ELSEWHERE))
    rig.plan()
    with pytest.raises(Conflict, match="case"):
        rig.store.fire(_due(rig)[0][0], moved).result(5)
    assert len(_due(rig)) == 2 and _overdue(rig, owed[0]) is None


def test_broken_rule_costs_no_other_timer(rig: Rig, owed: list[int], running: Any) -> None:
    """A rule that raises for one case leaves that timer for later; the others fire."""
    broken = rig.case(owed[0]).id

    def due(name: str, case: Case) -> Decision:
        if case.id == broken:
            raise LookupError("a bug in a rule")
        return rules.due(name, case)

    rig.with_flow(lambda f: replace(f, due=due))
    rig.clock.advance(40 * DAY)
    running()
    wait_for(lambda: _overdue(rig, owed[1]))
    assert [case for _, case, _ in _due(rig)] == [broken]


def test_broken_pulse_stops_no_timer(rig: Rig, owed: list[int], running: Any) -> None:
    """Whatever else hangs on the timers' pulse may fail: they fire."""
    rig.clock.advance(40 * DAY)
    running(lambda: 1 / 0)
    wait_for(lambda: not _due(rig))


def test_settled_twice_dates_once(rig: Rig, owed: list[int]) -> None:
    """The base of an obligation, once there, is not moved by anything that comes later."""
    base = rig.whole(owed[0]).obligations[0]["base"]
    rig.clock.advance(DAY)
    rig.submit("padis", feedback("XC1", unit=ELSEWHERE))
    rig.plan()
    rig.fill_mailboxes()
    assert rig.whole(owed[0]).obligations[0]["base"] == base
