"""What a ledger says of the documents of an enquiry (协查)."""

from __future__ import annotations

from typing import Final

from demo.spokes.facts import Facts, channel_of
from hub.contract.xml import Element, namespace
from hub.testkit.ledger import entry_digest, entry_id, entry_lane

REQUEST: Final = "enquiry.request"
FEEDBACK: Final = "enquiry.feedback"
RETURN: Final = "enquiry.return"
WITHDRAW: Final = "enquiry.withdraw"
WITHDRAWN: Final = "enquiry.withdrawn"
CHANNELS: Final = (REQUEST, FEEDBACK, RETURN, WITHDRAW, WITHDRAWN)
_OF_A_CASE: Final = {
    FEEDBACK: (("feedbackSeq",), ("feedbackSeq", "result")),
    RETURN: (("returnDiv", "returnSeq"), ("returnSeq", "returnReason")),
    WITHDRAW: ((), ("reason",)),
    WITHDRAWN: ((), ("removed",)),
}
"""By channel: what names one beside the enquiry, and what its digest holds beside the enquiry's number."""


def facts_of(document: Element, system: str) -> Facts:
    """Of an ``enquiryRequest`` of that system, or of a document that belongs to one, which names the asking system itself."""
    space = f"{{{namespace(document)}}}"

    def text(*path: str) -> str:
        return document.findtext("/".join(space + name for name in path)) or ""

    number, channel = text("enquiryNo"), channel_of(document)
    if channel != REQUEST:
        system, (key, content) = text("originSystem"), _OF_A_CASE[channel]
        id_ = entry_id(channel, system, number, *map(text, key))
        return Facts(id_, entry_lane(system, number), entry_digest(number, *map(text, content)), channel)
    digest = entry_digest(
        number, text("enquiryType"), text("subject", "name"), text("subject", "idNo"), text("subject", "birthDate"), text("statedToDiv")
    )  # fmt: skip
    return Facts(entry_id(REQUEST, system, number), entry_lane(system, number), digest, REQUEST)
