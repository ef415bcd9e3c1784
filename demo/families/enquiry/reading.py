"""How a unit reads the documents of enquiries on arrival: some enquiries it gives back instead of keeping them."""

from __future__ import annotations

from typing import Final

from demo.families.enquiry.facts import REQUEST, WITHDRAW, facts_of
from demo.spokes.facts import Facts, chance
from hub.contract.xml import Element

_BY_HAND: Final = "4"
"""CL_RESOLVE: an enquiry that was already handed on."""


class EnquiryReading:
    """``returned`` is the share of enquiries that are given back, when they have not been handed on before."""

    def __init__(self, returned: float = 0.0) -> None:
        self._returned = returned

    def facts(self, document: Element, system: str) -> Facts:
        """See `demo.spokes.side.Reading`."""
        return facts_of(document, system)

    def applies(self, document: Element, system: str) -> bool:
        """Everything but an enquiry that this unit will give back."""
        facts = facts_of(document, system)
        resolved = document.findtext("{*}resolvedBy")
        return facts.channel != REQUEST or resolved == _BY_HAND or chance(facts.id) >= self._returned

    def answered(self, channel: str) -> bool:
        """Enquiries and withdrawals."""
        return channel in (REQUEST, WITHDRAW)
