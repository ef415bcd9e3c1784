"""Cases: every business conversation as a declared state machine with history and obligations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.contract.channel import Part
from hub.contract.message import ChannelName


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose case it is: the names under which the case's data hold the asking system and its unit's division (12 digits)."""

    system: str
    division: str


@dataclass(frozen=True, slots=True)
class CaseType:
    """The process manager of a flow.

    ``keys`` says, per channel, which parts name the case; ``opens`` are the channels that may open one.
    ``states`` maps code to Chinese title; ``moves`` are the permitted transitions; ``closed`` are final states.
    ``owner`` says who may ask about it. ``apart`` are channels of the flow that belong to no case.
    ``also`` are further keys: a message that ``keys`` lead to no case finds it by these, and then all of its keys name that case.
    """

    name: str
    keys: Mapping[ChannelName, tuple[Part, ...]]
    opens: frozenset[ChannelName]
    states: Mapping[str, str]
    initial: str
    moves: frozenset[tuple[str, str]]
    closed: frozenset[str]
    owner: Owner | None = None
    apart: frozenset[ChannelName] = frozenset()
    also: Mapping[ChannelName, tuple[tuple[Part, ...], ...]] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case as rules see it. ``data`` holds small coded facts the rules put there; never a person's data."""

    id: int
    state: str
    opened_at: datetime
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Limit:
    """How long an answer may take: ``days`` calendar days (C) or working days (W), and the rule that says so."""

    rule: str
    days: int
    unit: str
