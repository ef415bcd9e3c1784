"""The facts of the register as the compare reads them: a woman with the sides on which she is kept, her children."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub.contract.lookup import Fact

RESIDENT, FLOATING, NOBODY = "1", "2", "9"
"""CL_SIDE."""
_ACTIVE: Final = "1"
_PROVINCE: Final = "35"


@dataclass(frozen=True, slots=True)
class Woman:
    """One person. ``sides`` are the facts of her active sides by CL_SIDE; ``told`` what is the same on all of them."""

    told: Fact
    sides: dict[str, Fact]

    @property
    def side(self) -> str:
        """常口 when she is managed there, else 流口: an in-province migrant counts as a resident (requirements, 二网整合)."""
        return RESIDENT if RESIDENT in self.sides else FLOATING

    @property
    def unit(self) -> str:
        """The division that manages her on that side."""
        return self.sides[self.side].get("managedDiv", "")

    @property
    def copy(self) -> str:
        """The unit of residence of an in-province migrant, else empty."""
        both = len(self.sides) > 1
        return self.sides[FLOATING].get("managedDiv", "") if both else ""

    def in_date(self, day: date) -> date | None:
        """When she came, as seen from an event: of the open stay, else of the earliest after it; the day itself when it lies in a stay."""
        stays = [stay.split("/") for stay in self.sides[FLOATING].get("inflows", "").split()]
        known = [(date.fromisoformat(begin), date.fromisoformat(end) if end else None) for begin, end in stays]
        if any(begin <= day and (end is None or day <= end) for begin, end in known):
            return day
        opened = [begin for begin, end in known if end is None]
        later = [begin for begin, _ in known if begin > day]
        return max(opened) if opened else min(later, default=None)


def women(facts: Iterable[Fact]) -> list[Woman]:
    """Everybody who is kept in Fujian, from a fact for each side: 常口 needs a unit of the province, 流口 an active entry."""
    found: dict[str, Woman] = {}
    for fact in facts:
        side = fact.get("side", "")
        kept = side == FLOATING or fact.get("managedDiv", "").startswith(_PROVINCE)
        if fact.get("recordStatus") == _ACTIVE and kept and "personId" in fact:
            found.setdefault(fact["personId"], Woman(fact, {})).sides[side] = fact
    return list(found.values())
