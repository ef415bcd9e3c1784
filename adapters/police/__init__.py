"""The provincial police platform (省公安厅流动人口综合管理服务平台): case queries there, bulk pushes here (requirements, 公安信息共享)."""

from __future__ import annotations

from adapters.police.inbound import BULK_PUSH, SERVICE
from adapters.police.outbound import PolicePartner
from adapters.police.settings import DEFAULTS, ENCODING
from adapters.police.translator import CASE, PoliceTranslator
from hub.contract.adapter import Adapter
from hub.contract.batch import OwnBatch
from hub.contract.operation import QueryOperation

ADAPTER = Adapter(
    name="police",
    system="POLICE",
    title="省公安厅流动人口平台",
    translator=PoliceTranslator(),
    connect=PolicePartner,
    operations=(),
    encoding=ENCODING,
    settings=DEFAULTS,
    simulator="adapters.police.simulator",
    queries=(QueryOperation("case", CASE, "police/1.0/query.xsd", "police/1.0/query_reply.xsd"),),
    ask=PolicePartner,
    services=(SERVICE,),
    batches={BULK_PUSH: OwnBatch("police/1.0/push.xsd", "police/1.0/record.xsd", "ITEM")},
    limits="公安平台接口未公开，本适配器按替代样例实现，见 README.md",
)
