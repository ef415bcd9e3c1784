"""What a ledger says of an electronic certificate (电子婚育证) that the national base must get."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from demo.province import Person
from demo.spokes.facts import Facts
from hub.reference.calendar import CHINA
from hub.testkit.ledger import entry_digest, entry_id, entry_lane

RECORD: Final = "ecert.record"


def last_month() -> str:
    """The month (``YYYYMM``) whose certificates the hub makes today: the last that has ended."""
    first = datetime.now(CHINA).date().replace(day=1)
    return f"{first - timedelta(days=1):%Y%m}"


def facts_of(woman: Person) -> Facts:
    """Of the certificate of a woman who has flowed out. Its version is the day on which she left."""
    flow = woman.flow
    assert flow is not None
    version = flow.out_date.replace("-", "")
    digest = entry_digest(
        woman.id_no, woman.name, woman.birth_date, woman.hukou_div, woman.marital_status, woman.children_count, flow.out_date, version
    )  # fmt: skip
    return Facts(entry_id(RECORD, woman.id_no, version), entry_lane(woman.id_no), digest, RECORD)
