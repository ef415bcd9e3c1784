"""What is shared with the police (公安): residence records pushed here become candidates of units, cases are asked there."""

from typing import Final

from demo.families.family import Family, Grants, Route
from demo.families.police.director import PoliceDirector
from demo.families.police.facts import HANDLING, RECORD
from demo.families.police.side import PoliceSide

POLICE: Final = Family(
    name="police",
    first="第一条公安推送已送达现住地单位。 The first record of the police has arrived.",
    routes=(
        Route("record-to-unit", "公安推送 → 现住地单位", filtered=True),
        Route("handling-to-hub", "公安、卫生信息处理 → 枢纽", kept=True, filtered=True),
    ),
    grants={"FJFPIS": Grants((HANDLING,), (RECORD,), ("police.case",))},
    side=PoliceSide,
    director=PoliceDirector,
    partners=("police",),
    records="police.record:",
)
