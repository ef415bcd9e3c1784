"""门牌 declared: two channels, two routes, one case type, a batch of each. Made up."""

from __future__ import annotations

from routes.housenumber import rules

from hub.contract.batch import BatchIn
from hub.contract.case import CaseType
from hub.contract.channel import Channel, DuplicateKey, OrderKey, Part, SearchKey
from hub.contract.flow import Flow, Route, SystemRecipient, UnitRecipient
from hub.contract.message import ChannelName

REPORT = ChannelName("housenumber.report")
ANSWER = ChannelName("housenumber.answer")
_NUMBER = (Part("reportNo"),)

_REPORT = Channel(
    name=REPORT,
    title="门牌申报",
    policy="conflict",
    duplicate_keys=(DuplicateKey("number", _NUMBER),),
    order=OrderKey("housenumber", _NUMBER),
    search_keys=(SearchKey("reportNo", "reportNo"),),
    place=Part("reportDiv"),
)
_ANSWER = Channel(
    name=ANSWER,
    title="门牌答复",
    policy="same",
    duplicate_keys=(DuplicateKey("number", _NUMBER),),
    order=OrderKey("housenumber", _NUMBER),
    search_keys=(SearchKey("reportNo", "reportNo"),),
)

FLOW = Flow(
    name="housenumber",
    title="门牌",
    channels=(_REPORT, _ANSWER),
    routes=(
        Route("report-to-register", REPORT, SystemRecipient("cadastre"), "cadastre", "门牌申报送门牌登记系统"),
        Route("answer-to-unit", ANSWER, UnitRecipient(), "reporting_unit", "门牌答复送申报单位"),
    ),
    decide=rules.decide,
    settled=rules.settled,
    due=rules.due,
    case=CaseType(
        name="housenumber",
        keys={REPORT: _NUMBER, ANSWER: _NUMBER},
        opens=frozenset({REPORT}),
        states={"1": "已申报", "2": "已送达", "3": "已答复", "4": "已关闭", "5": "结果未知"},
        initial=rules.REPORTED,
        moves=rules.MOVES,
        closed=frozenset({rules.CLOSED}),
    ),
    sources={ANSWER: ("cadastre",)},
    answers={REPORT: ANSWER},
    batches=(
        BatchIn(ChannelName("housenumber.reports"), "门牌成批申报", REPORT),
        BatchIn(ChannelName("housenumber.answers"), "门牌成批答复", ANSWER, rules.sift, most=5_000),
    ),
)
