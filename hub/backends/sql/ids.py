"""Hub ids: integers in blocks, so that an id is known before its row is written (it is bound to the ciphertext)."""

from __future__ import annotations

import threading

from sqlalchemy import Engine, bindparam, select, update

from hub.backends.sql.engine import Gate
from hub.backends.sql.tables import ID_BLOCK

BLOCK = 4096
FIRST = 10_001
_READ = select(ID_BLOCK.c.next).where(ID_BLOCK.c.name == "hub").with_for_update()
_MOVE = update(ID_BLOCK).where(ID_BLOCK.c.name == "hub").values(next=bindparam("value"))


class Ids:
    """Hands out ids of this process's block; a new block is one committed transaction of its own. Gaps are normal."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._gate = engine, Gate(engine)
        self._lock = threading.Lock()
        self._next = self._end = 0

    def new(self) -> int:
        """The next id."""
        with self._lock:
            if self._next >= self._end:
                self._next = self._take_block()
                self._end = self._next + BLOCK
            taken, self._next = self._next, self._next + 1
            return taken

    def _take_block(self) -> int:
        with self._gate.turn(), self._engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
            start = connection.execute(_READ).scalar_one_or_none()
            if start is None:
                connection.execute(ID_BLOCK.insert(), {"name": "hub", "next": FIRST + BLOCK})
                return FIRST
            connection.execute(_MOVE, {"value": start + BLOCK})
            return int(start)
