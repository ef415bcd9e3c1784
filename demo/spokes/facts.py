"""What a ledger says of a canonical document: id, lane, digest. Computed from the spoke's own copy, before or after the hub."""

from __future__ import annotations

from typing import Final, NamedTuple

from hub.contract.xml import Element, namespace
from hub.testkit.ledger import entry_digest, entry_id, entry_lane

REQUEST: Final = "enquiry.request"
FEEDBACK: Final = "enquiry.feedback"


class Facts(NamedTuple):
    """The names of a document in every ledger, and its channel."""

    id: str
    lane: str
    digest: str
    channel: str

    def line(self, event: str, /, **more: object) -> dict[str, object]:
        """A ledger line that says what happened to the document."""
        return {"t": event, "id": self.id, "lane": self.lane, "digest": self.digest, **more}


def facts_of(document: Element, system: str) -> Facts:
    """Of an ``enquiryRequest`` of that system, or of an ``enquiryFeedback``, which names the asking system itself."""
    space = f"{{{namespace(document)}}}"

    def text(*path: str) -> str:
        return document.findtext("/".join(space + name for name in path)) or ""

    number = text("enquiryNo")
    if document.tag == f"{space}enquiryFeedback":
        system, seq = text("originSystem"), text("feedbackSeq")
        digest = entry_digest(number, seq, text("result"))
        return Facts(entry_id(FEEDBACK, system, number, seq), entry_lane(system, number), digest, FEEDBACK)
    digest = entry_digest(
        number, text("enquiryType"), text("subject", "name"), text("subject", "idNo"), text("subject", "birthDate"), text("statedToDiv")
    )  # fmt: skip
    return Facts(entry_id(REQUEST, system, number), entry_lane(system, number), digest, REQUEST)
