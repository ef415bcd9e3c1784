"""CADASTRE, a made-up register of house numbers: GB18030, Chinese element names, and no memory of what it was sent."""

from __future__ import annotations

from adapters.cadastre.partner import CadastrePartner
from adapters.cadastre.settings import DEFAULTS
from adapters.cadastre.translator import ANSWER, REPORT, CadastreTranslator

from hub.contract.adapter import Adapter, Feed
from hub.contract.batch import OwnBatch
from hub.contract.message import ChannelName
from hub.contract.operation import Operation, OperationClass

ADAPTER = Adapter(
    name="cadastre",
    system="CADASTRE",
    title="门牌登记系统",
    translator=CadastreTranslator(),
    connect=CadastrePartner,
    operations=(Operation("report", REPORT, OperationClass.NEITHER, "cadastre/1.0/report.xsd", timeout=5.0, max_in_flight=4),),
    feeds=(Feed("answers", {ANSWER: "cadastre/1.0/answer.xsd"}, interval=0.3),),
    encoding="GB18030",
    settings=DEFAULTS,
    simulator="adapters.cadastre.simulator",
    batches={ChannelName("housenumber.answers"): OwnBatch("cadastre/1.0/batch.xsd", "cadastre/1.0/answer.xsd", "门牌答复")},
    limits="虚构系统；同一申报送两次即登记两次，也无从查询",
)
"""The manifest. Class C: it neither knows our key nor can be asked."""
