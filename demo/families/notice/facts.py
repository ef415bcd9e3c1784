"""What a ledger says of a notice (通报) and of its receipt. A corrected receipt has another result, and so another id."""

from __future__ import annotations

from typing import Final

from demo.spokes.facts import Facts, channel_of
from hub.contract.xml import Element
from hub.testkit.ledger import entry_digest, entry_id, entry_lane

NOTICE: Final = "notice.contraception"
RECEIPT: Final = "notice.contraception_receipt"


def facts_of(document: Element, system: str) -> Facts:
    """Of a ``noticeContraception`` of that system, or of a receipt, which names the system that told itself."""

    def text(path: str) -> str:
        return document.findtext("/".join(f"{{*}}{name}" for name in path.split("/"))) or ""

    number, channel = text("noticeNo"), channel_of(document)
    if channel == NOTICE:
        digest = entry_digest(
            number, text("checkKind"), text("checkDate"), text("subject/name"), text("subject/idNo"), text("hukouDiv")
        )  # fmt: skip
        return Facts(entry_id(NOTICE, system, number), entry_lane(system, number), digest, NOTICE)
    system, result = text("originSystem"), text("result")
    id_ = entry_id(RECEIPT, system, number, text("receiveDiv"), text("role"), result)
    return Facts(id_, entry_lane(system, number), entry_digest(number, result, text("correctDiv")), RECEIPT)
