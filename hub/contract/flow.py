"""A flow is one business conversation; a route is a permitted edge of it. Both are literals, checked before start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub.contract.basis import BasisNeed
from hub.contract.batch import BatchIn, BatchOut, Schedule
from hub.contract.case import Case, CaseType
from hub.contract.channel import Channel
from hub.contract.decision import Decision, Settlement
from hub.contract.lookup import Fact, Need
from hub.contract.message import ChannelName, Message
from hub.contract.query import Query

Facts = Mapping[str, tuple[Fact, ...]]
"""What declared lookups found for a message, by the name of the need; saved with the decision.

A need whose system is not configured has no entry at all; an empty tuple says that the system knows nobody.
"""


@dataclass(frozen=True, slots=True)
class SystemRecipient:
    """Routes to the external system of this adapter name."""

    name: str


@dataclass(frozen=True, slots=True)
class UnitRecipient:
    """Routes to the spoke whose jurisdiction covers a place. ``by_system``: the decision names the system too (`ToPlace.system`)."""

    by_system: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A permitted edge: this channel may go to this kind of recipient, cut to this view. ``title`` is one line for people."""

    name: str
    channel: ChannelName
    to: SystemRecipient | UnitRecipient
    view: str
    title: str


Decide = Callable[[Message, Facts, Case | None], Decision]
"""Pure and total; called once per message in lane order. A raise makes the message dead and holds its lane."""

Settled = Callable[[Settlement, Case], Decision]
"""Pure; called when a send of the case became effective or ended."""

Due = Callable[[str, Case], Decision]
"""Pure; called when a timer of the case fires, with the timer's name."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One business conversation. A route package exports ``FLOW``, a value of this type.

    ``sources`` are the external systems (adapter names) that may originate its channels through feeds or pushes;
    spokes are granted channels one by one in the registry. ``needs`` are the lookups its rules build on. ``reasons`` maps
    the stable codes that its decisions give as reason to the sentence that people read (zh). ``emits`` says, for a channel, the
    channels (of any flow) of which its rules make new messages; ``batches`` and ``schedules`` are those of its records. ``ends`` are channels that go no further: their effect is the case's.
    """

    name: str
    title: str
    channels: tuple[Channel, ...]
    routes: tuple[Route, ...]
    decide: Decide
    settled: Settled
    due: Due
    case: CaseType | None = None
    sources: Mapping[ChannelName, tuple[str, ...]] | None = None
    answers: Mapping[ChannelName, ChannelName] | None = None
    basis: BasisNeed = BasisNeed()  # noqa: RUF009 - a frozen literal
    needs: tuple[Need, ...] = ()
    reasons: Mapping[str, str] | None = None
    queries: tuple[Query, ...] = ()
    emits: Mapping[ChannelName, tuple[ChannelName, ...]] | None = None
    batches: tuple[BatchIn | BatchOut, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    ends: frozenset[ChannelName] = frozenset()

    def channel(self, name: str) -> Channel | None:
        """The channel of that name in this flow."""
        return next((c for c in self.channels if c.name == name), None)

    def route(self, name: str) -> Route | None:
        """The route of that name in this flow."""
        return next((r for r in self.routes if r.name == name), None)
