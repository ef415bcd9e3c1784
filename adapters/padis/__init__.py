"""PADIS, the national platform (国家流动人口子系统): enquiries and feedback across provinces (requirements, 跨省协查)."""

from __future__ import annotations

from adapters.padis.outbound import PadisPartner
from adapters.padis.settings import DEFAULTS
from adapters.padis.translator import FEEDBACK, REQUEST, PadisTranslator
from hub.contract.adapter import Adapter, Feed
from hub.contract.operation import Operation, OperationClass

SCHEMAS = {REQUEST: "padis/1.0/xc01.xsd", FEEDBACK: "padis/1.0/xc02.xsd"}
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
        for name, channel in (("submit_request", REQUEST), ("submit_feedback", FEEDBACK))
    ),
    feeds=(Feed("download", SCHEMAS),),
    settings=DEFAULTS,
    simulator="adapters.padis.simulator",
    limits="国家平台接口未公开，本适配器按替代样例实现，见 README.md",
)
"""The manifest. SerialNo is the hub's key; samples stand in samples/<channel>/."""
