"""What a ledger says of a comparison (比对结果) that a unit gets, and of its handling.

The hub numbers comparisons itself; what the health system can know beforehand is whose task it will be, of which record, which
child of it, which version. So those make the names.
"""

from __future__ import annotations

from typing import Final

from demo.spokes.facts import Facts, channel_of
from hub.contract.xml import Element
from hub.testkit.ledger import entry_digest, entry_id, entry_lane

COMPARISON: Final = "health.comparison"
HANDLING: Final = "health.handling"


def facts_of(document: Element, register: str) -> Facts:
    """Of a ``healthComparison`` as the register (FJPIS or FJFPIS) gets it, or of a ``healthHandling``."""

    def text(path: str) -> str:
        return document.findtext("/".join(f"{{*}}{name}" for name in path.split("/"))) or ""

    if channel_of(document) == COMPARISON:
        record = text("sourceKey/orgCode"), text("sourceKey/recordNo"), text("newbornOrder")
        source = (*record, text("version"))
        digest = entry_digest(*source, text("outcome"), text("assignedDiv"), text("event/eventDate"))
        return Facts(entry_id(COMPARISON, register, *source), entry_lane(*record), digest, COMPARISON)
    number, seq = text("comparisonId"), text("handlingSeq")
    return Facts(entry_id(HANDLING, number, seq), entry_lane(number), entry_digest(number, seq, text("handling")), HANDLING)
