"""卫生推送 declared: deliveries and vaccinations come in, results go back; comparisons are another flow's (requirements, 卫生信息推送)."""

from __future__ import annotations

from typing import Final

from hub.contract.case import CaseType
from hub.contract.channel import Channel, DuplicateKey, OrderKey, Part, SearchKey
from hub.contract.flow import Flow, Route, SystemRecipient
from hub.contract.lookup import Need
from hub.contract.message import ChannelName
from routes.health_push import rules, states
from routes.health_push.reasons import REASONS

DELIVERY: Final = ChannelName("health.delivery")
VACCINATION: Final = ChannelName("health.vaccination")

_RECORD = (Part("orgCode"), Part("recordNo"))
_VACCINATION = (*_RECORD, Part("vaccCardNo"))
"""Another system numbers these records: the card tells them from deliveries of one organisation."""
_MOTHER, _FATHER, _NAMED = (Part("mother/idNo"),), (Part("father/idNo"),), (Part("mother/name"), Part("mother/birthDate"))

_DELIVERY = Channel(
    name=DELIVERY,
    title="住院分娩",
    policy="supersedes",
    duplicate_keys=(DuplicateKey("record", _RECORD),),
    order=OrderKey("record", _RECORD),
    search_keys=(SearchKey("recordNo", "recordNo"), SearchKey("idNo", "mother/idNo")),
)
_VACCINATED = Channel(
    name=VACCINATION,
    title="预防接种",
    policy="supersedes",
    duplicate_keys=(DuplicateKey("record", _VACCINATION),),
    order=OrderKey("record", _VACCINATION),
    search_keys=(SearchKey("recordNo", "recordNo"),),
)
_RESULT = Channel(
    name=rules.RESULT,
    title="推送处理回执",
    policy="supersedes",
    duplicate_keys=(DuplicateKey("batch", (Part("batchNo"), Part("recordSeq"))),),
    order=OrderKey("batch", (Part("batchNo"),)),
    search_keys=(SearchKey("sourceRecordNo", "sourceRecordNo"),),
)
_NEEDS = (
    ("byNumber", "mothers.by_number", _MOTHER), ("byHusband", "mothers.by_husband", _FATHER), ("byName", "mothers.by_name", _NAMED),
    ("ofMother", "children.of", _MOTHER), ("ofFather", "children.of_husband", _FATHER), ("ofName", "children.of_name", _NAMED),
)  # fmt: skip

FLOW: Final = Flow(
    name="health_push",
    title="卫生推送",
    channels=(_DELIVERY, _VACCINATED, _RESULT),
    routes=(Route("result-to-health", rules.RESULT, SystemRecipient("health"), "health", "推送处理回执送回报送系统"),),
    decide=rules.decide,
    settled=rules.settled,
    due=rules.due,
    case=CaseType(
        name="health-record",
        keys={DELIVERY: _RECORD, VACCINATION: _VACCINATION},
        opens=frozenset({DELIVERY, VACCINATION}),
        states=states.TITLES,
        initial=states.COMPARED,
        moves=states.MOVES,
        closed=frozenset({states.GONE}),
        apart=frozenset({rules.RESULT}),
    ),
    sources={DELIVERY: ("health",), VACCINATION: ("health",)},
    needs=(
        *(Need(fact, lookup, channel, parts) for channel in (DELIVERY, VACCINATION) for fact, lookup, parts in _NEEDS),
        Need("byCertificate", "children.by_certificate", VACCINATION, (Part("birthCertNo"),)),
        Need("byChildNumber", "children.by_number", VACCINATION, (Part("subject/idNo"),)),
    ),
    reasons=REASONS,
    emits={DELIVERY: (rules.COMPARISON, rules.RESULT), VACCINATION: (rules.COMPARISON,)},
)
