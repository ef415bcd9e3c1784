"""For services of systems: a batch that came in one call, accepted; its answer in the words of the contract."""

from __future__ import annotations

from datetime import datetime

from hub.batches.manifest import Manifest
from hub.batches.receive import digest_of, receive
from hub.contract.adapter import Adapter
from hub.contract.message import show_hub_id
from hub.contract.service import Answered
from hub.pipeline.machine import Machine
from hub.ports.spoke_registry import Spoke
from hub.reference.calendar import CHINA


def accept_batch(
    machine: Machine, spoke: Spoke, adapter: Adapter | None, name: str, message_id: str, data: bytes,
    *, from_div: str | None = None, from_user: str | None = None, test: bool = False,
) -> Answered:  # fmt: skip
    """Accept the bytes of a document of many records in the vocabulary of ``adapter`` (None: canonical).

    "The same document" is the same bytes: give an exclusive canonical form where callers may write one document in several
    ways. Raises as `hub.batches.receive.receive`; returns once it is on disk.
    """
    manifest = Manifest(name, spoke, message_id, digest_of(data), None, adapter, from_div, from_user, test)
    row, again = receive(machine, manifest, data)
    accepted_at = datetime.fromtimestamp((row.accepted_at or 0) / 1000, CHINA)
    return Answered(show_hub_id(row.id), accepted_at, again, row.receipt or "", row.total or 0)
