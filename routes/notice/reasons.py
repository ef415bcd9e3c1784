"""Why a notice went where it went: stable codes, and the sentence that people read."""

from __future__ import annotations

from typing import Final

REGISTER, REGISTER_SEVERAL = "register", "register.several"
STATED, STATED_UNKNOWN, STATED_INACTIVE, STATED_OWN = "stated", "stated.unknown", "stated.inactive", "stated.own-place"
OWN_PLACE, OUTSIDE = "own-place", "outside"
CORRECT, QUEUE, HANDED_BACK = "return.correct", "return.queue", "return.partner"
WHO_TOLD, NO_NOTICE, NOT_TOLD, ALREADY, RECEIVED_ALREADY = "who-told", "no-notice", "not-told", "already-open", "received-already"

REASONS: Final = {
    REGISTER: "人口库姓名与身份证号匹配，送其户籍侧管理单位",
    REGISTER_SEVERAL: "人口库有多条匹配，取正常状态中最近更新的一条，送其户籍侧管理单位",
    STATED: "按登记的户籍地送达",
    STATED_UNKNOWN: "人口库户籍侧无姓名与身份证号均相符的人，按登记的户籍地送达",
    STATED_INACTIVE: "人口库匹配的记录均已注销或结转，按登记的户籍地送达",
    STATED_OWN: "人口库匹配到通报单位自己，按登记的户籍地送达",
    OWN_PLACE: "户籍地就是通报单位自己，无处可送，请省级管理员处理",
    OUTSIDE: "国家平台通报的户籍地不在本省",
    CORRECT: "接收单位退回，改送其指出的户籍地单位",
    QUEUE: "接收单位退回且没有可用的去处，转省级队列",
    HANDED_BACK: "接收单位退回，对象在外省，交回国家平台改送",
    WHO_TOLD: "送通报方",
    NO_NOTICE: "没有这件通报",
    NOT_TOLD: "不是接收这件通报的单位",
    ALREADY: "该通报已在办",
    RECEIVED_ALREADY: "通报已接收或已退回办结，不再改送",
}
