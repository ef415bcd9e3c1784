"""The states of a candidate that the police pushed (CL_PHANDLE, and two ends that are not the unit's) and how one follows another."""

from __future__ import annotations

from typing import Final

OPEN, REGISTERED, GIVEN_UP, GIVEN_UP_IN_BULK, CANCELLED, FILTERED = "0", "1", "2", "3", "4", "5"
TITLES: Final = {
    OPEN: "待处理", REGISTERED: "已登记", GIVEN_UP: "已放弃", GIVEN_UP_IN_BULK: "批量放弃", CANCELLED: "公安已注销", FILTERED: "变更后被过滤",
}  # fmt: skip
HANDLINGS: Final = frozenset({REGISTERED, GIVEN_UP, GIVEN_UP_IN_BULK})
"""What a unit may decide; 0 decides nothing."""
CLOSED: Final = frozenset(TITLES) - {OPEN}
MOVES: Final = frozenset((OPEN, end) for end in CLOSED)
