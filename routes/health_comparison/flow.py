"""二网整合 declared: comparisons go to whoever must act, handlings end them (requirements, 信息分发、信息处理; levels and keys ours)."""

from __future__ import annotations

from typing import Final

from hub.contract.case import CaseType
from hub.contract.channel import Channel, DuplicateKey, OrderKey, Part, SearchKey
from hub.contract.flow import Flow, Route, UnitRecipient
from hub.contract.message import ChannelName
from routes.health_comparison import rules, states
from routes.health_comparison.reasons import REASONS

COMPARISON: Final = ChannelName("health.comparison")
HANDLING: Final = ChannelName("health.handling")

_NUMBER = (Part("comparisonId"),)
_LANE = OrderKey("comparison", _NUMBER)
_COMPARISON = Channel(
    name=COMPARISON,
    title="比对结果",
    policy="supersedes",
    duplicate_keys=(DuplicateKey("version", (*_NUMBER, Part("version"))),),
    order=_LANE,
    search_keys=(SearchKey("comparisonId", "comparisonId", identifying=False), SearchKey("recordNo", "sourceKey/recordNo")),
    hub_filled=("dueAt",),
)
_HANDLING = Channel(
    name=HANDLING,
    title="信息处理结果",
    policy="conflict",
    duplicate_keys=(DuplicateKey("sequence", (*_NUMBER, Part("handlingSeq"), Part("@sender"))),),
    order=_LANE,
    search_keys=(SearchKey("comparisonId", "comparisonId", identifying=False),),
    place=Part("handleDiv"),
)

FLOW: Final = Flow(
    name="health_comparison",
    title="二网整合",
    channels=(_COMPARISON, _HANDLING),
    routes=(
        Route("task-to-hukou-unit", COMPARISON, UnitRecipient(by_system=True), "hukou_unit", "比对结果送常住管理所属地"),
        Route("task-to-residence-unit", COMPARISON, UnitRecipient(by_system=True), "residence_unit", "比对结果送流动管理所属地"),
        Route("task-to-birthplace", COMPARISON, UnitRecipient(by_system=True), "birthplace_unit", "无关联对象的送出生医院所在乡镇"),
        Route("copy-to-residence-unit", COMPARISON, UnitRecipient(by_system=True), "residence_unit", "省内流动的抄送现居住地"),
        Route(
            "handling-to-residence-unit",
            HANDLING,
            UnitRecipient(by_system=True),
            "residence_unit",
            "处理结果告知收到抄送的现居住地",
        ),
    ),
    decide=rules.decide,
    settled=rules.settled,
    due=rules.due,
    case=CaseType(
        name="comparison",
        keys={COMPARISON: _NUMBER, HANDLING: _NUMBER},
        opens=frozenset({COMPARISON}),
        states=states.TITLES,
        initial=states.TO_DO,
        moves=states.MOVES,
        closed=frozenset({states.ARCHIVED}),
    ),
    reasons=REASONS,
)
