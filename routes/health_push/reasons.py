"""Why a record went no further: stable codes, and the sentence that people read."""

from __future__ import annotations

from typing import Final

COMPARED, OLDER, STILLBORN, NO_REGISTER, DELETED, TO_SENDER = (
    "compared",
    "older",
    "stillborn",
    "no-register",
    "deleted",
    "to-sender",
)

REASONS: Final = {
    COMPARED: "已与人口库比对，结果另行分发",
    OLDER: "同一记录已有更新的版本",
    STILLBORN: "没有活产的新生儿，不作出生比对",
    NO_REGISTER: "人口库没有接入，无法比对",
    DELETED: "卫生端删除了该记录，不比对",
    TO_SENDER: "推送处理回执送回报送系统",
}
