"""The bearer keys of spokes in the store: several live ones at a time, so that they can be exchanged without a gap."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Engine, func, select, update

from hub.backends.sql.engine import Gate
from hub.backends.sql.tables import SPOKE, SPOKE_KEY
from hub.ports.clock import Clock
from hub.ports.spoke_registry import SpokeKey

PREFIX: Final = "pophub_"
"""What every key begins with, so that scanners find one that was left in a file."""


def secret_hash(secret: str) -> bytes:
    """SHA-256 of a generated 256-bit secret (a slow hash is for people's passwords)."""
    return hashlib.sha256(secret.encode()).digest()


class SpokeKeysSql:
    """The part of `hub.ports.spoke_registry.SpokeRegistry` that is about keys."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock, self._gate = engine, clock, Gate(engine)

    def add_key(self, name: str, note: str) -> tuple[int, str] | None:
        """Give a spoke one more bearer key: its number and the key, or None for an unknown name."""
        key = PREFIX + secrets.token_urlsafe(32)
        with self._gate.turn(), self._engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
            spoke = connection.execute(select(SPOKE.c.id).where(SPOKE.c.name == name)).scalar_one_or_none()
            if spoke is None:
                return None
            last = connection.execute(select(func.max(SPOKE_KEY.c.no)).where(SPOKE_KEY.c.spoke_id == spoke)).scalar_one()
            no = int(last or 0) + 1
            connection.execute(SPOKE_KEY.insert(), {
                "spoke_id": spoke, "no": no, "hash": secret_hash(key), "note": note, "created_at": self._clock.now(),
                "revoked_at": None,
            })  # fmt: skip
        return no, key

    def keys(self, name: str) -> Sequence[SpokeKey]:
        """Every bearer key a spoke ever had, oldest first."""
        columns = (SPOKE_KEY.c.no, SPOKE_KEY.c.note, SPOKE_KEY.c.created_at, SPOKE_KEY.c.revoked_at)
        query = select(*columns).join(SPOKE, SPOKE.c.id == SPOKE_KEY.c.spoke_id).where(SPOKE.c.name == name)
        with self._engine.connect() as connection:
            return [SpokeKey(*row) for row in connection.execute(query.order_by(SPOKE_KEY.c.no))]

    def revoke_key(self, name: str, no: int) -> bool:
        """End a bearer key for good; False when there is no such live key."""
        spoke = select(SPOKE.c.id).where(SPOKE.c.name == name).scalar_subquery()
        live = (SPOKE_KEY.c.spoke_id == spoke, SPOKE_KEY.c.no == no, SPOKE_KEY.c.revoked_at.is_(None))
        with self._gate.turn(), self._engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
            done = connection.execute(update(SPOKE_KEY).where(*live).values(revoked_at=self._clock.now()))
        return bool(done.rowcount == 1)


def live_keys(connection: Connection) -> dict[int, frozenset[bytes]]:
    """The hashes of all live keys by spoke id."""
    found: dict[int, set[bytes]] = {}
    for spoke, hash_ in connection.execute(select(SPOKE_KEY.c.spoke_id, SPOKE_KEY.c.hash).where(SPOKE_KEY.c.revoked_at.is_(None))):
        found.setdefault(spoke, set()).add(bytes(hash_))
    return {spoke: frozenset(hashes) for spoke, hashes in found.items()}
