"""The suite sees: each planted fault of a confirmed feed, or of a service, turns the check red that is there for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hub.contract.adapter import Adapter, Feed, FeedPage, ItemResult
from hub.contract.service import Push
from hub.testkit.conformance.bench import Bench, bench
from hub.testkit.conformance.subject import subjects
from hub.testkit.conformance.suite import cases
from hub.testkit.conformance.verdict import Failed
from tests.conformance.test_suite_can_fail import Lying, Planted, hearing

HEALTH = next(s for s in subjects(()) if s.adapter.name == "health")


class Honest(Lying):
    """Passes confirmations on."""

    def confirm(self, feed: Feed, results: Sequence[ItemResult]) -> None:
        self.true.confirm(feed, results)  # type: ignore[attr-defined]


class Silent(Lying):
    """Says that it confirmed, and did not."""

    def confirm(self, feed: Feed, results: Sequence[ItemResult]) -> None:
        """Nothing is written back."""


class Kind(Lying):
    """Tells the system that everything was taken."""

    def confirm(self, feed: Feed, results: Sequence[ItemResult]) -> None:
        self.true.confirm(feed, [ItemResult(one.serial, accepted=True) for one in results])  # type: ignore[attr-defined]


class Trusting(Honest):
    """Takes the cursor for what was confirmed."""

    def poll(self, feed: Feed, cursor: str) -> FeedPage:
        return FeedPage((), cursor) if cursor else self.true.poll(feed, cursor)


def away(got: object) -> object:
    """Takes a system that is away for one that has nothing."""
    return FeedPage((), "") if isinstance(got, OSError) else got


def backwards(got: object) -> object:
    """Gives small pages in the wrong order."""
    return replace(got, items=got.items[::-1]) if isinstance(got, FeedPage) and len(got.items) == 2 else got


def pushing(**changed: object) -> Callable[[Adapter], Adapter]:
    """A service whose pushes are declared otherwise."""

    def change(true: Adapter) -> Adapter:
        pushes = {n: replace(p, **changed) for s in true.services for n, p in s.operations.items() if isinstance(p, Push)}  # type: ignore[arg-type]
        return replace(true, services=tuple(replace(service, operations=pushes) for service in true.services))

    return change


_PUSH = next(p for s in HEALTH.adapter.services for p in s.operations.values() if isinstance(p, Push))
PLANTS: Mapping[str, tuple[Callable[[Adapter], Adapter], str]] = {
    "nothing written back": (hearing(lambda got: got, Silent), "feed-vaccinations-comes-again"),
    "refusals told as taken": (hearing(lambda got: got, Kind), "feed-vaccinations-says-what-became-of-it"),
    "the cursor trusted": (hearing(lambda got: got, Trusting), "feed-vaccinations-comes-again"),
    "a partner that cannot confirm": (hearing(lambda got: got), "feed-vaccinations-comes-again"),
    "away taken for empty": (hearing(away, Honest), "feed-vaccinations-away"),
    "small pages backwards": (hearing(backwards, Honest), "feed-vaccinations-pages"),
    "one key for every push": (pushing(message_id=lambda _: "1"), "health-push-PushDelivery-taken"),
    "no key": (pushing(message_id=lambda _: None), "health-push-PushDelivery-taken"),
    "a repeated push answered as a new one": (
        pushing(answer=lambda own, said: _PUSH.answer(own, replace(said, duplicate=False))),
        "health-push-PushDelivery-answered",
    ),
    "an answer of another schema": (pushing(answer=lambda own, _: own), "health-push-PushDelivery-answered"),
}
"""What is planted, and the check that must see it."""


@pytest.fixture(scope="module")
def good() -> Iterator[Bench]:
    """A good bench, whose simulator the planted ones share."""
    with bench(HEALTH) as made:
        yield made


@pytest.mark.parametrize("plant", PLANTS)
def test_planted_fault_is_seen(plant: str, good: Bench, tmp_path: Path) -> None:
    """A check passes with the true adapter and fails with the planted one."""
    change, name = PLANTS[plant]
    planted = Planted(replace(HEALTH, adapter=change(HEALTH.adapter)), tmp_path, good)
    check = next(c for c in cases(planted.subject) if c.name == name)
    try:
        with pytest.raises(Failed):
            check.run(planted)
        if plant not in ("nothing written back", "a partner that cannot confirm"):
            next(c for c in cases(HEALTH) if c.name == name).run(good)
    finally:
        planted.close()
