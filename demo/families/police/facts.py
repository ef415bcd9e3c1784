"""What a ledger says of a record that the police pushed (公安推送), and of what a unit did with it."""

from __future__ import annotations

from typing import Final

from demo.spokes.facts import Facts, channel_of
from hub.contract.xml import Element
from hub.testkit.ledger import entry_digest, entry_id, entry_lane

RECORD: Final = "police.record"
HANDLING: Final = "police.handling"


def facts_of(document: Element, _system: str) -> Facts:
    """Of a ``policeRecord``, whose place is still the code that the police wrote, or of a ``policeHandling``."""

    def text(name: str) -> str:
        return document.findtext(f"{{*}}{name}") or ""

    record = text("policeRecordId")
    if channel_of(document) == RECORD:
        digest = entry_digest(record, text("opType"), text("name"), text("idNo"), text("residenceDiv"))
        return Facts(entry_id(RECORD, record, text("opType")), entry_lane(text("idNo") or record), digest, RECORD)
    digest = entry_digest(record, text("handlingSeq"), text("handling"))
    return Facts(entry_id(HANDLING, record, text("handlingSeq")), entry_lane(record), digest, HANDLING)
