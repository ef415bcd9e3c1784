"""The bulkheads of queries: few at a time, nobody queues, a partner that stays away keeps only its own places, one probe at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.padis import ADAPTER
from hub.backends.meter_prometheus import MeterPrometheus
from hub.contract.message import ChannelName
from hub.contract.operation import QueryOperation
from hub.contract.xml import Element, parse
from hub.processes.breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Breaker
from hub.processes.query_desk import QueryDeskPooled
from tests.hub.pipeline.rig import wait_for

SLOW = replace(ADAPTER, name="slow")
OTHER = replace(ADAPTER, name="other")
(OPERATION,) = ADAPTER.queries


class Tap:
    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []

    def step(self, *_: object) -> None: ...

    def event(self, name: str, **facts: Any) -> None:
        self.said.append((name, facts))


class Partner:
    """Answers when it is let; ``inside`` counts the calls that wait."""

    def __init__(self) -> None:
        self.let, self.inside, self.most, self.calls = threading.Event(), 0, 0, 0
        self.lock = threading.Lock()
        self.raises: Exception | None = None

    def query(self, _operation: QueryOperation, _document: bytes, _seconds: float) -> Element:
        with self.lock:
            self.inside, self.calls = self.inside + 1, self.calls + 1
            self.most = max(self.most, self.inside)
        self.let.wait(20)
        with self.lock:
            self.inside -= 1
        if self.raises:
            raise self.raises
        return parse(b"<a/>")

    def close(self) -> None: ...


@pytest.fixture
def partners() -> Iterator[dict[str, Partner]]:
    made = {"slow": Partner(), "other": Partner()}
    made["other"].let.set()
    yield made
    made["slow"].let.set()


def desk(partners: dict[str, Partner], most: int = 12, breaker: Any = Breaker) -> QueryDeskPooled:
    """A desk with two systems, each with so many places."""
    adapters = [replace(a, queries=(replace(OPERATION, max_in_flight=most),)) for a in (SLOW, OTHER)]
    return QueryDeskPooled(adapters, lambda a: partners[a.name], Tap(), breaker)


def test_the_caller_is_free_at_its_deadline_whatever_the_adapter_does(partners: dict[str, Partner]) -> None:
    """An adapter that ignores its time keeps a place of its own system; its caller has gone on time."""
    at = desk(partners, 4)
    seat = at.sit("slow", OPERATION)
    assert seat is not None
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        seat.ask(b"", 0.2)
    assert time.monotonic() - began < 1.5
    seat.leave()
    assert partners["slow"].inside == 1


def test_a_full_partner_sheds_at_once_and_leaves_others_alone(partners: dict[str, Partner]) -> None:
    """The next caller is told so without waiting; callers of another system go on."""
    at = desk(partners, 2)
    taken = [at.sit("slow", OPERATION) for _ in range(3)]
    assert [bool(s) for s in taken] == [True, True, False]
    other = at.sit("other", OPERATION)
    assert other is not None
    assert other.ask(b"", 5).tag == "a"  # type: ignore[union-attr]
    other.leave()


def test_a_place_is_free_only_when_its_thread_is_back(partners: dict[str, Partner]) -> None:
    """Callers come and go; the partner never has more calls than its limit."""
    at = desk(partners, 2, breaker=lambda: Breaker(failures=100))
    for _ in range(2):
        seat = at.sit("slow", OPERATION)
        assert seat is not None
        with pytest.raises(TimeoutError):
            seat.ask(b"", 0.01)
        seat.leave()
    assert at.sit("slow", OPERATION) is None
    partners["slow"].let.set()
    wait_for(lambda: partners["slow"].inside == 0)

    def free() -> bool:
        seat = at.sit("slow", OPERATION)
        if seat:
            seat.leave()
        return seat is not None

    wait_for(free)
    assert partners["slow"].most == 2


def test_a_seat_never_used_is_given_back(partners: dict[str, Partner]) -> None:
    """Who is refused before asking (a cap, a translation) leaves everything as it was."""
    at = desk(partners, 1)
    for _ in range(10):
        seat = at.sit("other", OPERATION)
        assert seat is not None
        seat.leave()


def test_no_time_left_means_not_asked(partners: dict[str, Partner]) -> None:
    """A budget used up before the look is not used for a look."""
    at = desk(partners, 4)
    seat = at.sit("other", OPERATION)
    assert seat is not None
    with pytest.raises(TimeoutError):
        seat.ask(b"", 0.0)
    seat.leave()
    assert partners["other"].calls == 0


def test_after_failures_in_a_row_nobody_is_let_through(partners: dict[str, Partner]) -> None:
    """Then a probe; one at a time; when it works everybody is."""
    now = [0.0]
    partners["other"].raises = OSError("reply.timeout")
    at = desk(partners, 4, breaker=lambda: Breaker(clock=lambda: now[0]))
    for _ in range(FAILURES):
        seat = at.sit("other", OPERATION)
        assert seat is not None
        with pytest.raises(OSError, match=r"reply\.timeout"):
            seat.ask(b"", 5)
        seat.leave()
    assert at.sit("other", OPERATION) is None
    now[0] += FIRST_PAUSE
    partners["other"].raises = None
    probe = at.sit("other", OPERATION)
    assert probe is not None
    assert at.sit("other", OPERATION) is None
    probe.ask(b"", 5)
    probe.leave()
    assert all(at.sit("other", OPERATION) for _ in range(4))


def test_an_adapter_that_raises_is_a_partner_that_gave_no_answer(partners: dict[str, Partner]) -> None:
    """Whatever it raised, with whatever text."""
    partners["other"].raises = KeyError("359901199005100022")
    at = desk(partners, 4)
    seat = at.sit("other", OPERATION)
    assert seat is not None
    with pytest.raises(OSError, match="adapter raised"):
        seat.ask(b"", 5)
    seat.leave()


def test_an_unknown_system_has_no_seat(partners: dict[str, Partner]) -> None:
    """Nobody sits where nobody answers."""
    assert desk(partners, 4).sit("nowhere", replace(OPERATION, query=ChannelName("x.y"))) is None


# -- the breaker alone ---------------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        token = breaker.enter()
        assert token is not None
        breaker.done(token, worked=False)


def test_the_pause_doubles_up_to_its_limit() -> None:
    """Each probe that fails makes the next pause twice as long."""
    clock = Clock()
    breaker = Breaker(failures=3, clock=clock)
    fail(breaker, 3)
    pause = FIRST_PAUSE
    for _ in range(8):
        clock.now += pause - 0.001
        assert breaker.enter() is None
        clock.now += 0.002
        fail(breaker, 1)
        pause = min(pause * 2, LONGEST_PAUSE)
    assert pause == LONGEST_PAUSE


def test_only_failures_in_a_row_open() -> None:
    """An answer in between begins the count again."""
    breaker = Breaker(failures=3)
    for _ in range(5):
        fail(breaker, 2)
        token = breaker.enter()
        assert token is not None
        breaker.done(token, worked=True)
    assert not breaker.open


def test_stragglers_neither_close_nor_prolong() -> None:
    """Calls from before the opening end afterwards: a late answer does not close, a late failure does not prolong."""
    clock = Clock()
    breaker = Breaker(failures=2, clock=clock)
    early = [breaker.enter() for _ in range(4)]
    for token in early[:2]:
        breaker.done(token, worked=False)
    breaker.done(early[2], worked=True)
    breaker.done(early[3], worked=False)
    assert breaker.open
    clock.now = FIRST_PAUSE
    assert breaker.enter() is not None


def test_a_probe_that_was_never_sent_lets_the_next_one_try() -> None:
    """A probe whose caller was refused before asking proves nothing and blocks nothing."""
    clock = Clock()
    breaker = Breaker(failures=1, clock=clock)
    fail(breaker, 1)
    clock.now = FIRST_PAUSE
    probe = breaker.enter()
    breaker.done(probe, None)
    assert breaker.open
    assert breaker.enter() is not None


def test_who_is_refused_is_told_when_to_come_again(partners: dict[str, Partner]) -> None:
    """Full: soon, as every busy answer says. Slow: after the pause, seldom enough that refusing costs nobody else anything."""
    clock = Clock()
    at = desk(partners, 4, breaker=lambda: Breaker(failures=1, first=30.0, clock=clock))
    assert at.retry_after("slow") is None
    seat = at.sit("slow", OPERATION)
    assert seat is not None
    with pytest.raises(TimeoutError):
        seat.ask(b"", 0.01)
    seat.leave()
    assert at.retry_after("slow") == 30
    clock.now = 25
    assert at.retry_after("slow") == 10


def test_what_is_taken_can_be_watched(partners: dict[str, Partner]) -> None:
    """Places, how many of them are taken, and whether the breaker is open, of each system; a call that stays away counts."""
    meter = MeterPrometheus([], ["slow", "other"])
    at = QueryDeskPooled([replace(a, queries=(replace(OPERATION, max_in_flight=2),)) for a in (SLOW, OTHER)],
                         lambda a: partners[a.name], Tap(), lambda: Breaker(failures=1), meter)  # fmt: skip

    def told(name: str, system: str = "slow") -> float | None:
        return meter.registry.get_sample_value(f"pophub_query_{name}", {"adapter": system})

    seat = at.sit("slow", OPERATION)
    assert seat is not None
    assert (told("slots"), told("in_flight"), told("in_flight", "other"), told("breaker_open")) == (2, 1, 0, 0)
    with pytest.raises(TimeoutError):
        seat.ask(b"", 0.05)
    seat.leave()
    assert (told("in_flight"), told("breaker_open"), told("breaker_open", "other")) == (1, 1, 0)
    partners["slow"].let.set()
    wait_for(lambda: told("in_flight") == 0)
