"""The suite sees: each planted fault of an adapter turns the check red that is there for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from hub.contract.adapter import Adapter, Feed, FeedPage, Partner
from hub.contract.batch import Head
from hub.contract.message import ChannelName
from hub.contract.operation import Operation, OperationClass
from hub.contract.outcome import Delivered, Outcome, PerRecord, Rejected, Released, Unknown
from hub.contract.xml import Element
from hub.testkit.conformance.bench import Bench, bench
from hub.testkit.conformance.subject import Subject, subjects
from hub.testkit.conformance.suite import cases
from hub.testkit.conformance.verdict import Failed

PADIS, ECERT = (next(s for s in subjects(()) if s.adapter.name == name) for name in ("padis", "ehycert"))


@dataclass
class Lying:
    """A partner whose words are changed on the way; ``hear`` gets what the true one said."""

    true: Partner
    hear: Callable[[object], object]

    def deliver(self, operation: Operation, document: bytes, key: str) -> Outcome:
        return self.hear(self.true.deliver(operation, document, key))  # type: ignore[return-value]

    def ask(self, operation: Operation, key: str) -> Outcome:
        return self.hear(self.true.ask(operation, key))  # type: ignore[return-value]

    def poll(self, feed: Feed, cursor: str) -> FeedPage:
        try:
            page: object = self.true.poll(feed, cursor)
        except OSError as fault:
            page = fault
        heard = self.hear(page)
        if isinstance(heard, OSError):
            raise heard
        return heard  # type: ignore[return-value]

    def close(self) -> None:
        self.true.close()


class Twice(Lying):
    """Calls again by itself when it got no clear answer."""

    def deliver(self, operation: Operation, document: bytes, key: str) -> Outcome:
        got = self.true.deliver(operation, document, key)
        return self.true.deliver(operation, document, key) if isinstance(got, Unknown) else got


class Asked(Lying):
    """A lying partner that can be asked about tickets."""

    def collect(self, operation: Operation, ticket: str) -> Outcome:
        return self.hear(self.true.collect(operation, ticket))  # type: ignore[return-value, attr-defined]

    def deliver(self, operation: Operation, document: bytes, key: str) -> Outcome:
        return self.true.deliver(operation, document, key)


class Renaming(Asked):
    """Gives each upload a batch number of its own."""

    numbers = count(1)

    def deliver(self, operation: Operation, document: bytes, key: str) -> Outcome:
        renamed = re.sub(b"<BATCH_NO>[^<]+", f"<BATCH_NO>R{next(self.numbers)}".encode(), document)
        return self.true.deliver(operation, renamed, key)


class Framer:
    """A framing translator with a memory: each part differs."""

    version = "1.0"

    def __init__(self) -> None:
        self._numbers = count(1)
        self.from_canonical = ECERT.adapter.translator.from_canonical
        self.to_canonical = ECERT.adapter.translator.to_canonical

    def frame(self, channel: ChannelName, head: Head, records: Sequence[Element]) -> Element:
        return ECERT.adapter.translator.frame(channel, replace(head, parts=next(self._numbers)), records)  # type: ignore[attr-defined, no-any-return]


class Forgetful:
    """A translator with a memory: each result differs."""

    version = "1.0"

    def __init__(self) -> None:
        self._numbers = count()

    def to_canonical(self, channel: ChannelName, own: Element) -> Element:
        return PADIS.adapter.translator.to_canonical(channel, own)

    def from_canonical(self, channel: ChannelName, view: Element) -> Element:
        own = PADIS.adapter.translator.from_canonical(channel, view)
        own[0].tail = " " * next(self._numbers)
        return own


class Meddling(Forgetful):
    """A translator that changes what it is given."""

    def from_canonical(self, channel: ChannelName, view: Element) -> Element:
        own = PADIS.adapter.translator.from_canonical(channel, view)
        view[0].text = "changed"
        return own


def hearing(hear: Callable[[object], object], kind: type[Lying] = Lying) -> Callable[[Adapter], Adapter]:
    """An adapter whose partner lies."""
    return lambda true: replace(true, connect=lambda given: kind(true.connect(given), hear))


def instead(kind: type, other: Callable[[], object]) -> Callable[[object], object]:
    """Hears another thing in place of one kind."""
    return lambda got: other() if isinstance(got, kind) else got


def raising(got: object) -> object:
    """Raises where an Unknown should be said."""
    if isinstance(got, Unknown):
        raise OSError("no answer")
    return got


def lossy(got: object) -> object:
    """Passes over the last item of each page."""
    return replace(got, items=got.items[:-1]) if isinstance(got, FeedPage) else got


def operations(**changed: object) -> Callable[[Adapter], Adapter]:
    """An adapter whose operations are declared otherwise."""
    return lambda true: replace(true, operations=tuple(replace(one, **changed) for one in true.operations))  # type: ignore[arg-type]


def indulgent(true: Adapter) -> Adapter:
    """Ignores settings it does not know."""
    known = true.settings or {}
    return replace(true, connect=lambda given: true.connect({k: v for k, v in given.items() if k in known}))


PLANTS: Mapping[str, tuple[Callable[[Adapter], Adapter], str]] = {
    "a lost answer taken for nothing sent": (
        hearing(instead(Unknown, lambda: Released("x"))),
        "submit_request-lose_answer_after_work",
    ),
    "a web page taken for success": (hearing(instead(Unknown, Delivered)), "submit_request-html"),
    "an unclear answer taken for a refusal": (hearing(instead(Unknown, lambda: Rejected("x"))), "submit_request-500"),
    "an exception instead of an outcome": (hearing(raising), "submit_request-hang"),
    "a refusal tried again": (hearing(instead(Rejected, lambda: Released("x"))), "submit_request-reject"),
    "a busy partner's time forgotten": (hearing(instead(Released, lambda: Released("x"))), "submit_request-busy"),
    "calling again by itself": (hearing(lambda got: got, Twice), "submit_request-lose_answer_after_work"),
    "an unclear answer to a question taken for no": (
        hearing(instead(Unknown, lambda: Released("x"))),
        "submit_request-class-B-ask-html",
    ),
    "class A declared of a system that works twice": (
        operations(kind=OperationClass.IDEMPOTENT),
        "submit_request-class-A-repeated",
    ),
    "class C declared of a system that tells": (operations(kind=OperationClass.NEITHER), "submit_request-class-C-never-tells"),
    "one connection for sixteen calls": (
        lambda true: replace(true, connect=lambda given: true.connect({**given, "connections": "1"})),
        "submit_request-in-flight",
    ),
    "a bad page taken for an empty one": (hearing(instead(OSError, lambda: FeedPage((), ""))), "feed-download-under-truncated"),
    "an item passed over": (hearing(lossy), "feed-download-pages"),
    "a translator with a memory": (lambda true: replace(true, translator=Forgetful()), "translator-pure"),
    "a translator that changes its input": (lambda true: replace(true, translator=Meddling()), "translator-pure"),
    "an encoding that loses characters": (lambda true: replace(true, encoding="utf-7"), "encoding"),
    "an unknown setting ignored": (indulgent, "manifest-refuses-unknown-setting"),
    "no word about limits": (lambda true: replace(true, limits=""), "manifest-names"),
}
"""What is planted, and the check that must see it."""
TICKETS: Mapping[str, tuple[Callable[[Adapter], Adapter], str]] = {
    "an unclear answer to a question taken for lost work": (
        hearing(instead(Released, lambda: Released("x", resend=True)), Asked),
        "upload-ticket-asked-while-spoiled",
    ),
    "an unclear answer to a question passed on": (
        hearing(instead(Released, lambda: Unknown("x")), Asked),
        "upload-ticket-asked-while-spoiled",
    ),
    "a partner that is away taken for one that lost the work": (
        hearing(instead(Released, lambda: Released("x", resend=True)), Asked),
        "upload-ticket-restarted",
    ),
    "a record left out of the results": (
        hearing(lambda got: replace(got, results=got.results[1:]) if isinstance(got, PerRecord) else got, Asked),
        "upload-ticket-collected",
    ),
    "results that differ each time": (
        hearing(lambda got: replace(got, effective_at=datetime.now(UTC)) if isinstance(got, PerRecord) else got, Asked),
        "upload-ticket-collected",
    ),
    "a ticket never given taken for done": (
        hearing(instead(Released, lambda: PerRecord(())), Asked),
        "upload-ticket-unknown",
    ),
    "tickets that cannot be asked about": (hearing(lambda got: got), "upload-ticket-collected"),
    "a new batch number with each call": (hearing(lambda got: got, Renaming), "upload-class-A-repeated"),
    "framing with a memory": (lambda true: replace(true, translator=Framer()), "upload-frame"),
}
"""The same for an operation that is answered later."""


@pytest.fixture(scope="module")
def simulators() -> Iterator[Callable[[Subject], Bench]]:
    """Good benches, whose simulators the planted ones share."""
    with ExitStack() as stack:
        made: dict[str, Bench] = {}

        def get(subject: Subject) -> Bench:
            if subject.adapter.name not in made:
                made[subject.adapter.name] = stack.enter_context(bench(subject))
            return made[subject.adapter.name]

        yield get


@pytest.mark.parametrize("plant", [*PLANTS, *TICKETS])
def test_planted_fault_is_seen(plant: str, simulators: Callable[[Subject], Bench], tmp_path: Path) -> None:
    """A check passes with the true adapter and fails with the planted one."""
    subject = PADIS if plant in PLANTS else ECERT
    change, name = {**PLANTS, **TICKETS}[plant]
    good = simulators(subject)
    planted = Planted(replace(subject, adapter=change(subject.adapter)), tmp_path, good)
    kind = next(c for c in cases(planted.subject) if c.name == name)
    try:
        with pytest.raises(Failed):
            kind.run(planted)
    finally:
        good.calls.faults({})
        good.feed.faults({})
        planted.close()


class Planted(Bench):
    """A bench with another adapter on the simulators of a good one."""

    def __init__(self, subject: Subject, place: Path, good: Bench) -> None:
        super().__init__(subject, place)
        self._good = good

    @property
    def calls(self):  # type: ignore[no-untyped-def, override]
        return self._good.calls

    @property
    def feed(self):  # type: ignore[no-untyped-def, override]
        return self._good.feed

    def key(self) -> str:
        return self._good.key()
