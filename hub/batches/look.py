"""Look at a batch, as its sender may: how it stands, and the outcomes of its records. Never a value."""

from __future__ import annotations

from hub.contract.message import show_hub_id
from hub.contract.service import BatchSeen, RecordSeen
from hub.pipeline.machine import Machine
from hub.ports.batch_store import BatchRow, RecordRow

MOST_SEEN = 10_000
"""Records of one look."""


def look_at(machine: Machine, sender: str, name: str, message_id: str, first: int = 1, most: int = 0) -> BatchSeen | None:
    """The batch that ``sender`` sent under that name and MessageID, with up to ``most`` records from number ``first`` on.

    None for one that was never accepted. A record without an outcome yet is ``waiting``.
    """
    row = machine.batches.by_identity(machine.keyring.indexes("batch-id", sender, name, message_id))
    return None if row is None or row.state == "uploading" else seen(machine, row, first, most)


def seen(machine: Machine, row: BatchRow, first: int, most: int) -> BatchSeen:
    """An accepted batch as its sender may see it."""
    first, total = max(first, 1), row.total or 0
    last = min(first + min(most, MOST_SEEN) - 1, total)
    known = {r.number: r for r in machine.batches.records(row.id, first - 1, last - first + 1)} if last >= first else {}
    records = tuple(_record(known.get(number), number) for number in range(first, last + 1))
    state = row.state if row.state in ("accepted", "running", "done") else "running"
    return BatchSeen(show_hub_id(row.id), state, total, row.accepted, row.duplicate, row.refused, records)


def _record(row: RecordRow | None, number: int) -> RecordSeen:
    if row is None:
        return RecordSeen(number, "waiting")
    return RecordSeen(number, row.state, row.code, row.path, row.outcome or None)
