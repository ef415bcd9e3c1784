"""The class of an operation: what it promises about calls in doubt is kept by the system behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from hub.contract.operation import OperationClass
from hub.contract.outcome import Delivered, Outcome, Released, Unknown
from hub.testkit.conformance.bench import SHORT, Bench
from hub.testkit.conformance.calls import GOOD, is_a, outcome
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.delivery import UNANSWERED, deliver
from hub.testkit.conformance.subject import Outbound, Subject
from hub.testkit.conformance.verdict import demand
from hub.testkit.faults import WAYS

_LOST, _NOTHING = {"lose_answer_after_work": {"count": 1}}, {"reset_before_work": {"count": 1}}


def checks(subject: Subject) -> Iterator[Check]:
    """The checks of this theme, by the class declared."""
    for way in subject.outbound:
        name, kind = way.operation.name, way.operation.kind
        if kind is OperationClass.IDEMPOTENT:
            yield Check(f"{name}-class-A-repeated", partial(repeated, way=way))
        elif kind is OperationClass.ASKABLE:
            yield Check(f"{name}-class-B-applied", partial(asked_about_something, way=way))
            yield Check(f"{name}-class-B-nothing", partial(asked_about_nothing, way=way))
            for fault in WAYS:
                yield Check(f"{name}-class-B-ask-{fault}", partial(asked_in_trouble, way=way, fault=fault))
        else:
            yield Check(f"{name}-class-C-never-tells", partial(never_tells, way=way))


def ask(bench: Bench, way: Outbound, key: str, timeout: float | None = None) -> Outcome:
    """One question of the bench's partner."""
    operation = replace(way.operation, timeout=timeout or way.operation.timeout)
    return outcome(f"ask about {operation.name}", lambda: bench.partner.ask(operation, key), operation.timeout)


def repeated(bench: Bench, way: Outbound) -> None:
    """Class A: a key whose answer was lost, sent again, is Delivered and has one effect."""
    key = _in_doubt(bench, way)
    before = bench.calls.effects()
    is_a("the repeated call", deliver(bench, way, key), *GOOD)
    demand(bench.calls.effects() == before, "repeating the key had a second effect")


def asked_about_something(bench: Bench, way: Outbound) -> None:
    """Class B: asked about a key whose answer was lost after the work, the system says Delivered."""
    is_a("the question after the work", ask(bench, way, _in_doubt(bench, way)), Delivered)


def asked_about_nothing(bench: Bench, way: Outbound) -> None:
    """Class B: asked about a key under which nothing was done, the system says Released."""
    key = bench.key()
    bench.spoil(way, _NOTHING)
    is_a("the call that broke before the work", deliver(bench, way, key), Unknown)
    bench.calls.faults({})
    is_a("the question after it", ask(bench, way, key), Released)


def asked_in_trouble(bench: Bench, way: Outbound, fault: str) -> None:
    """Class B: an unclear answer to a question is Unknown; it never says that nothing was done, nor that it was refused."""
    key = bench.key()
    is_a("the call", deliver(bench, way, key), *GOOD)
    bench.calls.faults({fault: {"count": 1, "ms": 50 if fault == "slow" else 12_000}})
    got = ask(bench, way, key, SHORT if fault in UNANSWERED else None)
    bench.calls.faults({})
    wanted = Delivered if fault in ("slow", "answer_twice") else Unknown
    is_a(f"the question under {fault}", got, wanted)


def never_tells(bench: Bench, way: Outbound) -> None:
    """Class C: asked about any key, the adapter says Unknown."""
    is_a("the question after the work", ask(bench, way, _in_doubt(bench, way)), Unknown)
    is_a("the question about a key never used", ask(bench, way, bench.key()), Unknown)


def _in_doubt(bench: Bench, way: Outbound) -> str:
    """A key whose call was applied and whose answer was lost."""
    key = bench.key()
    bench.spoil(way, _LOST)
    is_a("the call whose answer was lost", deliver(bench, way, key), Unknown)
    bench.calls.faults({})
    return key
