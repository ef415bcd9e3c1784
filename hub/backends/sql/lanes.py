"""Lane numbers: gap-free per lane, given under the lane's row lock inside TX1, never from a clock or a sequence.

A lane's id is the hub id of the message that opened it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, select, update

from hub.backends.sql.tables import LANE
from hub.backends.sql.writer import Transaction

_ADVANCE = update(LANE).where(LANE.c.id == bindparam("lane")).values(next_no=bindparam("next"))


def _lanes(hashes: list[Any]) -> Select[Any]:
    """Locked in one order, so that two nodes never wait for each other."""
    columns = select(LANE.c.key_hash, LANE.c.id, LANE.c.next_no)
    return columns.where(LANE.c.key_hash.in_(hashes)).order_by(LANE.c.id).with_for_update()


@dataclass(slots=True)
class _Lane:
    id: int
    domain: str
    next: int
    stored: int
    """The counter as stored; 0 for a lane that this group opens."""


class Lanes:
    """The lanes of one group: read and locked once, numbered in memory, written once."""

    def __init__(self, tx: Transaction, wanted: set[tuple[str, bytes]]) -> None:
        self._tx = tx
        rows = tx.select_in(_lanes, {hash_ for _, hash_ in wanted})
        self._lanes = {bytes(hash_): _Lane(id_, "", next_, next_) for hash_, id_, next_ in rows}

    def next(self, lane: tuple[str, bytes], message: int) -> tuple[int, int]:
        """The lane's id and the next number in it; ``message`` opens the lane when it is new."""
        domain, hash_ = lane
        state = self._lanes.setdefault(hash_, _Lane(message, domain, 1, 0))
        number, state.next = state.next, state.next + 1
        return state.id, number

    def write(self) -> None:
        """Write new lanes and advanced counters."""
        for hash_, lane in self._lanes.items():
            if lane.stored == 0:
                self._tx.insert(LANE, {"id": lane.id, "domain": lane.domain, "key_hash": hash_, "next_no": lane.next})
            elif lane.next != lane.stored:
                self._tx.update("lane", _ADVANCE, {"lane": lane.id, "next": lane.next})
