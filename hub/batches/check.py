"""Check: the whole document as a stream, before it is accepted. Digest, wrapper, number of records, size of each; no record is judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from hub.batches.manifest import Kind
from hub.contract.errors import BATCH_COUNT, BATCH_DIGEST, SCHEMA_UNEXPECTED, TOO_LARGE, ClientError
from hub.contract.xml import Records
from hub.pipeline.machine import Machine


def check(machine: Machine, kind: Kind, pieces: Iterable[bytes], digest: bytes, count: int | None) -> int:
    """The number of records of a good document.

    Raises ClientError: as `hub.contract.xml.Records`, ``Client.Schema.*`` for the wrapper, ``Client.TooLarge`` beyond the most
    records, ``Client.Batch.Count``, and ``Client.Batch.Digest``, which goes before all others: then it is not the document meant.
    """
    summed = _Summed(pieces)
    try:
        total = _count(machine, kind, summed)
    except ClientError:
        summed.drain()
        _same(summed, digest)
        raise
    _same(summed, digest)
    if count is not None and count != total:
        raise ClientError(BATCH_COUNT)
    return total


def _count(machine: Machine, kind: Kind, pieces: Iterable[bytes]) -> int:
    total, records = 0, Records(pieces, kind.tag)
    for _ in records:
        total += 1
        if total > kind.batch.most:
            raise ClientError(TOO_LARGE, limit=f"{kind.batch.most} records")
    assert records.wrapper is not None
    machine.schemas.validate(kind.wrapper, records.wrapper)
    if kind.own_schema is None and len(records.wrapper):
        raise ClientError(SCHEMA_UNEXPECTED, label=kind.batch.title, expected=kind.channel.root)
    return total


def _same(summed: _Summed, digest: bytes) -> None:
    if summed.digest() != digest:
        raise ClientError(BATCH_DIGEST)


class _Summed:
    """The pieces as they pass, summed up."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._sum = iter(pieces), hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._sum.update(piece)
            yield piece

    def drain(self) -> None:
        """Sum up what nobody read."""
        for _ in self:
            pass

    def digest(self) -> bytes:
        return self._sum.digest()
