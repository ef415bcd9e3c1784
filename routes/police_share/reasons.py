"""Why a record of the police went where it went: stable codes, and the sentence that people read."""

from __future__ import annotations

from typing import Final

NET_BAR, HOTEL, INCOMPLETE, REPEATED, NOT_FLOATING = "filter.1", "filter.2", "filter.3", "filter.4", "filter.5"
AT_RESIDENCE, UNMAPPED, OLDER, NO_CANDIDATE, WHO_HAS_IT = "residence", "unmapped", "older", "no-candidate", "who-has-it"
NO_RECORD, NOT_YOURS, CLOSED_ALREADY, UNDECIDED, NO_BULK_NUMBER = (
    "no-record",
    "not-yours",
    "closed-already",
    "undecided",
    "no-bulk-number",
)
FILTERS: Final = {"1": NET_BAR, "2": HOTEL, "3": INCOMPLETE, "4": REPEATED, "5": NOT_FLOATING}
"""By CL_PFILTER."""

REASONS: Final = {
    NET_BAR: "网吧登记，过滤留存，不提示",
    HOTEL: "旅店登记，过滤留存，不提示",
    INCOMPLETE: "姓名、身份证号或现住地缺失，过滤留存",
    REPEATED: "该人已由现住地纳入管理，过滤留存",
    NOT_FLOATING: "不属流动人口口径（市辖区之间或未离开户籍乡镇），过滤留存",
    AT_RESIDENCE: "作为候选送现住地单位",
    UNMAPPED: "现住地代码不在派出所对照表中，也不是乡级区划，待省级管理员补充对照",
    OLDER: "公安更新时间早于已有版本，不予采用",
    NO_CANDIDATE: "没有与之对应的候选",
    WHO_HAS_IT: "送已收到该候选的单位",
    NO_RECORD: "没有这条候选",
    NOT_YOURS: "不是收到该候选的单位",
    CLOSED_ALREADY: "该候选已办结",
    UNDECIDED: "处理结果为待处理，候选保持不变",
    NO_BULK_NUMBER: "批量放弃须有批量放弃号",
}
