"""PADIS, the national platform (国家流动人口子系统): enquiries and notices across provinces and what belongs to them (requirements, 跨省协查、三项通报)."""

from __future__ import annotations

from adapters.padis.outbound import PadisPartner
from adapters.padis.settings import DEFAULTS
from adapters.padis.translator import (
    CASE,
    FEEDBACK,
    NOTICE,
    RECEIPT,
    REQUEST,
    RETURN,
    WITHDRAW,
    WITHDRAWN,
    PadisTranslator,
)
from hub.contract.adapter import Adapter, Feed
from hub.contract.operation import Operation, OperationClass, QueryOperation

_OPERATIONS = {
    "submit_request": REQUEST, "submit_feedback": FEEDBACK, "submit_return": RETURN, "submit_withdraw": WITHDRAW,
    "confirm_withdraw": WITHDRAWN, "submit_notice": NOTICE, "confirm_notice": RECEIPT,
}  # fmt: skip
SCHEMAS = {channel: f"padis/1.0/xc0{number}.xsd" for number, channel in enumerate(_OPERATIONS.values(), 1)}
_TIMEOUT = 10.0
_PROCESSED_BY = 6.0  # seconds: PADIS begins no work later than 5 s after SendTime; its answer about a key is final then [assumed]

ADAPTER = Adapter(
    name="padis",
    system="PADIS",
    title="国家流动人口平台",
    translator=PadisTranslator(),
    connect=PadisPartner,
    operations=tuple(
        Operation(
            name, channel, OperationClass.ASKABLE, SCHEMAS[channel], timeout=_TIMEOUT, ask_after=_PROCESSED_BY, max_in_flight=16
        )
        for name, channel in _OPERATIONS.items()
    ),
    feeds=(Feed("download", SCHEMAS),),
    settings=DEFAULTS,
    simulator="adapters.padis.simulator",
    queries=(QueryOperation("case", CASE, "padis/1.0/cx02.xsd", "padis/1.0/cx02.xsd"),),
    ask=PadisPartner,
    limits="国家平台接口未公开，本适配器按替代样例实现，见 README.md",
)
