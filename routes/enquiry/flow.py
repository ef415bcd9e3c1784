"""协查 declared: five channels, their routes, one case type, two queries (requirements, 协查管理; answer levels and keys ours, configurable)."""

from __future__ import annotations

from typing import Final

from hub.contract.basis import BasisNeed
from hub.contract.case import CaseType, Owner
from hub.contract.channel import Channel, DuplicateKey, OrderKey, Part, SearchKey
from hub.contract.flow import Flow, Route, SystemRecipient, UnitRecipient
from hub.contract.lookup import Need
from hub.contract.message import ChannelName
from routes.enquiry import queries, rules, states
from routes.enquiry.reasons import REASONS

REQUEST: Final = ChannelName("enquiry.request")
FEEDBACK: Final = ChannelName("enquiry.feedback")
RETURN: Final = ChannelName("enquiry.return")
WITHDRAW: Final = ChannelName("enquiry.withdraw")
WITHDRAWN: Final = ChannelName("enquiry.withdrawn")

_OWN_NUMBER = (Part("@fromSystem"), Part("enquiryNo"))
_ORIGIN_NUMBER = (Part("originSystem"), Part("enquiryNo"))
_ABOUT = (Part("enquiryType"), Part("applicantDiv", 9), Part("statedToDiv", 9))
_SENDER = Part("@sender")
"""In keys of answers: nobody takes a sequence number away from the unit that was really asked."""
_BY_ENQUIRY = OrderKey("enquiry", _ORIGIN_NUMBER)
_ENQUIRY_NO = SearchKey("enquiryNo", "enquiryNo")

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
    search_keys=(SearchKey("idNo", "subject/idNo"), _ENQUIRY_NO),
    place=Part("applicantDiv"),
    hub_filled=("originSystem", "resolvedToDiv", "resolvedBy", "effectiveTime", "dueAt", "subject/nameRareFlag", "subject/idNoCheck",
                "subject/hukouNature"),
)  # fmt: skip
_FEEDBACK = Channel(
    name=FEEDBACK,
    title="协查反馈",
    policy="conflict",
    duplicate_keys=(DuplicateKey("sequence", (*_ORIGIN_NUMBER, Part("feedbackSeq"), _SENDER)),),
    order=_BY_ENQUIRY,
    search_keys=(_ENQUIRY_NO, SearchKey("idNo", "verifiedSubject/idNo")),
    place=Part("feedbackDiv"),
    hub_filled=("verifiedSubject/nameRareFlag", "verifiedSubject/idNoCheck", "verifiedSubject/hukouNature"),
)
_RETURN = Channel(
    name=RETURN,
    title="协查退回",
    policy="conflict",
    duplicate_keys=(DuplicateKey("sequence", (*_ORIGIN_NUMBER, Part("returnSeq"), _SENDER)),),
    order=_BY_ENQUIRY,
    search_keys=(_ENQUIRY_NO,),
    place=Part("returnDiv"),
)
_WITHDRAW = Channel(
    name=WITHDRAW,
    title="协查撤回",
    policy="same",
    duplicate_keys=(DuplicateKey("enquiry", (*_ORIGIN_NUMBER, _SENDER)),),
    order=_BY_ENQUIRY,
    search_keys=(_ENQUIRY_NO,),
)
_WITHDRAWN = Channel(
    name=WITHDRAWN,
    title="协查撤回确认",
    policy="same",
    duplicate_keys=(DuplicateKey("enquiry", (*_ORIGIN_NUMBER, _SENDER)),),
    order=_BY_ENQUIRY,
    search_keys=(_ENQUIRY_NO,),
)

CASE: Final = CaseType(
    name="enquiry",
    keys={
        REQUEST: _OWN_NUMBER, FEEDBACK: _ORIGIN_NUMBER, RETURN: _ORIGIN_NUMBER, WITHDRAW: _ORIGIN_NUMBER, WITHDRAWN: _ORIGIN_NUMBER,
    },
    opens=frozenset({REQUEST}),
    states=states.TITLES,
    initial=states.SUBMITTED,
    moves=states.MOVES,
    closed=frozenset({states.CLOSED}),
    owner=Owner(system="origin", division="applicant"),
)  # fmt: skip

FLOW: Final = Flow(
    name="enquiry",
    title="协查",
    channels=(_REQUEST, _FEEDBACK, _RETURN, _WITHDRAW, _WITHDRAWN),
    routes=(
        Route("request-to-padis", REQUEST, SystemRecipient("padis"), "padis", "跨省协查请求经国家平台送出"),
        Route("request-to-unit", REQUEST, UnitRecipient(), "asked_unit", "协查请求送被协查地单位"),
        Route("feedback-to-padis", FEEDBACK, SystemRecipient("padis"), "padis", "对国家平台协查的反馈送回"),
        Route("feedback-to-unit", FEEDBACK, UnitRecipient(), "asking_unit", "协查反馈送发起单位"),
        Route("return-to-padis", RETURN, SystemRecipient("padis"), "padis", "外省协查的对象在外省，退回国家平台改派"),
        Route("withdraw-to-padis", WITHDRAW, SystemRecipient("padis"), "padis", "跨省协查的撤回经国家平台送出"),
        Route("withdraw-to-unit", WITHDRAW, UnitRecipient(), "asked_unit", "协查撤回送被协查地单位"),
        Route("withdrawn-to-padis", WITHDRAWN, SystemRecipient("padis"), "padis", "对国家平台撤回的确认送回"),
        Route("withdrawn-to-unit", WITHDRAWN, UnitRecipient(), "asking_unit", "协查撤回确认送发起单位"),
    ),
    decide=rules.decide,
    settled=rules.settled,
    due=rules.due,
    case=CASE,
    sources=dict.fromkeys((REQUEST, FEEDBACK, RETURN, WITHDRAW, WITHDRAWN), ("padis",)),
    answers={REQUEST: FEEDBACK, WITHDRAW: WITHDRAWN},
    basis=BasisNeed(fields=("contraception", "pregnancy", "keySubject")),
    needs=(Need("managed", "people.managed", REQUEST, (Part("subject/name"), Part("subject/idNo"))),),
    reasons=REASONS,
    queries=(queries.STATUS, queries.CASE),
)
