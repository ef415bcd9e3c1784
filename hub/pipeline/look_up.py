"""Look up: the message as rules see it, and the case it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from hub.contract.channel import key_values
from hub.contract.message import ChannelName, Document, Header, Message
from hub.contract.xml import reparse
from hub.pipeline.machine import Machine
from hub.pipeline.planning import Planning
from hub.ports.message_store import CaseRow, ToPlan


def look_up(machine: Machine, stored: Sequence[ToPlan]) -> list[Planning]:
    """Open the stored documents and read the cases they name, one query for the group."""
    works = [_open(machine, row) for row in stored]
    cases: Mapping[bytes, CaseRow] = machine.store.cases([w.case_key for w in works if w.case_key])
    for work in works:
        work.case_row = cases.get(work.case_key) if work.case_key else None
    return works


def _open(machine: Machine, row: ToPlan) -> Planning:
    body = machine.keyring.open(f"message_body|canonical|{row.id}", row.canonical)
    flow = machine.catalogue.flow_of[row.channel]
    channel = machine.catalogue.channels[row.channel]
    header = Header("", ChannelName(row.channel), row.version, row.sender, row.from_system, row.from_div, row.from_user,
                    test=row.test)  # fmt: skip
    message = Message(row.id, header, Document(reparse(body)), datetime.fromtimestamp(row.accepted_at / 1000, UTC))
    work = Planning(row, flow, channel, message)
    parts = flow.case.keys.get(channel.name) if flow.case else None
    values = key_values(parts, message) if parts else None
    if flow.case and values:
        work.case_key = machine.keyring.index(f"case:{flow.case.name}", *values)
    return work
