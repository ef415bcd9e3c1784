"""A message being planned: what the planner carries from step to step. Bottom of the room."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from hub.contract.case import Case
from hub.contract.channel import Channel
from hub.contract.decision import NOTHING, Decision
from hub.contract.flow import Facts, Flow
from hub.contract.message import Message
from hub.ports.obligations import OpenObligation
from hub.ports.records import Acceptance, CaseRow, NewDelivery, NewMessage, Plan, ToPlan


@dataclass(slots=True)
class Planning:
    """``stored`` is the row, ``message`` what rules see, ``case_key`` the keyed hash that names its case,
    ``names`` those of a flow whose cases have further keys, ``new_names`` the ones that name no case yet.

    ``known`` is what the hub found out about the recipients and writes into the case (`Send.known_as`); ``owed`` what is
    still owed on the case, read only where a decision asks for it.
    """

    stored: ToPlan
    flow: Flow
    channel: Channel
    message: Message
    case_key: bytes | None = None
    names: tuple[bytes, ...] = ()
    new_names: tuple[bytes, ...] = ()
    case_row: CaseRow | None = None
    facts: Facts = field(default_factory=dict)
    decision: Decision = NOTHING
    deliveries: tuple[NewDelivery, ...] = ()
    derived: tuple[NewMessage, ...] = ()
    emitted: tuple[Acceptance, ...] = ()
    known: dict[str, str] = field(default_factory=dict)
    owed: tuple[OpenObligation, ...] = ()
    unresolved: int = 0
    plan: Plan | None = None


def as_case(row: CaseRow | None) -> Case | None:
    """The case as rules see it."""
    return case_of(row) if row else None


def case_of(row: CaseRow) -> Case:
    """The case as rules see it."""
    return Case(row.id, row.state, datetime.fromtimestamp(row.opened_at / 1000, UTC), row.data)
