"""The states of a health record as the hub keeps it: compared, or deleted by its sender."""

from __future__ import annotations

from typing import Final

COMPARED, GONE = "1", "9"
TITLES: Final = {COMPARED: "已比对", GONE: "卫生端已删除"}
MOVES: Final = frozenset({(COMPARED, GONE)})
