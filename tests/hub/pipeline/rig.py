"""The machine as the tests drive it: submit, plan and deliver by hand, one step at a time, over the real store."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from hub import assembly
from hub.backends.sql.read import Whole, whole
from hub.backends.sql.status import MessageStatusSql
from hub.catalogue import Catalogue
from hub.contract.adapter import Adapter, Feed, FeedPage
from hub.contract.flow import Flow
from hub.contract.operation import Operation
from hub.contract.outcome import Delivered, Outcome
from hub.contract.xml import parse
from hub.pipeline.deliver import attempt
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine
from hub.pipeline.order import plan, receive
from hub.pipeline.settle import settlement
from hub.ports.message_status import Status
from hub.ports.records import Accepted, CaseRow, Claimed, ToPlan
from hub.settings import Settings, SpokeSettings
from hub.spokes.mailbox import MailboxPartner
from hub.spokes.operation import spoke_operation

CHANNELS = [
    "enquiry.request", "enquiry.feedback", "enquiry.return", "enquiry.withdraw", "enquiry.withdrawn",
    "notice.contraception", "notice.contraception_receipt",
]  # fmt: skip
QUERIES = ["enquiry.status", "enquiry.case", "notice.status"]
SIMING, YANPING, JIANYANG = "siming", "yanping", "jianyang"
SPOKES = [
    SpokeSettings(name=name, title=title, system="FJFPIS", sends=CHANNELS, receives=CHANNELS, asks=QUERIES, places=[place])
    for name, title, place in ((SIMING, "思明", "350203"), (YANPING, "延平", "350702"), (JIANYANG, "建阳", "350703"))
]
PADIS, MAILBOX = "system:padis", "mailbox"
CHINA = timezone(timedelta(hours=8))
START = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
_numbers = itertools.count(1)


class ManualClock:
    """`hub.ports.clock.Clock` that stands still until it is moved."""

    def __init__(self, start: datetime = START) -> None:
        self._now = int(start.timestamp() * 1000)

    def now(self) -> int:
        """UTC milliseconds."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forward."""
        self._now += round(seconds * 1000)


@dataclass
class Script:
    """A partner that answers by script: each call takes the next outcome (an exception is raised), the last one repeats."""

    deliveries: Sequence[Outcome | Exception] = (Delivered(),)
    answers: Sequence[Outcome | Exception] = ()
    pages: Sequence[FeedPage | Exception] = ()
    called: list[tuple[bytes, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    polled: list[str] = field(default_factory=list)

    def deliver(self, _operation: Operation, document: bytes, key: str) -> Outcome:
        self.called.append((document, key))
        return _next(self.deliveries, len(self.called))

    def ask(self, _operation: Operation, key: str) -> Outcome:
        self.asked.append(key)
        return _next(self.answers, len(self.asked))

    def poll(self, _feed: Feed, cursor: str) -> FeedPage:
        self.polled.append(cursor)
        done = len(self.polled) > len(self.pages)
        return FeedPage((), cursor) if done else _next(self.pages, len(self.polled))

    def close(self) -> None:
        """Nothing is open."""


def _next(script: Sequence[Any], n: int) -> Any:
    given = script[min(n, len(script)) - 1]
    if isinstance(given, Exception):
        raise given
    return given


class Rig:
    """One process's machine. ``fatal`` collects what the store called ``on_fatal`` with."""

    def __init__(self, home: Path, clock: ManualClock) -> None:
        self.home, self.clock = home, clock
        self.settings = Settings(home=home, profile="legacy", spokes=SPOKES)
        self.found = assembly.find(self.settings)
        self.fatal: list[str] = []
        self.machine: Machine = assembly.machine(self.settings, self.found, "test", self.fatal.append)
        self.store: Any = self.machine.store

    def close(self) -> None:
        """Commit what is queued and close the store."""
        self.store.close()

    def secret(self, spoke: str) -> str:
        """The secret that ``initialise`` handed out."""
        return (self.home / "keys" / "spokes" / spoke).read_text(encoding="ascii")

    # -- declarations, changed as values ---------------------------------------------------------------------------
    def with_flow(self, change: Callable[[Flow], Flow]) -> None:
        """Run with changed flows."""
        old = self.machine.catalogue
        self.machine = replace(self.machine, catalogue=Catalogue(old.adapters, tuple(change(f) for f in old.flows)))

    def with_adapter(self, change: Callable[[Adapter], Adapter]) -> None:
        """Run with changed adapters."""
        old = self.machine.catalogue
        self.machine = replace(self.machine, catalogue=Catalogue(tuple(change(a) for a in old.adapters), old.flows))

    def with_operations(self, **changes: Any) -> None:
        """Run with changed operations of every system."""
        self.with_adapter(lambda a: replace(a, operations=tuple(replace(o, **changes) for o in a.operations)))

    # -- in --------------------------------------------------------------------------------------------------------
    def inbound(self, sender: str, document: bytes, message_id: str = "", **more: Any) -> Inbound:
        """The work of one submission; the sender is a spoke's name or ``padis``."""
        root = parse(document)
        channel = next(c for c in self.machine.catalogue.channels.values() if f"{{{c.namespace}}}{c.root}" == root.tag)
        who = (
            {"adapter": self.machine.catalogue.adapter["padis"]}
            if sender == "padis"
            else {"spoke": self.machine.directory.named(sender)}
        )
        return Inbound("test", document, root, channel, message_id or f"urn:test:{next(_numbers)}", **who, **more)

    def submit(self, sender: str, document: bytes, message_id: str = "", **more: Any) -> Accepted:
        """ACCEPT and TX1. A canonical document from ``padis`` goes past the translator."""
        work = self.inbound(sender, document, message_id, **more)
        if work.adapter:
            work.adapter = replace(work.adapter, translator=_Canonical())
        return receive(self.machine, work)

    # -- plan ------------------------------------------------------------------------------------------------------
    def plan(self) -> int:
        """PLAN until nothing is ready; how many messages were planned."""
        done = 0
        while stored := self.unplanned():
            for planned in plan(self.machine, stored):
                self.store.plan(planned).result(5)
                done += 1
        return done

    def unplanned(self) -> list[ToPlan]:
        """What may be planned now."""
        return list(self.store.unplanned(64))

    # -- deliver ---------------------------------------------------------------------------------------------------
    def claim(self, outlet: str = PADIS, slots: int = 16, owner: str = "one", lease_ms: int = 30_000) -> list[Claimed]:
        """TX2."""
        return list(self.store.claim(outlet, slots, owner, lease_ms).result(5))

    def operation(self, claimed: Claimed) -> Operation:
        """The operation that carries a claimed delivery."""
        if claimed.recipient.startswith("spoke:"):
            return spoke_operation(claimed)
        adapter = self.machine.catalogue.adapter[claimed.recipient.removeprefix("system:")]
        return next(o for o in adapter.operations if o.name == claimed.operation)

    def attempt(self, partner: Any, outlet: str = PADIS, owner: str = "one") -> list[Outcome]:
        """One round: claim, ask or call, settle."""
        outcomes = []
        for claimed in self.claim(outlet, owner=owner):
            outcome, called = attempt(self.machine, partner, self.operation(claimed), claimed)
            self.settle(claimed, outcome, called=called)
            outcomes.append(outcome)
        return outcomes

    def settle(self, claimed: Claimed, outcome: Outcome, *, called: bool = True) -> None:
        """TX3."""
        self.store.settle(settlement(self.machine, self.operation(claimed), claimed, outcome, called=called)).result(5)

    def fill_mailboxes(self) -> int:
        """Deliver everything that waits for a mailbox."""
        return len(self.attempt(MailboxPartner(self.clock), MAILBOX))

    # -- look ------------------------------------------------------------------------------------------------------
    def status(self, message: int) -> Status:
        """The public state of a message."""
        found = MessageStatusSql(self.store.engine).of(message)
        assert found is not None
        return found

    def states(self, message: int) -> tuple[str, ...]:
        """The message's state, then its deliveries' states."""
        found = self.status(message)
        return (found.state, *(d.state for d in found.deliveries))

    def whole(self, message: int) -> Whole:
        """Everything an operator may read of a message."""
        found = whole(self.store.engine, message)
        assert found is not None
        return found

    def case(self, message: int) -> CaseRow:
        """The case of a message."""
        found = self.store.case_by_id(self.whole(message).message["case_id"])
        assert found is not None
        return found

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What stands in the file, read beside the hub."""
        with sqlite3.connect(self.home / "data" / "pophub.db") as connection:
            found = connection.execute(query, values).fetchall()
        connection.close()
        return found

    def write(self, query: str, *values: object) -> None:
        """Change the file behind the hub's back, as damage or an intruder would."""
        with sqlite3.connect(self.home / "data" / "pophub.db", timeout=5) as connection:
            connection.execute(query, values)
        connection.close()


class _Canonical:
    """A translator for a system that already speaks canonical."""

    version = "canonical"

    def to_canonical(self, _channel: str, own: Any) -> Any:
        return own

    def from_canonical(self, _channel: str, view: Any) -> Any:
        return view


def wait_for(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Until the condition holds; fails when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.005)
