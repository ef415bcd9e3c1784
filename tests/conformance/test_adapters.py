"""Every adapter that is found by folder, POPHUB_PATH included, passes the suite of hub/testkit/conformance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from hub.settings import Settings
from hub.testkit.conformance.bench import Bench, bench
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.subject import Subject, subjects
from hub.testkit.conformance.suite import cases

FOUND = subjects(Settings().folders)
CASES = [pytest.param(s, c, id=f"{s.adapter.name}-{c.name}") for s in FOUND for c in cases(s)]


@pytest.fixture(scope="module")
def bench_of() -> Iterator[Callable[[Subject], Bench]]:
    """One bench for each adapter, made when first asked for."""
    with ExitStack() as stack:
        made: dict[str, Bench] = {}

        def get(subject: Subject) -> Bench:
            if subject.adapter.name not in made:
                made[subject.adapter.name] = stack.enter_context(bench(subject))
            return made[subject.adapter.name]

        yield get


@pytest.mark.parametrize(("subject", "check"), CASES)
def test_adapter(
    subject: Subject, check: Check, bench_of: Callable[[Subject], Bench], record_property: pytest.RecordProperty
) -> None:
    """The adapter keeps the rule of the check."""
    said = check.run(bench_of(subject))
    if said:
        record_property(check.name, said)


def test_names_are_unique() -> None:
    """No check hides another: within an adapter every name stands once, and every check states its rule."""
    for subject in FOUND:
        names = [check.name for check in cases(subject)]
        assert len(names) == len(set(names))
        assert all(check.rule.endswith(".") for check in cases(subject))
