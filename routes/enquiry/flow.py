"""协查 declared: two channels, four routes, one case type (requirements, 协查管理; answer levels and keys ours, configurable)."""

from __future__ import annotations

from typing import Final

from hub.contract.basis import BasisNeed
from hub.contract.case import CaseType
from hub.contract.channel import Channel, DuplicateKey, OrderKey, Part, SearchKey
from hub.contract.flow import Flow, Route, SystemRecipient, UnitRecipient
from hub.contract.message import ChannelName
from routes.enquiry import rules

REQUEST: Final = ChannelName("enquiry.request")
FEEDBACK: Final = ChannelName("enquiry.feedback")

_OWN_NUMBER = (Part("@fromSystem"), Part("enquiryNo"))
_ORIGIN_NUMBER = (Part("originSystem"), Part("enquiryNo"))
_ABOUT = (Part("enquiryType"), Part("applicantDiv", 9), Part("statedToDiv", 9))

_REQUEST = Channel(
    name=REQUEST,
    title="协查请求",
    policy="conflict",
    duplicate_keys=(
        DuplicateKey("number", _OWN_NUMBER),
        DuplicateKey("subject-number", (*_ABOUT, Part("subject/idNo")), scope="open"),
        DuplicateKey("subject-name", (*_ABOUT, Part("subject/name"), Part("subject/birthDate")), scope="open"),
    ),
    order=OrderKey("enquiry", _OWN_NUMBER),
    search_keys=(SearchKey("idNo", "subject/idNo"), SearchKey("enquiryNo", "enquiryNo")),
    place=Part("applicantDiv"),
    hub_filled=("resolvedToDiv", "resolvedBy", "effectiveTime", "dueAt", "subject/nameRareFlag", "subject/idNoCheck",
                "subject/hukouNature"),
)  # fmt: skip
_FEEDBACK = Channel(
    name=FEEDBACK,
    title="协查反馈",
    policy="conflict",
    duplicate_keys=(DuplicateKey("sequence", (*_ORIGIN_NUMBER, Part("feedbackSeq"))),),
    order=OrderKey("enquiry", _ORIGIN_NUMBER),
    search_keys=(SearchKey("enquiryNo", "enquiryNo"), SearchKey("idNo", "verifiedSubject/idNo")),
    place=Part("feedbackDiv"),
    hub_filled=("verifiedSubject/nameRareFlag", "verifiedSubject/idNoCheck", "verifiedSubject/hukouNature"),
)

CASE: Final = CaseType(
    name="enquiry",
    keys={REQUEST: _OWN_NUMBER, FEEDBACK: _ORIGIN_NUMBER},
    opens=frozenset({REQUEST}),
    states={"1": "已提交", "2": "已派发", "3": "已反馈", "6": "已关闭", "7": "结果未知"},
    initial=rules.SUBMITTED,
    moves=rules.MOVES,
    closed=frozenset({rules.CLOSED}),
)

FLOW: Final = Flow(
    name="enquiry",
    title="协查",
    channels=(_REQUEST, _FEEDBACK),
    routes=(
        Route("request-to-padis", REQUEST, SystemRecipient("padis"), "padis", "跨省协查请求经国家平台送出"),
        Route("request-to-unit", REQUEST, UnitRecipient(), "asked_unit", "协查请求送被协查地单位"),
        Route("feedback-to-padis", FEEDBACK, SystemRecipient("padis"), "padis", "对国家平台协查的反馈送回"),
        Route("feedback-to-unit", FEEDBACK, UnitRecipient(), "asking_unit", "协查反馈送发起单位"),
    ),
    decide=rules.decide,
    settled=rules.settled,
    due=rules.due,
    case=CASE,
    sources={REQUEST: ("padis",), FEEDBACK: ("padis",)},
    answers={REQUEST: FEEDBACK},
    basis=BasisNeed(fields=("contraception", "pregnancy", "keySubject")),
)
