"""公安信息共享 declared: two channels, two kinds of batch, one route, one case type, one query (requirements; keys and states ours, configurable)."""

from __future__ import annotations

from typing import Final

from hub.contract.batch import BatchIn
from hub.contract.case import CaseType
from hub.contract.channel import Channel, DuplicateKey, OrderKey, Part, SearchKey
from hub.contract.flow import Flow, Route, UnitRecipient
from hub.contract.lookup import Need
from hub.contract.message import ChannelName
from routes.police_share import filters, queries, rules, states
from routes.police_share.reasons import REASONS

RECORD: Final = ChannelName("police.record")
HANDLING: Final = ChannelName("police.handling")
BULK_PUSH: Final = ChannelName("police.bulk_push")
BULK_HANDLING: Final = ChannelName("police.bulk_handling")
MOST: Final = 100_000
"""Records of one batch."""

_NUMBER = Part("policeRecordId")
_OPERATION = Part("opType")
_STAY = (Part("idNo"), Part("residenceDiv"), Part("registerDate"))
"""One stay of one person: two numbers of the police for it are one candidate."""
_RECORD = Channel(
    name=RECORD,
    title="公安推送的居住登记",
    policy="supersedes",
    duplicate_keys=(
        DuplicateKey("record", (_NUMBER, _OPERATION)),
        DuplicateKey("stay", (*_STAY, _OPERATION)),
    ),
    order=OrderKey("police", (Part("idNo"),)),
    search_keys=(SearchKey("idNo", "idNo"), SearchKey("policeRecordId", "policeRecordId")),
    hub_filled=("resolvedDiv", "filterResult"),
)
_HANDLING = Channel(
    name=HANDLING,
    title="公安信息处理",
    policy="conflict",
    duplicate_keys=(DuplicateKey("sequence", (_NUMBER, Part("handlingSeq"), Part("@sender"))),),
    order=OrderKey("police", (_NUMBER,)),
    search_keys=(SearchKey("policeRecordId", "policeRecordId"),),
    place=Part("handleDiv"),
)

CASE: Final = CaseType(
    name="police_share",
    keys={RECORD: (_NUMBER,), HANDLING: (_NUMBER,)},
    opens=frozenset({RECORD}),
    states=states.TITLES,
    initial=states.OPEN,
    moves=states.MOVES,
    closed=states.CLOSED,
    also={RECORD: (_STAY,)},
)

FLOW: Final = Flow(
    name="police_share",
    title="公安信息共享",
    channels=(_RECORD, _HANDLING),
    routes=(Route("record-to-unit", RECORD, UnitRecipient(), "residence_unit", "公安推送的候选送现住地流动人口单位"),),
    decide=rules.decide,
    settled=rules.settled,
    due=rules.due,
    case=CASE,
    sources={RECORD: ("police",)},
    ends=frozenset({HANDLING}),
    needs=(Need("known", "people.by-number", RECORD, (Part("idNo"),)),),
    reasons=REASONS,
    queries=(queries.CASE,),
    batches=(
        BatchIn(BULK_PUSH, "公安批量推送", RECORD, filters.sift, MOST),
        BatchIn(BULK_HANDLING, "公安信息批量处理", HANDLING, most=MOST),
    ),
)
