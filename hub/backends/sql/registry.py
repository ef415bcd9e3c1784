"""The spokes in the store: who they are, what they may send and receive, for which places."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from hub.backends.sql.registry_keys import SpokeKeysSql, live_keys, secret_hash
from hub.backends.sql.tables import SPOKE, SPOKE_GRANT, SPOKE_PLACE
from hub.ports.spoke_registry import NewSpoke, Place, Spoke


class SpokeRegistrySql(SpokeKeysSql):
    """`hub.ports.spoke_registry.SpokeRegistry` on the store's tables."""

    def all(self) -> Sequence[Spoke]:
        """Every registered spoke."""
        with self._engine.connect() as connection:
            keys = live_keys(connection)
            rows = connection.execute(select(SPOKE).order_by(SPOKE.c.name)).fetchall()
            return [_spoke(connection, row, keys.get(row.id, frozenset())) for row in rows]

    def add(self, new: NewSpoke) -> str | None:
        """Register an unknown spoke and return its secret; a known name is left as it is (None)."""
        secret = secrets.token_urlsafe(32)
        with self._gate.turn(), self._engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
            if connection.execute(select(SPOKE.c.id).where(SPOKE.c.name == new.name)).first():
                return None
            last = connection.execute(select(SPOKE.c.id).order_by(SPOKE.c.id.desc()).limit(1)).scalar_one_or_none() or 0
            connection.execute(SPOKE.insert(), {
                "id": last + 1, "name": new.name, "title": new.title, "system": new.system, "secret_hash": secret_hash(secret),
                "enabled": 1, "push_url": new.push_url, "created_at": self._clock.now(), "speaks": new.speaks,
            })  # fmt: skip
            grants = [(c, "send") for c in new.sends] + [(c, "receive") for c in new.receives] + [(q, "ask") for q in new.asks]
            if grants:
                connection.execute(SPOKE_GRANT.insert(), [{"spoke_id": last + 1, "channel": c, "direction": d} for c, d in grants])
            if new.places:
                connection.execute(SPOKE_PLACE.insert(), [
                    {"spoke_id": last + 1, "prefix": p.prefix, "valid_from": p.valid_from, "valid_to": p.valid_to} for p in new.places
                ])  # fmt: skip
        return secret

    def rotate(self, name: str) -> str | None:
        """Give a spoke a new secret; None for an unknown name."""
        secret = secrets.token_urlsafe(32)
        with self._gate.turn(), self._engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
            done = connection.execute(update(SPOKE).where(SPOKE.c.name == name).values(secret_hash=secret_hash(secret)))
        return secret if done.rowcount == 1 else None


def _spoke(connection: Connection, row: object, keys: frozenset[bytes]) -> Spoke:
    of = row._mapping  # type: ignore[attr-defined]  # noqa: SLF001 - SQLAlchemy's public name for it
    grants = connection.execute(select(SPOKE_GRANT).where(SPOKE_GRANT.c.spoke_id == of["id"])).fetchall()
    places = connection.execute(select(SPOKE_PLACE).where(SPOKE_PLACE.c.spoke_id == of["id"])).fetchall()
    return Spoke(
        name=of["name"], title=of["title"], system=of["system"], secret_hash=bytes(of["secret_hash"]), enabled=bool(of["enabled"]),
        push_url=of["push_url"], speaks=of["speaks"], keys=keys, sends=frozenset(g.channel for g in grants if g.direction == "send"),
        receives=frozenset(g.channel for g in grants if g.direction == "receive"),
        asks=frozenset(g.channel for g in grants if g.direction == "ask"),
        places=tuple(Place(p.prefix, p.valid_from, p.valid_to) for p in places),
    )  # fmt: skip
