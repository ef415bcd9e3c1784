"""Sort out one record: what of it becomes a message, or why it is refused. A bad record costs nothing but its row."""

from __future__ import annotations

from dataclasses import dataclass

from hub.batches.manifest import Kind, Sealed
from hub.contract import xml
from hub.contract.adapter import Adapter
from hub.contract.batch import keep
from hub.contract.errors import INTERNAL, HubError
from hub.pipeline.acceptance import acceptance
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine
from hub.pipeline.order import examine
from hub.ports.batch_store import RecordRow, Sorted
from hub.ports.spoke_registry import Spoke

_LONGEST_PATH = 400


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose records these are, and in whose vocabulary."""

    spoke: Spoke
    adapter: Adapter | None
    stated: Sealed


def sort_record(machine: Machine, kind: Kind, sender: Sender, number: int, data: bytes) -> Sorted:
    """Run RECORD for the bytes of one record."""
    work = _work(kind, sender, number, data)
    row = _judged(machine, work, number)
    good = row.state == "accepted" and work.kept
    return Sorted(row, acceptance(machine, work.channel, work.message(), work.received) if good else None)


def judge(machine: Machine, kind: Kind, sender: Sender, number: int, data: bytes) -> RecordRow:
    """The same without anything to keep: what would be refused, but for duplicates and conflicts, which only the store knows."""
    return _judged(machine, _work(kind, sender, number, data), number)


def _work(kind: Kind, sender: Sender, number: int, data: bytes) -> Inbound:
    stated = sender.stated
    return Inbound(
        "", data, xml.reparse(data), kind.channel, f"{stated.message_id}#{number}", spoke=sender.spoke, adapter=sender.adapter,
        own_schema=kind.own_schema, from_div=stated.from_div, from_user=stated.from_user, test=stated.test,
        sift=None if kind.batch.sift is keep else kind.batch.sift,
    )  # fmt: skip


def _judged(machine: Machine, work: Inbound, number: int) -> RecordRow:
    try:
        examine(machine, work)
    except HubError as fault:
        return refused(number, fault.code, fault.path).row
    except Exception as fault:  # noqa: BLE001 - whatever a record stirs up, its neighbours go on
        machine.tap.event("batch.record_failed", channel=work.channel.name, kind=type(fault).__name__)
        return refused(number, INTERNAL.code).row
    return RecordRow(number, "accepted", outcome=work.outcome or None)


def refused(number: int, code: str, path: str | None = None) -> Sorted:
    """The row of a record that was refused."""
    return Sorted(RecordRow(number, "refused", code, path[:_LONGEST_PATH] if path else None))
