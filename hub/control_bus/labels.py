"""What people read instead of codes: states, outcomes and steps in Chinese; an unknown code stays as it is."""

from __future__ import annotations

import re
from typing import Final

from hub.contract.errors import KINDS, ErrorKind

MESSAGE_STATES: Final = {
    "accepted": "已受理待派发", "planned": "已派发", "dead": "规则出错", "filtered": "已过滤", "unroutable": "无处可送",
    "no_recipient": "无需送达", "refused": "已拒收",
}  # fmt: skip
DELIVERY_STATES: Final = {
    "queued": "排队", "claimed": "投递中", "released": "待重试", "pending": "待取走", "delivered": "已送达", "rejected": "对方拒收",
    "dead": "无法投递", "unknown": "结果未知", "cancelled": "已取消",
}  # fmt: skip
OUTCOMES: Final = {
    "delivered": "已送达", "rejected": "对方拒收", "released": "未送达，稍后重试", "pending": "已到对方手中", "unknown": "结果未知", "open": "进行中",
}  # fmt: skip
STEPS: Final = {
    "caused": "起因", "record": "批次记录", "made": "产生报文", "judged": "逐条结果", "accepted": "受理", "planned": "派发决定", "delivery": "生成投递", "attempt": "投递尝试", "settled": "投递了结", "opened": "立案",
    "moved": "办件流转", "closed": "办结", "owed": "应答起算", "answered": "已应答", "timer": "到时提醒", "audit": "审计",
}  # fmt: skip
BATCH_STATES: Final = {
    "uploading": "上传中", "accepted": "已受理", "running": "处理中", "done": "已完成", "failed": "无法处理", "cancelled": "已取消",
}  # fmt: skip
RECORD_STATES: Final = {"accepted": "受理", "duplicate": "重复", "refused": "拒收"}
SENT_STATES: Final = {"waiting": "等待结果", "accepted": "对方受理", "rejected": "对方拒收", "refused": "未送出"}
MASK: Final = "***"
_CODE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,12}")
ENDED_AS: Final = {"returned": "已退回，不计 returned", "withdrawn": "已撤回，不计 withdrawn", "late": "逾期退回，仍计 late"}
UNITS: Final = {"C": "日", "W": "个工作日"}


def kind_of(code: str | None) -> ErrorKind | None:
    """The error kind behind a stored code; a partner's own code follows the hub's after a colon."""
    return KINDS.get((code or "").partition(":")[0])


def code_shown(code: str | None) -> str | None:
    """A code of ours, or a partner's of at most twelve letters, digits and marks; what is longer might be a value and is masked."""
    return code if code is None or kind_of(code) or _CODE.fullmatch(code) else MASK
