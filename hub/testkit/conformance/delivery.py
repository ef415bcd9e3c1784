"""Delivery: whatever the system does to a call, the outcome says truly what may have come of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Final

from hub.contract.outcome import Outcome, Rejected, Released, Unknown
from hub.testkit.conformance.bench import SHORT, Bench
from hub.testkit.conformance.calls import GOOD, is_a, outcome
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.subject import Outbound, Subject
from hub.testkit.conformance.verdict import demand
from hub.testkit.faults import WAYS

EXPECTED: Final[Mapping[str, tuple[tuple[type, ...], int]]] = {
    "slow": (GOOD, 1), "answer_twice": (GOOD, 1), "busy": ((Released,), 0), "reject": ((Rejected,), 0),
    **dict.fromkeys(("hang", "500", "redirect", "reset_before_work"), ((Unknown,), 0)),
    **dict.fromkeys(
        ("garbage", "html", "empty", "truncated", "wrong_encoding", "trickle", "lose_answer_after_work", "late"), ((Unknown,), 1)
    ),
}  # fmt: skip
"""For each way to fail: what the adapter must say, and how many effects the system then has."""
UNANSWERED: Final = frozenset({"hang", "trickle", "late"})
"""Ways that a call ends by its timeout alone."""
_SLOW, _LEAST_TIME = 0.4, 2.0
_SETTINGS: Final[Mapping[str, Mapping[str, int]]] = {"slow": {"ms": 50}, "busy": {"seconds": 7}}


def checks(subject: Subject) -> Iterator[Check]:
    """The checks of this theme."""
    for way in subject.outbound:
        name = way.operation.name
        yield Check(f"{name}-refused", partial(refused, way=way))
        for fault in WAYS:
            yield Check(f"{name}-{fault}", partial(faulty, way=way, fault=fault))
        yield Check(f"{name}-restart", partial(restarted, way=way))
        yield Check(f"{name}-in-flight", partial(in_flight, way=way))


def deliver(bench: Bench, way: Outbound, key: str, timeout: float | None = None) -> Outcome:
    """One call of the bench's partner."""
    operation = replace(way.operation, timeout=timeout or way.operation.timeout)
    document = bench.document(way, key)
    return outcome(operation.name, lambda: bench.partner.deliver(operation, document, key), operation.timeout)


def refused(bench: Bench, way: Outbound) -> None:
    """A connection that is refused is Released: nothing left this machine."""
    key, partner = bench.key(), bench.away()
    document = bench.document(way, key)
    is_a(
        "refused connection",
        outcome("refused", lambda: partner.deliver(way.operation, document, key), way.operation.timeout),
        Released,
    )


def faulty(bench: Bench, way: Outbound, fault: str) -> None:
    """Each fault of the simulator ends in the one outcome that is true of it, with the effects it says; the next call is a good one."""
    wanted, effects = EXPECTED[fault]
    bench.spoil(way, {fault: {"count": 1, **_SETTINGS.get(fault, {})}})
    before = bench.calls.effects()
    got = deliver(bench, way, bench.key(), SHORT if fault in UNANSWERED else None)
    bench.calls.faults({})
    is_a(fault, got, *wanted)
    if isinstance(got, Released):
        demand(got.retry_after == _SETTINGS["busy"]["seconds"], f"{fault}: the time the system named is {got.retry_after}")
    is_a(f"the call after {fault}", deliver(bench, way, bench.key()), *GOOD)
    found = bench.calls.effects() - before - 1
    demand(found == effects, f"{fault}: {found} effects, {effects} expected")


def restarted(bench: Bench, way: Outbound) -> None:
    """A system that was started again is called again, whatever became of the old connections."""
    is_a("the call before the restart", deliver(bench, way, bench.key()), *GOOD)
    bench.calls.stop()
    is_a("the call while it is away", deliver(bench, way, bench.key()), Released)
    bench.calls.start()
    is_a("the call after the restart", deliver(bench, way, bench.key()), *GOOD)


def in_flight(bench: Bench, way: Outbound) -> None:
    """As many calls at once as the operation declares all go through: no pool of the adapter is smaller than that."""
    many = way.operation.max_in_flight
    bench.spoil(way, {"slow": {"ms": _SLOW * 1000}})
    timeout = max(_SLOW * many / 2, _LEAST_TIME)
    with ThreadPoolExecutor(many) as pool:
        outcomes = list(pool.map(lambda key: deliver(bench, way, key, timeout), [bench.key() for _ in range(many)]))
    bench.calls.faults({})
    for got in outcomes:
        is_a("one of many calls", got, *GOOD)
