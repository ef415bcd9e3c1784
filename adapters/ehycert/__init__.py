"""The national certificate database (国家电子婚育证库): monthly batches of certificates, and verification (requirements, 国家电子婚育证信息接口)."""

from __future__ import annotations

from adapters.ehycert.outbound import EcertPartner
from adapters.ehycert.settings import DEFAULTS
from adapters.ehycert.translator import RECORD, VERIFICATION, EcertTranslator
from hub.contract.adapter import Adapter
from hub.contract.operation import Operation, OperationClass, QueryOperation

ADAPTER = Adapter(
    name="ehycert",
    system="ECERT",
    title="国家电子婚育证库",
    translator=EcertTranslator(),
    connect=EcertPartner,
    operations=(
        Operation(
            "upload", RECORD, OperationClass.IDEMPOTENT, "ehycert/1.0/package.xsd", timeout=20.0, max_in_flight=4,
            max_bytes=8 * 1024 * 1024,
        ),
    ),
    settings=DEFAULTS,
    simulator="adapters.ehycert.simulator",
    queries=(QueryOperation("verify", VERIFICATION, "ehycert/1.0/verify.xsd", "ehycert/1.0/verify.xsd"),),
    ask=EcertPartner,
    limits="国家电子婚育证库接口未公开，本适配器按替代样例实现，只报新增批次，见 README.md",
)  # fmt: skip
