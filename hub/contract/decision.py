"""What a flow's rules answer: sends, case moves, obligations, timers. Committed together, never re-decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from hub.contract.case import Limit
from hub.contract.message import ChannelName
from hub.contract.xml import Element


@dataclass(frozen=True, slots=True)
class ToSystem:
    """Address an external system by its adapter's name."""

    name: str


@dataclass(frozen=True, slots=True)
class ToPlace:
    """Address the unit that is responsible for a division (12 digits), found through the spokes' jurisdictions.

    ``system``: only spokes of this system code, where two systems serve one place (the resident and the floating register).
    """

    division: str
    system: str | None = None


@dataclass(frozen=True, slots=True)
class ToSpoke:
    """Address one spoke by its registered name."""

    name: str


Address = ToSystem | ToPlace | ToSpoke


@dataclass(frozen=True, slots=True)
class Owe:
    """The receiver of a send owes an answer. Its clock starts when the send becomes effective at the receiver.

    ``at_least`` names another obligation kind of the case: the new one is never due before the newest of these was.
    """

    kind: str
    limit: Limit
    by: str
    at_least: str | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Send the message along a declared route. ``fill`` sets hub-filled elements of the sent document.

    ``opening``: not this message but the one that opened the case is sent, as a new message of its own that this one causes;
    the route is then one of the opening channel. ``known_as``: the hub writes the recipient it resolved (``spoke:<name>``,
    ``system:<name>``) into the case's data under this name, and the place that stands today for a `ToPlace` under
    ``<name>Div``, so that later rules know who was really addressed.
    """

    route: str
    to: Address
    reason: str
    fill: Mapping[str, str] = field(default_factory=dict)
    owes: Owe | None = None
    opening: bool = False
    known_as: str | None = None


@dataclass(frozen=True, slots=True)
class Emit:
    """The hub says something of its own: a new message of another channel, caused by this one, accepted in the same
    transaction and planned in its turn by the flow of its channel.

    ``document`` is canonical and complete. ``name`` (at most 40 characters) tells apart what one message emits: together they are the new message's
    MessageID, so that nothing is emitted twice. Its sender is the hub. The flow declares it in ``Flow.emits``.
    """

    channel: ChannelName
    document: Element
    name: str
    from_div: str | None = None


HUB: Final = "HUB"
"""The system code of messages that the hub makes itself; their sender is `HUB_SENDER`."""
HUB_SENDER: Final = "system:hub"


@dataclass(frozen=True, slots=True)
class Move:
    """Move the case to a state; ``why`` is a short coded reason for the history."""

    to: str
    why: str


@dataclass(frozen=True, slots=True)
class Settles:
    """The open obligations of this kind on the case end with this message.

    ``uncounted`` names why one ends without having been answered (``returned``, ``withdrawn``). With ``within`` that holds
    only inside this limit from the obligation's own base; later it stays owed for ever, answered by nobody (``late``).
    """

    kind: str
    uncounted: str | None = None
    within: Limit | None = None


@dataclass(frozen=True, slots=True)
class TimerSet:
    """A message the hub sends itself: ``at`` a moment, or when the case's obligation ``due_of`` falls due."""

    name: str
    at: datetime | None = None
    due_of: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The whole answer of a rule. Without a send, ``ended`` must say why the message goes nowhere (what it ``emits`` goes its own way).

    ``emits`` counts in ``decide`` alone: what ``settled`` and ``due`` emit is not sent.
    """

    sends: tuple[Send, ...] = ()
    moves: tuple[Move, ...] = ()
    settles: tuple[Settles, ...] = ()
    timers: tuple[TimerSet, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    emits: tuple[Emit, ...] = ()
    ended: Literal["filtered", "unroutable", "no_recipient"] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of one send of the case: ``state`` is the delivery's new state, ``effective_at`` its base for due dates."""

    route: str
    state: str
    effective_at: datetime | None
    reason: str = ""


NOTHING = Decision()
