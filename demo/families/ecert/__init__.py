"""Electronic certificates (电子婚育证): a month's batch made by the hub from the register, and verifications."""

from typing import Final

from demo.families.ecert.director import EcertDirector
from demo.families.ecert.side import EcertSide
from demo.families.ecert.truth import truth
from demo.families.family import Family, Grants, Route

ECERT: Final = Family(
    name="ecert",
    first="本月电子婚育证已报国家库。 This month's certificates have reached the national base.",
    routes=(Route("record-to-ecert", "电子婚育证 → 国家库"),),
    grants={"FJFPIS": Grants(asks=("ecert.verify",))},
    side=EcertSide,
    director=EcertDirector,
    partners=("ehycert",),
    records="ecert.record:",
    truth=truth,
)
