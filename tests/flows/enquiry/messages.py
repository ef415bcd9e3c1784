"""Messages and cases as the rules of 协查 see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from hub.contract.case import Case
from hub.contract.message import ChannelName, Document, Header, Message
from hub.contract.xml import parse
from tests.flows.enquiry.documents import ELSEWHERE, SIMING_UNIT

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=CHINA)


def message(document: bytes, from_system: str = "FJFPIS", accepted_at: datetime = NOON, sender: str = "") -> Message:
    """A message from a system: the national platform's own sender, else the spoke ``sender``, else one called so."""
    root = parse(document)
    channel = str(root.tag).removeprefix("{urn:pophub:").partition(":")[0]
    sender = "system:padis" if from_system == "PADIS" else sender or "sender"
    return Message(1, Header("m", ChannelName(channel), "1.0", sender, from_system), Document(root), accepted_at)


def case(state: str = "2", data: Mapping[str, str] | None = None, **facts: str) -> Case:
    """An enquiry of Siming's that went to another province, unless the facts say otherwise."""
    known = (
        {"origin": "FJFPIS", "asker": "spoke:asker", "applicant": SIMING_UNIT, "asked": "PADIS", **facts}
        if data is None
        else dict(data)
    )
    if data is None and "answerer" not in facts:
        known |= (
            {"answerer": "system:padis"}
            if known["asked"] == "PADIS"
            else {"answerer": "spoke:sender", "answererDiv": known["asked"]}
        )
    return Case(7, state, NOON, known)


ABROAD = ELSEWHERE
