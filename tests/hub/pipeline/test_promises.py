"""The promises, under a partner that refuses, hangs, loses answers and dies at random: nothing lost, no effect twice, order kept."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

import pytest

from hub.contract.message import show_hub_id
from hub.contract.operation import Operation, OperationClass
from hub.contract.outcome import Delivered, Outcome, Rejected, Released, Unknown
from hub.pipeline.deliver import attempt
from hub.ports.records import Conflict
from tests.flows.enquiry.documents import ELSEWHERE, feedback, request
from tests.hub.pipeline.rig import PADIS, YANPING, ManualClock, Rig

LANES, MESSAGES = 4, 40
ASK_AFTER = 5.0


class Moody:
    """A partner with an effect log. It works late or loses its answer; of class A it knows keys again, of class B it can be asked."""

    def __init__(self, kind: OperationClass, dice: random.Random, clock: ManualClock) -> None:
        self.kind, self.dice, self.clock = kind, dice, clock
        self.effects: list[str] = []
        self.refused: set[str] = set()
        self._late: list[tuple[float, str]] = []

    def deliver(self, _operation: Operation, _document: bytes, key: str) -> Outcome:
        self._catch_up()
        mood = self.dice.random()
        if mood < 0.2:
            return Released("away", retry_after=self.dice.choice([None, 1.0]))
        if mood < 0.25 and key not in self.effects and all(key != late for _, late in self._late):
            self.refused.add(key)
            return Rejected("1001")
        if mood < 0.35:
            return Unknown("cut before the work")
        if mood < 0.45:
            self._late.append((self.clock.now() + self.dice.uniform(0, ASK_AFTER * 999), key))
            return Unknown("timed out, the work goes on")
        self._work(key)
        if mood < 0.6:
            if mood < 0.5:
                raise ConnectionResetError
            return Unknown("answer lost")
        return Delivered()

    def ask(self, _operation: Operation, key: str) -> Outcome:
        self._catch_up()
        if self.dice.random() < 0.2:
            return Unknown("cannot tell")
        return Delivered() if key in self.effects else Rejected("1001") if key in self.refused else Released("nothing")

    def _work(self, key: str) -> None:
        if self.kind is not OperationClass.IDEMPOTENT or key not in self.effects:
            self.effects.append(key)

    def _catch_up(self) -> None:
        done = [key for at, key in self._late if at <= self.clock.now()]
        self._late = [(at, key) for at, key in self._late if at > self.clock.now()]
        for key in done:
            self._work(key)


def _keys(rig: Rig, messages: list[int]) -> list[str]:
    return [f"FJ-{show_hub_id(m)}" for m in messages]


def _drain(rig: Rig, partner: Moody, dice: random.Random, states: Callable[[], set[str]], ends: set[str]) -> None:
    """Attempt at random moments; one claim in seven is never settled, as when the process dies, some wake up late."""
    sleepers = []
    for _ in range(4000):
        if states() <= ends:
            return
        for claimed in rig.claim(PADIS, slots=3, owner=str(dice.random()), lease_ms=20_000):
            if dice.random() < 0.07:
                continue
            outcome, called = attempt(rig.machine, partner, rig.operation(claimed), claimed)
            if dice.random() < 0.07:
                sleepers.append((claimed, outcome, called))
            else:
                rig.settle(claimed, outcome, called=called)
        rig.clock.advance(dice.choice([0.1, 1.0, 4.0, 21.0]))
        if sleepers and dice.random() < 0.3:
            claimed, outcome, called = sleepers.pop()
            with contextlib.suppress(Conflict):
                rig.settle(claimed, outcome, called=called)
    raise AssertionError(f"never quiet: {states()}")


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("kind", list(OperationClass))
def test_promises(rig: Rig, kind: OperationClass, seed: int) -> None:
    """Every accepted message ends; its effect is there at most once, and exactly once where it is called delivered (A and B);
    effects of a lane come in the order of acceptance, behind an unknown one nothing comes.
    """
    dice = random.Random(seed)
    rig.with_operations(kind=kind, ask_after=ASK_AFTER)
    lanes: list[list[int]] = []
    for lane in range(LANES):
        rig.submit("padis", request(f"P{lane}", applicant=ELSEWHERE))
        lanes.append([rig.submit(YANPING, feedback(f"P{lane}", n + 1, origin_system="PADIS")).id for n in range(MESSAGES // LANES)])
    rig.plan()
    messages = [m for lane in lanes for m in lane]
    partner = Moody(kind, dice, rig.clock)

    def states() -> set[str]:
        """The states of the first unfinished delivery of each lane, all of them when nothing holds a lane."""
        found = [[rig.states(m)[1] for m in lane] for lane in lanes]
        return {s for lane in found for s in (lane if "unknown" not in lane else lane[: lane.index("unknown") + 1])}

    _drain(rig, partner, dice, states, {"delivered", "rejected", "unknown"})
    ended = {key: rig.states(m)[1] for key, m in zip(_keys(rig, messages), messages, strict=True)}
    effects = partner.effects
    assert len(effects) == len(set(effects))
    assert {k for k, state in ended.items() if state == "delivered"} <= set(effects)
    assert not {k for k, state in ended.items() if state in ("rejected", "queued")} & set(effects)
    if kind is not OperationClass.NEITHER:
        assert "unknown" not in ended.values() and "queued" not in ended.values()
    for lane in lanes:
        order = [k for k in effects if k in set(_keys(rig, lane))]
        assert order == [k for k in _keys(rig, lane) if k in order]
