"""Why an enquiry went where it went: stable codes, and the sentence that people read."""

from __future__ import annotations

from typing import Final

REGISTER, REGISTER_SEVERAL = "register", "register.several"
STATED, STATED_UNKNOWN, STATED_INACTIVE, STATED_OWN = "stated", "stated.unknown", "stated.inactive", "stated.own-place"
OWN_PLACE, OUTSIDE = "own-place", "outside"
SUGGESTED, QUEUE, HANDED_BACK = "return.suggested", "return.queue", "return.partner"
WHO_ASKED, WHO_WAS_ASKED, NO_ENQUIRY, NOT_ASKED, NOT_ASKER = "who-asked", "who-was-asked", "no-enquiry", "not-asked", "not-asker"
ALREADY, ANSWERED_ALREADY, WITHDRAWN_ALREADY, NOT_WITHDRAWN = (
    "already-open",
    "answered-already",
    "withdrawn-already",
    "not-withdrawn",
)

REASONS: Final = {
    REGISTER: "人口库姓名与身份证号匹配，派往其管理单位",
    REGISTER_SEVERAL: "人口库有多条匹配，取正常状态中最近更新的一条，派往其管理单位",
    STATED: "按登记的协查地派发",
    STATED_UNKNOWN: "人口库无姓名与身份证号均相符的人，按登记的协查地派发",
    STATED_INACTIVE: "人口库匹配的记录均已注销或结转，按登记的协查地派发",
    STATED_OWN: "人口库匹配到发起单位自己，按登记的协查地派发",
    OWN_PLACE: "协查地就是发起单位自己，无处可派，请省级管理员处理",
    OUTSIDE: "国家平台协查的地方不在本省",
    SUGGESTED: "被协查地退回，改派到其建议的地方",
    QUEUE: "被协查地退回且没有可用的建议，转省级队列",
    HANDED_BACK: "被协查地退回，对象在外省，交回国家平台改派",
    WHO_ASKED: "送发起方",
    WHO_WAS_ASKED: "送被协查方",
    NO_ENQUIRY: "没有这件协查",
    NOT_ASKED: "不是被协查的单位",
    NOT_ASKER: "不是发起协查的一方",
    ALREADY: "该协查已在办",
    ANSWERED_ALREADY: "协查已反馈，不再撤回或退回",
    WITHDRAWN_ALREADY: "协查已撤回",
    NOT_WITHDRAWN: "协查没有被撤回",
}
