"""The results of a part's records: each named once by the partner, each moving its own case."""

from __future__ import annotations

from collections.abc import Sequence

from hub.cases.transitions import change
from hub.contract.batch import BatchOut
from hub.contract.decision import Decision
from hub.contract.flow import Flow
from hub.contract.message import show_hub_id
from hub.contract.outcome import Outcome, PerRecord, RecordResult, Rejected
from hub.pipeline.machine import Machine
from hub.pipeline.planning import case_of
from hub.ports.records import Claimed, RecordSettled
from hub.ports.sending import RecordWaiting


class Incomplete(Exception):
    """The partner's results do not name each record of the part exactly once."""


def record_results(machine: Machine, claimed: Claimed, outcome: Outcome) -> tuple[RecordSettled, ...]:
    """What the outcome of a part says of its records; nothing when it judges none. Raises `Incomplete`."""
    if claimed.part is None or not isinstance(outcome, PerRecord | Rejected):
        return ()
    batch = next((b for b in machine.catalogue.batches_out.values() if b.wrapper == claimed.channel), None)
    if batch is None:
        return ()
    waiting = machine.sending.waiting(claimed.id)
    results = _results(outcome, waiting)
    return tuple(_settled(machine, batch, claimed, results[record.number], record) for record in waiting)


def _results(outcome: PerRecord | Rejected, waiting: Sequence[RecordWaiting]) -> dict[int, RecordResult]:
    numbers = [record.number for record in waiting]
    if isinstance(outcome, Rejected):
        return {number: RecordResult(number, "rejected", outcome.code) for number in numbers}
    named = {result.number: result for result in outcome.results}
    if len(named) != len(outcome.results) or not named.keys() >= set(numbers):
        raise Incomplete
    return named


def _settled(machine: Machine, batch: BatchOut, claimed: Claimed, result: RecordResult, record: RecordWaiting) -> RecordSettled:
    """A rule that fails costs the case its move, never the result."""
    flow: Flow = machine.catalogue.flow_of_batch[batch.name]
    moved = None
    try:
        if flow.case is not None and record.case is not None:
            decision: Decision = batch.settled(result, case_of(record.case))
            moved = change(flow.case, record.case, None, decision)
    except Exception as fault:  # noqa: BLE001 - whatever a rule raises
        machine.tap.event("rule.failed", channel=claimed.channel, hub_id=show_hub_id(claimed.message), kind=type(fault).__name__)
    return RecordSettled(record.number, result.state, result.code[:40] or None, moved)
