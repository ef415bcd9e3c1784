"""Tickets: an operation that is answered later is answered once, however often and through whatever trouble it is asked about."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from hub.contract.adapter import Collecting
from hub.contract.outcome import Delivered, Outcome, Pending, PerRecord, Rejected, Released
from hub.testkit.conformance.bench import SHORT, Bench
from hub.testkit.conformance.calls import GOOD, is_a, outcome
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.delivery import UNANSWERED, deliver
from hub.testkit.conformance.subject import Outbound, Subject
from hub.testkit.conformance.verdict import Failed, demand
from hub.testkit.faults import WAYS

ENDED: Final = (PerRecord, Delivered, Rejected)
NO_TICKET: Final = "answers at once"
_NEVER_GIVEN: Final = "0"
_SECONDS, _PAUSE = 30.0, 0.1
_CLEAR: Final = frozenset({"slow", "answer_twice"})
"""Ways to spoil an answer that leave it an answer."""


def checks(subject: Subject) -> Iterator[Check]:
    """The checks of this theme. Whether an operation gives tickets is seen when it is called."""
    for way in subject.outbound:
        name = way.operation.name
        for rule in (collected, asked_while_spoiled, restarted, unknown):
            yield Check(f"{name}-ticket-{rule.__name__.replace('_', '-')}", partial(rule, way=way))
        if way.batch:
            yield Check(f"{name}-frame", partial(frame, way=way))


def _ticket(bench: Bench, way: Outbound, key: str) -> str | None:
    """The ticket of a fresh call; None for an operation that answers at once."""
    got = deliver(bench, way, key)
    is_a("the call", got, *GOOD)
    if not isinstance(got, Pending) or got.poll_after is None:
        return None
    demand(
        isinstance(bench.partner, Collecting), "it answers with tickets and a time to ask again, but cannot be asked (Collecting)"
    )
    return got.ticket


def collect(bench: Bench, way: Outbound, ticket: str, timeout: float | None = None) -> Outcome:
    """One question about a ticket."""
    operation, partner = replace(way.operation, timeout=timeout or way.operation.timeout), bench.partner
    assert isinstance(partner, Collecting)
    return outcome(f"collect of {operation.name}", lambda: partner.collect(operation, ticket), operation.timeout)


def end_of(bench: Bench, way: Outbound, key: str, ticket: str) -> Outcome:
    """What became of a call in the end; made again when the system has lost it. Raises `Failed` when there is no end."""
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        got = collect(bench, way, ticket)
        if isinstance(got, ENDED):
            return got
        if isinstance(got, Released) and got.resend:
            again = deliver(bench, way, key)
            is_a("the call made again", again, Pending)
            ticket = again.ticket if isinstance(again, Pending) else ticket
        time.sleep(_PAUSE)
    raise Failed(f"no end of a ticket within {_SECONDS} s")


def collected(bench: Bench, way: Outbound) -> str | None:
    """A ticket ends; asked about again it says the same, and its call made again has no second effect."""
    key = bench.key()
    ticket = _ticket(bench, way, key)
    if ticket is None:
        return NO_TICKET
    before = bench.calls.effects()
    got = end_of(bench, way, key, ticket)
    _names_its_records(way, got)
    demand(collect(bench, way, ticket) == got, "the same ticket says two things")
    again = deliver(bench, way, key)
    is_a("the call made again", again, *GOOD)
    demand(bench.calls.effects() == before, "the call made again was taken twice")
    return None


def asked_while_spoiled(bench: Bench, way: Outbound) -> str | None:
    """A question that gets no clear answer is Released, never an end, never a demand to send again; afterwards the end is the same."""
    key = bench.key()
    ticket = _ticket(bench, way, key)
    if ticket is None:
        return NO_TICKET
    end = end_of(bench, way, key, ticket)
    for fault in WAYS:
        bench.calls.faults({fault: {"count": 1, "ms": 50 if fault == "slow" else 12_000}})
        got = collect(bench, way, ticket, SHORT if fault in UNANSWERED else None)
        bench.calls.faults({})
        if fault in _CLEAR:
            demand(got == end, f"under {fault} the ticket says {got!r}")
        else:
            is_a(f"the question under {fault}", got, Released)
            demand(isinstance(got, Released) and not got.resend, f"under {fault} it would be sent again")
    demand(collect(bench, way, ticket) == end, "after the trouble the ticket says another thing")
    return None


def restarted(bench: Bench, way: Outbound) -> str | None:
    """A system that was started again knows the ticket, or says that it wants the call again; either way it ends."""
    key = bench.key()
    ticket = _ticket(bench, way, key)
    if ticket is None:
        return NO_TICKET
    bench.calls.stop()
    got = collect(bench, way, ticket)
    bench.calls.start()
    is_a("the question while it is away", got, Released)
    demand(isinstance(got, Released) and not got.resend, "a system that is away has not lost the work")
    _names_its_records(way, end_of(bench, way, key, ticket))
    return None


def unknown(bench: Bench, way: Outbound) -> str | None:
    """A ticket that was never given is Released: it says nothing of any call."""
    if _ticket(bench, way, bench.key()) is None:
        return NO_TICKET
    is_a("a ticket never given", collect(bench, way, _NEVER_GIVEN), Released)
    return None


def frame(bench: Bench, way: Outbound) -> str:
    """All samples as one part: valid, the same bytes for the same input, and each record named in the result by its number."""
    subject = bench.subject
    records = [subject.own(way, seen) for _, seen in subject.expressible(way)]
    demand(len(records) > 1, f"{way.channel.name} has not two samples that can be told")
    key = bench.key()
    first, second = (subject.encoded(subject.framed(way, records, key)) for _ in range(2))
    demand(first == second, "framing gives two results for one input")
    got = outcome("the part", lambda: bench.partner.deliver(way.operation, first, key), way.operation.timeout)
    is_a("the part", got, *GOOD)
    if isinstance(got, Pending) and got.poll_after is not None:
        _names_its_records(way, end_of(bench, way, key, got.ticket), len(records))
    return f"{len(records)} records"


def _names_its_records(way: Outbound, got: Outcome, count: int = 1) -> None:
    if way.batch and not isinstance(got, Rejected):
        numbers = [record.number for record in got.results] if isinstance(got, PerRecord) else []
        demand(numbers == list(range(1, count + 1)), f"the end of a part names the records {numbers}")
