"""电子婚育证 declared: the monthly batch and its records, their one route, the case of a certificate, the verification."""

from __future__ import annotations

from typing import Final

from hub.contract.basis import BasisNeed
from hub.contract.batch import BatchOut, Schedule
from hub.contract.case import CaseType
from hub.contract.channel import Channel, DuplicateKey, OrderKey, Part, SearchKey
from hub.contract.flow import Flow, Route, SystemRecipient
from hub.contract.message import ChannelName
from routes.ehycert import queries, records, rules, states
from routes.ehycert.reasons import REASONS

BATCH: Final = ChannelName("ecert.batch")
RECORD: Final = ChannelName("ecert.record")
MONTHLY: Final = ChannelName("ecert.monthly")
_HOLDER: Final = Part("holder/idNo")
_KEY: Final = (_HOLDER, Part("version"))

_BATCH = Channel(
    name=BATCH,
    title="电子婚育证批次",
    policy="conflict",
    duplicate_keys=(DuplicateKey("number", (Part("batchNo"), Part("@fromSystem"))),),
    order=OrderKey("batch", (Part("batchNo"),)),
)
_RECORD = Channel(
    name=RECORD,
    title="电子婚育证",
    policy="same",
    duplicate_keys=(DuplicateKey("version", _KEY),),
    order=OrderKey("certificate", (_HOLDER,)),
    search_keys=(SearchKey("idNo", "holder/idNo"),),
)

CASE: Final = CaseType(
    name="certificate",
    keys={RECORD: (Part("holder/personId"),)},
    opens=frozenset({RECORD}),
    states=states.TITLES,
    initial=states.UPLOADED,
    moves=states.MOVES,
    closed=frozenset({states.CANCELLED}),
    apart=frozenset({BATCH}),
)

_MONTHLY_BATCH = BatchOut(
    name=MONTHLY,
    title="电子婚育证日常发放（新增）",
    wrapper=BATCH,
    record=RECORD,
    route="record-to-ecert",
    describe=records.describe,
    key=_KEY,
    made=rules.made,
    settled=rules.record_settled,
)

FLOW: Final = Flow(
    name="ehycert",
    title="电子婚育证",
    channels=(_BATCH, _RECORD),
    routes=(Route("record-to-ecert", RECORD, SystemRecipient("ehycert"), "ecert", "电子婚育证成批报国家电子婚育证库"),),
    decide=rules.decide,
    settled=rules.settled,
    due=rules.due,
    case=CASE,
    basis=BasisNeed(fields=("contraception",)),
    reasons=REASONS,
    queries=(queries.VERIFY,),
    batches=(_MONTHLY_BATCH,),
    schedules=(
        Schedule(
            name="ecert.monthly",
            title="每月发放：上月末在册、符合条件而尚未发证的流出育龄妇女",
            every="month",
            extract="people.certifiable",
            batch=MONTHLY,
            ask=records.ask,
            make=records.make,
        ),
    ),
)
