"""Why a comparison or a handling went where it went: stable codes, and the sentence that people read."""

from __future__ import annotations

from typing import Final

RESIDENT, FLOATING, HOSPITAL, COPY = "resident-unit", "floating-unit", "hospital-township", "copy-residence"
AGREES, PROVINCE, OLDER, ARCHIVED = "agrees", "province-queue", "older", "archived"
NO_TASK, NOT_ASSIGNED, CLOSED, HANDLED = "no-task", "not-assigned", "closed-already", "handled"
NOT_ALLOWED, NO_REFERENCE, NO_REASON, STILL_OWED, NO_LETTER = (
    "not-allowed", "reference-missing", "reason-missing", "birthday-not-reached", "letter-missing",
)  # fmt: skip

REASONS: Final = {
    RESIDENT: "关联常口，送常住管理所属地",
    FLOATING: "关联流口，送流动管理所属地",
    HOSPITAL: "无关联对象，送出生医院所在的乡镇计生办",
    COPY: "省内流动，抄送现居住地",
    AGREES: "与人口库一致，无需处理",
    PROVINCE: "待省级核定，或承办单位不到乡级，入省级队列",
    OLDER: "已有更新的版本",
    ARCHIVED: "已归档，不再变更",
    NO_TASK: "没有这项比对任务",
    NOT_ASSIGNED: "不是承办单位",
    CLOSED: "该任务已办结",
    HANDLED: "处理结果已记录，无人需要转送",
    NOT_ALLOWED: "该比对结果不允许这样处理",
    NO_REFERENCE: "缺少登记编号",
    NO_REASON: "缺少原因，或原因与处理方式不符",
    STILL_OWED: "流入时未满一周岁，仍须登记",
    NO_LETTER: "已知男方，须填公文号",
}
