"""The states of a comparison's task (CL_CMPSTATE) and how one may follow another; 处理中 is never told to the hub."""

from __future__ import annotations

from typing import Final

TO_DO, DONE, OVERDUE, ARCHIVED, SUPERSEDED = "1", "3", "4", "5", "6"
TITLES: Final = {TO_DO: "待处理", DONE: "已处理", OVERDUE: "已超期", ARCHIVED: "已归档", SUPERSEDED: "已被新版本取代"}
OPEN: Final = frozenset({TO_DO, OVERDUE})
"""A unit must still act."""
MOVES: Final = frozenset({
    (TO_DO, DONE), (TO_DO, OVERDUE), (OVERDUE, DONE), (DONE, ARCHIVED), (SUPERSEDED, TO_DO), (SUPERSEDED, DONE),
    *((state, SUPERSEDED) for state in (TO_DO, OVERDUE, DONE)),
})  # fmt: skip
