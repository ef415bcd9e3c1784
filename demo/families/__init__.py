"""The families of traffic of the demo, in the order in which they are shown."""

from collections.abc import Mapping
from typing import Final

from demo.families.ecert import ECERT
from demo.families.enquiry import ENQUIRY
from demo.families.family import Family, Route
from demo.families.health import HEALTH
from demo.families.notice import NOTICE
from demo.families.police import POLICE

FAMILIES: Final[Mapping[str, Family]] = {family.name: family for family in (ENQUIRY, NOTICE, POLICE, HEALTH, ECERT)}
ROUTES: Final[Mapping[str, Route]] = {route.name: route for family in FAMILIES.values() for route in family.routes}
RECORDS: Final = tuple(family.records for family in FAMILIES.values() if family.records)
"""How the ids of records of batches begin."""

__all__ = ["FAMILIES", "RECORDS", "ROUTES", "Family", "Route"]
