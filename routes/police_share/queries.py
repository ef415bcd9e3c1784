"""What may be asked of the police: what they know of one person by name and number (requirements, 公安个案查询; caps ours, configurable)."""

from __future__ import annotations

from typing import Final

from hub.contract.channel import Part
from hub.contract.message import ChannelName
from hub.contract.query import Asker, FromPartner, Query

CASE: Final = Query(
    name=ChannelName("police.case"),
    title="公安个案查询",
    source=FromPartner("police", "police"),
    askers=(Asker("asking_unit", frozenset({"FJFPIS"})),),
    row="record",
    subject=(Part("idNo"),),
    purpose="purpose",
    needs_user=True,
)
