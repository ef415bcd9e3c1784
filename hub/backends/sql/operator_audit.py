"""An operator's act, put on record: a short transaction with a chain segment of its own, so that serving never waits for it."""

from __future__ import annotations

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from hub.backends.sql.chain import Chain, Heads
from hub.backends.sql.engine import Gate
from hub.backends.sql.tables import AUDIT, SEGMENT
from hub.ports.clock import Clock

ROLE = "cli"
_TRIES = 5


def record(engine: Engine, clock: Clock, who: str, action: str, subject: str, result: str) -> None:
    """Commit one audit record. Raises SQLAlchemyError when it cannot be kept: then the act must not happen.

    ``who`` and ``subject`` at most 60 characters, ``action`` 30; hub ids, names and counts only.
    """
    for left in reversed(range(_TRIES)):
        try:
            _write(engine, clock.now(), (who[:60], action[:30], subject[:60], result[:60]))
        except IntegrityError:
            if not left:
                raise
        else:
            return


def _write(engine: Engine, now: int, said: tuple[str, str, str, str]) -> None:
    """Two nodes may take the same segment number at once; the loser's transaction fails and is tried again."""
    with Gate(engine).turn(), engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
        segment = int(connection.execute(select(func.coalesce(func.max(SEGMENT.c.id), 0))).scalar_one()) + 1
        connection.execute(SEGMENT.insert(), {"id": segment, "role": ROLE, "opened_at": now})
        connection.execute(AUDIT.insert(), Chain(segment, Heads(), bytes, "").audit(now, *said))
