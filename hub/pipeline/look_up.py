"""Look up: the message as rules see it, and the case it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from hub.contract.case import CaseType
from hub.contract.channel import key_values
from hub.contract.message import ChannelName, Document, Header, Message, show_hub_id
from hub.contract.xml import reparse
from hub.pipeline.machine import Machine
from hub.pipeline.planning import Planning
from hub.ports.keyring import Undecryptable
from hub.ports.records import CaseRow, ToPlan
from hub.reference.calendar import CHINA


def look_up(machine: Machine, stored: Sequence[ToPlan]) -> tuple[list[Planning], list[ToPlan]]:
    """Open the stored documents and read the cases they name, one query for the group.

    Apart, the rows that cannot be opened any more: damaged, or their channel is not declared here.
    """
    works, lost = [], []
    for row in stored:
        try:
            works.append(_open(machine, row))
        except (Undecryptable, KeyError) as fault:
            machine.tap.event("message.unreadable", hub_id=show_hub_id(row.id), channel=row.channel, kind=type(fault).__name__)
            lost.append(row)
    names = [name for w in works for name in w.names]
    cases: Mapping[bytes, CaseRow] = machine.store.cases([w.case_key for w in works if w.case_key], names)
    for work in works:
        work.case_row = cases.get(work.case_key) if work.case_key else None
        if work.names:
            work.case_row = next((cases[name] for name in work.names if name in cases), None)
            work.new_names = tuple(name for name in work.names if name not in cases)
    return works, lost


def _open(machine: Machine, row: ToPlan) -> Planning:
    body = machine.keyring.open(f"message_body|canonical|{row.id}", row.canonical)
    flow = machine.catalogue.flow_of[row.channel]
    channel = machine.catalogue.channels[row.channel]
    header = Header("", ChannelName(row.channel), row.version, row.sender, row.from_system, row.from_div, row.from_user,
                    test=row.test)  # fmt: skip
    message = Message(row.id, header, Document(reparse(body)), datetime.fromtimestamp(row.accepted_at / 1000, CHINA))
    work = Planning(row, flow, channel, message)
    parts = flow.case.keys.get(channel.name) if flow.case else None
    values = key_values(parts, message) if parts else None
    if flow.case and values:
        work.case_key = machine.keyring.index(f"case:{flow.case.name}", *values)
    if flow.case and flow.case.also:
        work.names = tuple(_names(machine, flow.case, work))
    return work


def _names(machine: Machine, case: CaseType, work: Planning) -> Iterator[bytes]:
    if work.case_key:
        yield work.case_key
    for number, parts in enumerate((case.also or {}).get(work.channel.name, ()), 1):
        values = key_values(parts, work.message)
        if values:
            yield machine.keyring.index(f"case:{case.name}:{number}", *values)
