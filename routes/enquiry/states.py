"""The states of an enquiry (CL_ENQSTATE) and how one may follow another."""

from __future__ import annotations

from typing import Final

SUBMITTED, DISPATCHED, ANSWERED, RETURNED, WITHDRAWN, CLOSED, UNKNOWN = "1", "2", "3", "4", "5", "6", "7"
TITLES: Final = {
    SUBMITTED: "已提交", DISPATCHED: "已派发", ANSWERED: "已反馈", RETURNED: "已退回改派", WITHDRAWN: "已撤回", CLOSED: "已关闭",
    UNKNOWN: "结果未知",
}  # fmt: skip
OPEN: Final = frozenset({SUBMITTED, DISPATCHED, RETURNED, UNKNOWN})
"""The asked unit owes an answer."""
MOVES: Final = frozenset({
    (SUBMITTED, DISPATCHED), (SUBMITTED, CLOSED), (SUBMITTED, UNKNOWN), (UNKNOWN, DISPATCHED), (ANSWERED, CLOSED),
    (RETURNED, DISPATCHED), (RETURNED, CLOSED), (RETURNED, UNKNOWN), (WITHDRAWN, CLOSED), (WITHDRAWN, DISPATCHED),
    *((state, to) for state in OPEN for to in (ANSWERED, WITHDRAWN)),
    *((state, RETURNED) for state in OPEN - {RETURNED}),
})  # fmt: skip
