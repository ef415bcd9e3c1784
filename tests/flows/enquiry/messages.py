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


def message(document: bytes, from_system: str = "FJFPIS", accepted_at: datetime = NOON) -> Message:
    """A message from a system."""
    root = parse(document)
    channel = "enquiry.request" if "Request" in str(root.tag) else "enquiry.feedback"
    return Message(1, Header("m", ChannelName(channel), "1.0", "sender", from_system), Document(root), accepted_at)


def case(state: str = "2", data: Mapping[str, str] | None = None, **facts: str) -> Case:
    """An enquiry of Siming's that went to another province, unless the facts say otherwise."""
    known = {"origin": "FJFPIS", "applicant": SIMING_UNIT, "asked": "PADIS", **facts} if data is None else dict(data)
    return Case(7, state, NOON, known)


ABROAD = ELSEWHERE
