"""Batch rows as they are read; the identity stands last and stays here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select

from hub.backends.sql.tables import BATCH, BATCH_RECEIPT
from hub.ports.batch_store import BatchRow

_B = BATCH.c
ROW = select(
    _B.id, _B.name, _B.sender, _B.adapter, _B.digest, _B.state, _B.code, _B.stated, _B.total, _B.taken, _B.accepted, _B.duplicate,
    _B.refused, _B.created_at, _B.accepted_at, _B.ended_at, BATCH_RECEIPT.c.jws, _B.cancel_asked_by, _B.identity_hash,
).outerjoin(BATCH_RECEIPT, BATCH_RECEIPT.c.batch_id == _B.id)  # fmt: skip
of_id = ROW.where(_B.id == bindparam("batch"))


def by_identities(hashes: list[BindParameter[Any]]) -> Select[Any]:
    """The batches of these identities."""
    return ROW.where(_B.identity_hash.in_(hashes))


def read_row(row: Any) -> BatchRow:
    """A row of `ROW`."""
    values = list(row)[:-1]
    values[4] = bytes(values[4])
    return BatchRow(*values)
