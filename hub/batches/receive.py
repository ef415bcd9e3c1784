"""Receive a batch: in one piece, or uploaded in parts that may be resumed. Accepted whole or not at all.

The identity is (sender, name, MessageID): the same document again gets the first receipt, another one is a conflict.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from hub.batches.check import check
from hub.batches.manifest import Kind, Manifest, Sealed, kind_of
from hub.contract.errors import (
    BATCH_OFFSET,
    BUSY,
    ID_CONFLICT,
    NOT_FOUND,
    THROTTLED,
    TOO_LARGE,
    UNAVAILABLE,
    ClientError,
    ServerError,
)
from hub.contract.message import show_hub_id
from hub.contract.xml import MAX_BYTES
from hub.pipeline.authorise import authorise_batch
from hub.pipeline.machine import Machine
from hub.ports.batch_store import BatchRow, NewBatch, Whole
from hub.ports.claim_check import BrokenClaim, BusyClaim, WrongOffset
from hub.ports.promise import Promise
from hub.ports.spoke_registry import Spoke

T = TypeVar("T")
MOST_BYTES: Final = 2 * 1024 * 1024 * 1024
MOST_UPLOADS: Final = 16
"""Of one sender, at once."""
_CHECKS: Final = threading.BoundedSemaphore(2)
"""How many documents are checked at once: each takes a core for as long."""


def receive(machine: Machine, manifest: Manifest, data: bytes) -> tuple[BatchRow, bool]:
    """Accept a batch that is in memory; the row with its receipt once it is on disk, and whether it was accepted before.

    Raises ClientError ``Client.Forbidden``, ``Client.NoBasis``, ``Client.UnknownOperation``, ``Client.IdConflict`` and those of
    `hub.batches.check.check`; ServerError ``Server.Busy``, ``Server.Throttled``, ``Server.Unavailable``.
    """
    kind, row = _enter(machine, manifest)
    if row.state != "uploading":
        return row, True
    with _refusing(machine, row):
        total = check(machine, kind, [data], row.digest, row.count)
    machine.claims.put(row.id, kind.channel.retention, Sealed.of(manifest).write(), data)
    return _accept(machine, row, total)


def begin(machine: Machine, manifest: Manifest) -> BatchRow:
    """Enter a batch that is going to be uploaded; one that is there under its identity is given back as it stands. Raises as `receive`."""
    kind, row = _enter(machine, manifest)
    if row.state == "uploading":
        machine.claims.begin(row.id, kind.channel.retention, Sealed.of(manifest).write())
    return row


def _enter(machine: Machine, manifest: Manifest) -> tuple[Kind, BatchRow]:
    kind = kind_of(machine, manifest.name, manifest.adapter)
    authorise_batch(machine, manifest.spoke, manifest.name, manifest.adapter.name if manifest.adapter else None)
    if not machine.claims.room():
        raise ServerError(UNAVAILABLE)
    new = NewBatch(
        machine.store.new_id(), manifest.name, manifest.spoke.name, manifest.adapter.name if manifest.adapter else None,
        manifest.identity(machine), manifest.digest, manifest.count,
    )  # fmt: skip
    opened = _answer(machine, machine.batches.open(new))
    row = opened.row
    if opened.known and (row.digest != manifest.digest or (manifest.count is not None and row.count not in (None, manifest.count))):
        raise ClientError(ID_CONFLICT, ref=show_hub_id(row.id), first=show_hub_id(row.id))
    if not opened.known and machine.batches.uploads(manifest.spoke.name) > MOST_UPLOADS:
        drop(machine, row, THROTTLED.code)
        raise ServerError(THROTTLED)
    return kind, row


def offset(machine: Machine, row: BatchRow) -> int:
    """How far an upload has come (bytes). Raises ServerError ``Server.Unavailable``: begin it again."""
    with _claimed():
        return machine.claims.held(row.id).offset


def append(machine: Machine, row: BatchRow, at: int, data: bytes) -> int:
    """Add a part at offset ``at``; the new offset, once it is on disk.

    Raises ClientError ``Client.Batch.Offset``, ``Client.TooLarge``; ServerError ``Server.Busy`` when another part is being written.
    """
    if at + len(data) > MOST_BYTES:
        raise ClientError(TOO_LARGE, limit=f"{MOST_BYTES} bytes")
    if not machine.claims.room():
        raise ServerError(UNAVAILABLE)
    with _claimed():
        return machine.claims.append(row.id, _retention(machine, row), at, data)


def complete(machine: Machine, spoke: Spoke, row: BatchRow) -> tuple[BatchRow, bool]:
    """Check what was uploaded and accept it; as `receive`. What is refused is forgotten: its MessageID is free again."""
    if row.state != "uploading":
        return row, True
    authorise_batch(machine, spoke, row.name, row.adapter)
    adapter = machine.catalogue.adapter.get(row.adapter) if row.adapter else None
    kind = kind_of(machine, row.name, adapter)
    if not _CHECKS.acquire(blocking=False):
        raise ServerError(BUSY)
    try:
        with _refusing(machine, row), _claimed():
            machine.claims.finish(row.id, kind.channel.retention)
            total = check(machine, kind, machine.claims.read(row.id), row.digest, row.count)
    finally:
        _CHECKS.release()
    return _accept(machine, row, total)


def drop(machine: Machine, row: BatchRow, code: str) -> None:
    """Forget an upload; what was accepted meanwhile stays."""
    if _answer(machine, machine.batches.drop(row.id, row.sender, code)):
        machine.claims.erase(row.id)


def _accept(machine: Machine, row: BatchRow, total: int) -> tuple[BatchRow, bool]:
    accepted = _answer(machine, machine.batches.accept(Whole(row.id, total)))
    if accepted is None:
        raise ClientError(NOT_FOUND)
    return accepted.row, accepted.known


def _retention(machine: Machine, row: BatchRow) -> str:
    kind: Kind = kind_of(machine, row.name, machine.catalogue.adapter.get(row.adapter) if row.adapter else None)
    return kind.channel.retention


@contextmanager
def _refusing(machine: Machine, row: BatchRow) -> Iterator[None]:
    """A document that is refused is forgotten, and counted."""
    try:
        yield
    except ClientError as fault:
        drop(machine, row, fault.code)
        machine.meter.refused(row.name, "spoke", fault.code)
        raise


@contextmanager
def _claimed() -> Iterator[None]:
    """The faults of the claim check in the words of the hub."""
    try:
        yield
    except WrongOffset as fault:
        raise ClientError(BATCH_OFFSET, offset=str(fault.offset)) from None
    except BusyClaim:
        raise ServerError(BUSY) from None
    except BrokenClaim:
        raise ServerError(UNAVAILABLE) from None


def _answer(machine: Machine, promise: Promise[T]) -> T:
    try:
        return promise.result(timeout=machine.answer_timeout)
    except TimeoutError:
        raise ServerError(BUSY) from None
    except Exception as fault:  # noqa: BLE001 - whatever the store raised, nothing is acknowledged
        machine.tap.event("batch.unstored", kind=type(fault).__name__)
        raise ServerError(UNAVAILABLE) from None


def digest_of(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


PART: Final = MAX_BYTES
"""Bytes of one part, at most."""
