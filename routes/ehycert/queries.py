"""查验: does a woman hold a certificate, asked by units of the place she came to (requirements, 电子婚育证明的查询、核查使用).

Users are those of the national platform's accounts; each look is on record with user and purpose. Caps ours, configurable.
"""

from __future__ import annotations

from typing import Final

from hub.contract.channel import Part
from hub.contract.message import ChannelName
from hub.contract.query import Asker, FromPartner, Query

VERIFY: Final = Query(
    name=ChannelName("ecert.verify"),
    title="电子婚育证查验",
    source=FromPartner("ehycert", "ecert"),
    askers=(Asker("asking_unit", frozenset({"FJFPIS"})),),
    row="certificate",
    subject=(Part("idNo"),),
    purpose="purpose",
    needs_user=True,
)
