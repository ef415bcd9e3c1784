"""Legal basis: a production route runs only with a declared one (PIPL art. 6, 13, 34)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class BasisNeed:
    """What a flow needs declared before it runs in production. ``fields`` names the sensitive field groups with a basis of their own."""

    sensitive: bool = True
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """A declared legal basis from the settings. Dates are calendar dates; retention in days."""

    document_no: str
    purpose: str
    approving_body: str
    retention_days: int
    review_date: date
    valid_from: date
    fields: tuple[str, ...] = ()
    """Sensitive field groups that are on by their own declaration."""

    def covers(self, day: date) -> bool:
        """Whether acceptance is allowed on the day: after validFrom and before the review lapses."""
        return self.valid_from <= day <= self.review_date
