"""The states of a certificate (CL_ECERT) and how one may follow another. There is no end but 已注销, and no delete."""

from __future__ import annotations

from typing import Final

VALID, CHANGED, CANCELLED, UPLOADED, REFUSED = "1", "2", "3", "5", "6"
TITLES: Final = {VALID: "有效", CHANGED: "有效(已变更)", CANCELLED: "已注销", UPLOADED: "上传待确认", REFUSED: "上传被拒"}
MOVES: Final = frozenset({
    (UPLOADED, VALID), (UPLOADED, REFUSED), (REFUSED, UPLOADED),
    (VALID, CHANGED), (VALID, CANCELLED), (CHANGED, CANCELLED),
})  # fmt: skip
"""The second row belongs to the batches of changes and cancellations, which are not sent yet."""
