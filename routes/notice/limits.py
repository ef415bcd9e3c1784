"""How long a receipt may take. Dated, so that a change never rewrites history; values ours, configurable.

L5: inter-provincial exchange rules (30 days). L7, what a return leaves to the next unit: 5 working days, assumed.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from hub.contract.case import Limit


class DatedLimit(NamedTuple):
    """A limit and the day from which it holds."""

    limit: Limit
    valid_from: date = date(2009, 1, 1)


RECEIPT: Final = (DatedLimit(Limit("L5", 30, "C")),)
WITHIN: Final = Limit("L7", 5, "W")


def receipt_limit(on: date, table: tuple[DatedLimit, ...] = RECEIPT) -> Limit:
    """The limit of a receipt in force on the day of acceptance. Raises LookupError when none is."""
    dated = [d for d in table if d.valid_from <= on]
    if not dated:
        raise LookupError("L5")
    return max(dated, key=lambda d: d.valid_from).limit
