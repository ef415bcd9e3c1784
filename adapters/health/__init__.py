"""Health information systems (卫生信息系统): deliveries pushed in, results pushed back, vaccinations read from a middle table."""

from __future__ import annotations

from adapters.health.outbound import HealthPartner
from adapters.health.service import PUSHES
from adapters.health.settings import DEFAULTS
from adapters.health.translator import RESULT, VACCINATED, HealthTranslator
from hub.contract.adapter import Adapter, Feed
from hub.contract.operation import Operation, OperationClass

_PROCESSED_BY = 6.0  # seconds: no work is begun later than 5 s after SendTime; the answer about a key is final then [assumed]

ADAPTER = Adapter(
    name="health",
    system="PHC",
    title="卫生信息系统",
    translator=HealthTranslator(),
    connect=HealthPartner,
    operations=(
        Operation("push_result", RESULT, OperationClass.ASKABLE, "health/1.0/result.xsd", ask_after=_PROCESSED_BY, max_in_flight=8),
    ),
    feeds=(Feed("vaccinations", {VACCINATED: "health/1.0/vaccination.xsd"}, confirmed=True, needs="vaccinations"),),
    settings=DEFAULTS,
    simulator="adapters.health.simulator",
    services=(PUSHES,),
    limits="卫生信息系统接口未公开，本适配器按替代样例实现，见 README.md",
)
