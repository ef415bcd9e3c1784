"""Outlets: bounded calls, bulkheads, no slot lost whatever happens; the planner beside them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from hub.backends.sql import deliver
from hub.contract.case import Case
from hub.contract.decision import Decision, Settlement
from hub.contract.operation import Operation, OperationClass
from hub.contract.outcome import Delivered, Outcome, Released
from hub.pipeline.machine import Retry
from hub.ports.promise import Promise
from hub.processes import outlets
from hub.processes.outlets import Outlet
from hub.processes.planner import Planner
from routes.enquiry import rules
from tests.flows.enquiry.documents import ELSEWHERE, feedback, request
from tests.hub.pipeline.rig import PADIS, SIMING, Rig, Script, wait_for


class Gated(Script):
    """A partner whose calls wait until they are let through; ``inside`` counts those under way, ``most`` the most at once."""

    def __init__(self, *outcomes: Outcome | Exception) -> None:
        super().__init__(outcomes or (Delivered(),))
        self.open, self.inside, self.most, self.closed = threading.Event(), 0, 0, False
        self._lock = threading.Lock()

    def deliver(self, operation: Operation, document: bytes, key: str) -> Outcome:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        assert self.open.wait(20)
        with self._lock:
            self.inside -= 1
            return super().deliver(operation, document, key)

    def close(self) -> None:
        self.closed = True


Start = Callable[..., Outlet]


@pytest.fixture
def start(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start an outlet that looks often; stopped when the test ends."""
    monkeypatch.setattr(outlets, "POLL_SECONDS", 0.02)
    rig.machine = replace(rig.machine, retry=Retry(0.001, 0.002))
    running: list[tuple[Outlet, Any]] = []

    def begin(partner: Any, slots: int = 4, operation_of: Any = None) -> Outlet:
        made = Outlet(PADIS, rig.machine, partner, operation_of or rig.operation, slots=slots, owner="test", lease_seconds=30)
        running.append((made, partner))
        return made

    yield begin
    for outlet, partner in running:
        if isinstance(partner, Gated):
            partner.open.set()
        outlet.stop()


def _send(rig: Rig, count: int, *, first: int = 0) -> list[int]:
    ids = [rig.submit(SIMING, request(f"XC{n}", stated=ELSEWHERE)).id for n in range(first, first + count)]
    rig.plan()
    return ids


def _all(rig: Rig, ids: list[int], state: str) -> bool:
    return all(rig.states(i) == ("planned", state) for i in ids)


def test_bounded_and_complete(rig: Rig, start: Start) -> None:
    """Never more calls at once than there are slots; everything is delivered, each once."""
    ids = _send(rig, 20)
    partner = Gated()
    outlet = start(partner, slots=4)
    wait_for(lambda: partner.inside == 4)
    assert len(rig.rows("SELECT 1 FROM delivery WHERE state = 'claimed'")) == 4
    partner.open.set()
    wait_for(lambda: _all(rig, ids, "delivered"))
    assert partner.most == 4
    assert sorted(key for _, key in partner.called) == sorted({key for _, key in partner.called})
    outlet.stop()
    assert partner.closed


@pytest.mark.parametrize("slots", [1, 2])
def test_no_slot_is_lost(rig: Rig, start: Start, slots: int) -> None:
    """After an adapter that raised, a damaged body, an operation that is gone and a rule that failed every slot works again."""
    damaged, gone, failing, *good = _send(rig, 8)
    rig.write(
        "UPDATE delivery_body SET body = zeroblob(99) WHERE delivery_id = (SELECT id FROM delivery WHERE message_id = ?)", damaged
    )

    def operation_of(claimed: Any) -> Operation:
        if claimed.message == gone:
            raise KeyError("gone")
        return rig.operation(claimed)

    def settled(settlement: Settlement, case: Case) -> Decision:
        if case.id == rig.case(failing).id:
            raise LookupError("a bug in a rule")
        return rules.settled(settlement, case)

    rig.with_flow(lambda f: replace(f, settled=settled))
    start(Script([Released("away"), Delivered()]), slots, operation_of)
    wait_for(lambda: _all(rig, [failing, *good], "delivered"))


def test_answer_before_the_settlement(rig: Rig, start: Start) -> None:
    """When the feedback is planned while the call is still under way, the call's outcome is decided again and stands."""
    (asked,) = _send(rig, 1)
    partner = Gated()
    start(partner)
    wait_for(lambda: partner.inside)
    rig.submit("padis", feedback("XC0", unit=ELSEWHERE))
    rig.plan()
    partner.open.set()
    wait_for(lambda: rig.states(asked) == ("planned", "delivered"))
    assert len(partner.called) == 1
    assert rig.case(asked).state == "3"


def test_slots_survive_a_rule_that_fails_the_second_time(rig: Rig, start: Start) -> None:
    """A settlement decided again on a moved case may fail, too: the outcome stands and the slot is free."""
    (asked,) = _send(rig, 1)

    def settled(settlement: Settlement, case: Case) -> Decision:
        if case.state == "3":
            raise LookupError("a bug in a rule")
        return rules.settled(settlement, case)

    rig.with_flow(lambda f: replace(f, settled=settled))
    partner = Gated()
    start(partner, slots=1)
    wait_for(lambda: partner.inside)
    rig.submit("padis", feedback("XC0", unit=ELSEWHERE))
    rig.plan()
    partner.open.set()
    more = _send(rig, 2, first=1)
    wait_for(lambda: _all(rig, [asked, *more], "delivered"))


def test_slots_survive_a_store_that_fails(rig: Rig, start: Start) -> None:
    """When the case cannot be read again for the settlement, the slot is free all the same; the intent stands for later."""
    _send(rig, 1)
    faults = [OperationalError("SELECT", {}, Exception("database is locked"))]

    def locked_once(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.current_thread().name.startswith(PADIS) and "FROM case_file" in statement and faults:
            raise faults.pop()

    event.listen(rig.store.engine, "before_cursor_execute", locked_once)
    partner = Gated()
    start(partner, slots=1)
    wait_for(lambda: partner.inside)
    rig.submit("padis", feedback("XC0", unit=ELSEWHERE))
    rig.plan()
    partner.open.set()
    wait_for(lambda: not faults)
    more = _send(rig, 1, first=1)
    wait_for(lambda: _all(rig, more, "delivered"))


def test_stop_waits_for_calls_under_way(rig: Rig, start: Start) -> None:
    """Stopping claims no more and loses no outcome of a call that was being made."""
    ids = _send(rig, 3)
    partner = Gated()
    outlet = start(partner, slots=1)
    wait_for(lambda: partner.inside)
    stopping = threading.Thread(target=outlet.stop)
    stopping.start()
    partner.open.set()
    stopping.join(20)
    rig.store.close()
    states = [s for (s,) in rig.rows("SELECT state FROM delivery ORDER BY id")]
    assert states == ["delivered", "queued", "queued"] and len(ids) == 3


def test_a_slow_outlet_is_alone(rig: Rig, start: Start) -> None:
    """While one partner hangs with all its slots, another outlet goes on."""
    _send(rig, 6)
    hanging = Gated()
    start(hanging, slots=4)
    wait_for(lambda: hanging.inside == 4)
    inside = rig.submit(SIMING, request("XC99")).id
    rig.plan()
    assert rig.fill_mailboxes() == 1
    assert rig.states(inside) == ("planned", "pending")


def test_wakes_without_polling(rig: Rig, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Being woken is enough: no poll interval has to pass."""
    monkeypatch.setattr(outlets, "POLL_SECONDS", 600)
    outlet = start(Script())
    wait_for(lambda: not outlet._work)
    ids = _send(rig, 1)
    outlet.wake()
    wait_for(lambda: _all(rig, ids, "delivered"))


def test_planner_plans_in_lane_order(rig: Rig) -> None:
    """The planner's thread plans what is ready, tells once something came of it, and keeps the order of every lane."""
    planned = threading.Event()
    work = threading.Event()
    planner = Planner(rig.machine, work, planned.set, 4)
    ids = [rig.submit(SIMING, request(f"XC{n}")).id for n in range(6)]
    answers = [rig.submit("yanping", feedback(f"XC{n % 6}", n // 6 + 1)).id for n in range(12)]
    work.set()
    wait_for(lambda: all(rig.states(i)[0] == "planned" for i in (*ids, *answers)))
    planner.stop()
    assert planned.is_set()
    history = rig.rows(
        "SELECT m.lane_no FROM audit a JOIN message m ON a.object LIKE m.id || '-_' WHERE a.action = 'plan' AND m.lane_id = ? ORDER BY a.no",
        ids[0],
    )
    assert history == [(1,), (2,), (3,)]


def test_planner_outlives_a_store_that_fails(rig: Rig) -> None:
    """While the store fails the work waits; when it is back it is planned."""
    work = threading.Event()
    rig.write("CREATE TRIGGER full BEFORE INSERT ON delivery BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    planner = Planner(rig.machine, work, lambda: None, 4)
    message = rig.submit(SIMING, request("XC1")).id
    work.set()
    wait_for(lambda: not work.is_set())
    assert rig.states(message) == ("accepted",)
    rig.write("DROP TRIGGER full")
    work.set()
    wait_for(lambda: rig.states(message)[0] == "planned")
    planner.stop()


@pytest.mark.parametrize(("kind", "calls"), [(OperationClass.ASKABLE, 4), (OperationClass.NEITHER, 2)])
def test_calls_go_on_while_results_are_written(rig: Rig, start: Start, kind: OperationClass, calls: int) -> None:
    """With a store that writes no result, as many more calls begin as there are slots; none of class C, whose results a crash would lose."""
    ids = _send(rig, 12)
    partner = Gated()
    partner.open.set()
    held: list[Any] = []
    true = rig.store.settle

    def settle(item: Any) -> Promise[None]:
        promise: Promise[None] = Promise()
        held.append((item, promise))
        return promise

    rig.store.settle = settle
    outlet = start(partner, slots=2, operation_of=lambda claimed: replace(rig.operation(claimed), kind=kind))
    wait_for(lambda: len(held) == calls)
    assert outlet._free == 0
    assert len(partner.called) == calls
    assert len(rig.rows("SELECT 1 FROM delivery WHERE state = 'claimed'")) == calls
    rig.store.settle = true
    for item, promise in held:
        true(item).result(10)
        promise.set_result(None)
    wait_for(lambda: _all(rig, ids, "delivered"))
    assert len(partner.called) == 12


def test_a_result_is_written_again(rig: Rig, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that refuses a result twice costs no result: class C is delivered, not unknown, and called once."""
    ids = _send(rig, 3)
    refused: list[int] = []
    true = deliver.settle

    def locked(tx: Any, items: Any) -> Any:
        if len(refused) < 2:
            refused.append(1)
            raise sqlite3.OperationalError("database is locked")
        return true(tx, items)

    monkeypatch.setattr(deliver, "settle", locked)
    partner = Gated()
    partner.open.set()
    start(partner, slots=1, operation_of=lambda claimed: replace(rig.operation(claimed), kind=OperationClass.NEITHER))
    wait_for(lambda: _all(rig, ids, "delivered"))
    assert (len(refused), len(partner.called)) == (2, 3)
