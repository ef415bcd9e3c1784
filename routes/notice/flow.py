"""通报 declared: two channels, their routes, one case type, one query (requirements, 三项通报; keys and answer levels ours, configurable)."""

from __future__ import annotations

from typing import Final

from hub.contract.basis import BasisNeed
from hub.contract.case import CaseType, Owner
from hub.contract.channel import Channel, DuplicateKey, OrderKey, Part, SearchKey
from hub.contract.flow import Flow, Route, SystemRecipient, UnitRecipient
from hub.contract.lookup import Need
from hub.contract.message import ChannelName
from routes.notice import queries, rules, states
from routes.notice.reasons import REASONS

NOTICE: Final = ChannelName("notice.contraception")
RECEIPT: Final = ChannelName("notice.contraception_receipt")

_OWN_NUMBER = (Part("@fromSystem"), Part("noticeNo"))
_ORIGIN_NUMBER = (Part("originSystem"), Part("noticeNo"))
_CHECK = (Part("checkDate"), Part("checkOrgCode"), Part("checkKind"))
_NOTICE_NO = SearchKey("noticeNo", "noticeNo")

_NOTICE = Channel(
    name=NOTICE,
    title="避孕节育情况报告单",
    policy="conflict",
    duplicate_keys=(
        DuplicateKey("number", _OWN_NUMBER),
        DuplicateKey("check", (Part("subject/idNo"), *_CHECK)),
        DuplicateKey("check-of-person", (Part("subject/personId"), *_CHECK)),
    ),
    order=OrderKey("notice", _OWN_NUMBER),
    search_keys=(SearchKey("idNo", "subject/idNo"), _NOTICE_NO),
    place=Part("noticeDiv"),
    hub_filled=("originSystem", "resolvedToDiv", "resolvedBy", "effectiveTime", "dueAt", "subject/nameRareFlag", "subject/idNoCheck",
                "subject/hukouNature"),
)  # fmt: skip
_RECEIPT = Channel(
    name=RECEIPT,
    title="避孕节育报告单接收确认",
    policy="supersedes",
    duplicate_keys=(DuplicateKey("receiver", (*_ORIGIN_NUMBER, Part("receiveDiv", 9), Part("role"))),),
    order=OrderKey("notice", _ORIGIN_NUMBER),
    search_keys=(_NOTICE_NO,),
    place=Part("receiveDiv"),
)

CASE: Final = CaseType(
    name="notice",
    keys={NOTICE: _OWN_NUMBER, RECEIPT: _ORIGIN_NUMBER},
    opens=frozenset({NOTICE}),
    states=states.TITLES,
    initial=states.SUBMITTED,
    moves=states.MOVES,
    closed=frozenset({states.CLOSED}),
    owner=Owner(system="origin", division="teller"),
)

FLOW: Final = Flow(
    name="notice",
    title="三项通报",
    channels=(_NOTICE, _RECEIPT),
    routes=(
        Route("notice-to-padis", NOTICE, SystemRecipient("padis"), "padis", "跨省避孕节育情况报告单经国家平台送出"),
        Route("notice-to-unit", NOTICE, UnitRecipient(), "hukou_unit", "避孕节育情况报告单送户籍地单位"),
        Route("receipt-to-padis", RECEIPT, SystemRecipient("padis"), "padis", "对国家平台通报的接收确认或退回"),
        Route("receipt-to-unit", RECEIPT, UnitRecipient(), "residence_unit", "接收确认送现居住地单位"),
    ),
    decide=rules.decide,
    settled=rules.settled,
    due=rules.due,
    case=CASE,
    sources=dict.fromkeys((NOTICE, RECEIPT), ("padis",)),
    answers={NOTICE: RECEIPT},
    basis=BasisNeed(fields=("contraception", "pregnancy")),
    needs=(Need("managed", "people.managed", NOTICE, (Part("subject/name"), Part("subject/idNo"))),),
    reasons=REASONS,
    queries=(queries.STATUS,),
)
