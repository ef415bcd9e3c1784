"""The states of a notice (CL_NOTICESTATE, ours) and how one may follow another."""

from __future__ import annotations

from typing import Final

SUBMITTED, DELIVERED, RECEIVED, RETURNED, WRONG, CLOSED, UNKNOWN = "1", "2", "3", "4", "5", "6", "7"
TITLES: Final = {
    SUBMITTED: "已提交", DELIVERED: "已送达", RECEIVED: "已接收", RETURNED: "已退回改派", WRONG: "信息有误退回", CLOSED: "已关闭",
    UNKNOWN: "结果未知",
}  # fmt: skip
OPEN: Final = frozenset({SUBMITTED, DELIVERED, RETURNED, UNKNOWN})
"""The unit told owes a receipt."""
MOVES: Final = frozenset({
    (SUBMITTED, DELIVERED), (SUBMITTED, CLOSED), (SUBMITTED, UNKNOWN), (UNKNOWN, DELIVERED), (RECEIVED, CLOSED), (WRONG, CLOSED),
    (RETURNED, DELIVERED), (RETURNED, CLOSED), (RETURNED, UNKNOWN),
    *((state, to) for state in OPEN for to in (RECEIVED, WRONG)),
    *((state, RETURNED) for state in OPEN - {RETURNED}),
})  # fmt: skip
