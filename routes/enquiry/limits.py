"""How long an enquiry's feedback may take. Dated, so that a change never rewrites history; values ours, configurable.

First hit wins: type 4 → L3; origin 3 (certificate verification found nothing) → L2; a pregnant subject → L1; else L4.
Sources: inter-provincial exchange rules (15 and 30 days), certificate guidance (7 days), first-child registration (15
working days). Urgency sets no limit of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub.contract.case import Limit

FIRST_CHILD: Final = "4"
FROM_CERTIFICATE: Final = "3"
PREGNANT: Final = "1"


@dataclass(frozen=True, slots=True)
class DatedLimit:
    """A limit and the day from which it holds."""

    limit: Limit
    valid_from: date = date(2009, 1, 1)


LIMITS: Final = (
    DatedLimit(Limit("L1", 15, "C")),
    DatedLimit(Limit("L2", 7, "C")),
    DatedLimit(Limit("L3", 15, "W")),
    DatedLimit(Limit("L4", 30, "C")),
)


def rule_for(enquiry_type: str, origin: str, key_subjects: Collection[str]) -> str:
    """Which of L1–L4 applies."""
    if enquiry_type == FIRST_CHILD:
        return "L3"
    if origin == FROM_CERTIFICATE:
        return "L2"
    return "L1" if PREGNANT in key_subjects else "L4"


def limit_for(
    enquiry_type: str, origin: str, key_subjects: Collection[str], on: date, table: tuple[DatedLimit, ...] = LIMITS
) -> Limit:
    """The limit in force on the day of acceptance. Raises LookupError when none is."""
    rule = rule_for(enquiry_type, origin, key_subjects)
    dated = [d for d in table if d.limit.rule == rule and d.valid_from <= on]
    if not dated:
        raise LookupError(rule)
    return max(dated, key=lambda d: d.valid_from).limit
