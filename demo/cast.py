"""Who takes part in the demo: the spokes, by name, with the system they are, their places and how they receive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

EAST, WEST = "fjfpis-east", "fjfpis-west"


@dataclass(frozen=True, slots=True)
class Member:
    """One spoke. ``places`` are division prefixes; ``push``: it is pushed to, else it polls its mailbox."""

    name: str
    title: str
    system: str
    places: tuple[str, ...]
    push: bool = False


CAST: Final = (
    Member(EAST, "流动人口系统（福州、厦门、莆田、泉州、宁德）", "FJFPIS", ("3501", "3502", "3503", "3505", "3509")),
    Member(WEST, "流动人口系统（三明、漳州、南平、龙岩）", "FJFPIS", ("3504", "3506", "3507", "3508"), push=True),
    Member("fjpis", "全员人口系统（全省）", "FJPIS", ("35",)),
)
PLACES: Final[Mapping[str, tuple[str, ...]]] = {member.name: member.places for member in CAST if member.system == "FJFPIS"}
"""The prefectures of each spoke of the floating register: together the whole of Fujian."""
