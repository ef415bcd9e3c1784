"""What health systems report (卫生推送): deliveries pushed here, vaccinations read from their table, compared, handled by units."""

from typing import Final

from demo.families.family import Family, Grants, Route
from demo.families.health.director import HealthDirector
from demo.families.health.facts import COMPARISON, HANDLING
from demo.families.health.side import HealthSide

HEALTH: Final = Family(
    name="health",
    first="第一份卫生信息已比对送达。 The first report of a health system was compared and has arrived.",
    routes=(
        Route("push-to-hub", "住院分娩 → 枢纽", kept=True),
        Route("row-to-hub", "预防接种 → 枢纽", kept=True, filtered=True),
        Route("result-to-health", "处理回执 → 卫生系统"),
        Route("task-to-hukou-unit", "比对结果 → 常住单位"),
        Route("task-to-residence-unit", "比对结果 → 流动单位"),
        Route("task-to-birthplace", "比对结果 → 出生地单位"),
        Route("copy-to-residence-unit", "比对结果抄送 → 现居住地"),
    ),
    grants={
        "FJPIS": Grants((HANDLING,), (COMPARISON,)),
        "FJFPIS": Grants((HANDLING,), (COMPARISON, HANDLING)),
    },
    side=HealthSide,
    director=HealthDirector,
    partners=("health",),
)
