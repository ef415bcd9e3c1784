"""What goes into and comes out of the message store: rows as frozen values, and what each transaction commits.

Times are UTC milliseconds since 1970 (integers: the same on every database). Hashes are raw bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hub.ports.obligations import NewObligation

MessageState = Literal["accepted", "planned", "dead", "filtered", "unroutable", "no_recipient"]
DeliveryState = Literal["queued", "claimed", "released", "pending", "delivered", "rejected", "dead", "unknown", "cancelled"]
FREE_LANE: frozenset[str] = frozenset({"delivered", "rejected", "cancelled"})
"""Delivery states that let the lane pass; every other state holds it."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Encrypted bytes and the id of the data key that opens them."""

    key_id: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class BusinessKey:
    """One duplicate key of a message: its keyed hash, and whether it counts only while the case is open."""

    hash: bytes
    open_only: bool


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Everything TX1 commits for one message. ``feed`` moves a cursor in the same transaction; ``cause`` is the message of which
    the hub made this one.
    """

    id: int
    channel: str
    version: str
    sender: str
    from_system: str
    from_div: str | None
    from_user: str | None
    test: bool
    message_id_hash: bytes
    correlation_hash: bytes | None
    content_digest: bytes
    received_digest: bytes
    received: Sealed
    canonical: Sealed
    policy: str
    keys: tuple[BusinessKey, ...]
    lane: tuple[str, bytes] | None
    search: tuple[tuple[str, bytes], ...]
    feed: FeedMark | None = None
    cause: int | None = None


@dataclass(frozen=True, slots=True)
class FeedMark:
    """The new cursor of a feed."""

    adapter: str
    feed: str
    cursor: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer of TX1: the hub id, the receipt, and whether the message was here before."""

    id: int
    lane_no: int | None
    accepted_at: int
    receipt: str
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Conflicting:
    """Refused: the MessageID (``same_id``) or a business key was used for other content; ``first`` is the hub id."""

    first: int
    same_id: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that its schema or a rule refused: kept as evidence, encrypted, never routed."""

    id: int
    sender: str
    channel: str
    code: str
    path: str | None
    line: int | None
    raw: Sealed
    feed: FeedMark | None = None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as stored. ``version`` guards against two writers."""

    id: int
    type: str
    state: str
    opened_at: int
    version: int
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ToPlan:
    """An accepted message whose lane has nothing unplanned before it."""

    id: int
    channel: str
    version: str
    sender: str
    from_system: str
    from_div: str | None
    from_user: str | None
    test: bool
    lane_id: int | None
    lane_no: int | None
    accepted_at: int
    canonical: Sealed


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to open with the plan that needs it. ``owner`` (system code, 12-digit division) may ask about it; empty: nobody."""

    id: int
    type: str
    key_hash: bytes
    owner: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What a decision does to a case. ``version`` is the one it was decided on (None for a new case)."""

    id: int
    version: int | None
    new: NewCase | None
    from_state: str
    to_state: str
    moves: tuple[tuple[str, str, str], ...]
    closes: bool
    data: Mapping[str, str]
    answered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that the hub makes itself, planned at once: that of an earlier one (``like``) again, because of ``cause``."""

    id: int
    like: ToPlan
    cause: ToPlan
    received: Sealed
    canonical: Sealed


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One message on its way to one recipient. ``outlet`` is the bulkhead that carries it, ``of`` the message when it is derived, ``part`` the part of a
    batch (from 1).
    """

    id: int
    route: str
    recipient: str
    outlet: str
    operation: str
    op_class: str
    reason: str
    body: Sealed | None
    schema: str
    schema_digest: str
    translator: str
    owes: NewObligation | None = None
    dead_code: str | None = None
    of: int | None = None
    part: int | None = None


@dataclass(frozen=True, slots=True)
class NewTimer:
    """A timer of the case, at a moment or at the due date of an obligation kind."""

    id: int
    name: str
    at: int | None
    due_of: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The PLAN transaction of one message.

    ``ended`` are obligations that end uncounted: (obligation id, why). ``facts`` are what its lookups found, sealed JSON.
    ``emitted`` are the messages it makes of other channels, each accepted as any message is; ``names`` are further key hashes that
    name its case from now on.
    """

    message: ToPlan
    state: MessageState
    code: str | None
    case: CaseChange | None
    deliveries: tuple[NewDelivery, ...] = ()
    timers: tuple[NewTimer, ...] = ()
    derived: tuple[NewMessage, ...] = ()
    ended: tuple[tuple[int, str], ...] = ()
    facts: Sealed | None = None
    emitted: tuple[Acceptance, ...] = ()
    names: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery claimed for one attempt, its intent already committed (TX2). ``doubt``: an earlier attempt may have been applied."""

    id: int
    message: int
    channel: str
    route: str
    recipient: str
    operation: str
    op_class: str
    attempt: int
    fence: int
    doubt: bool
    previous_at: int | None
    """When an earlier attempt may last have called (UTC ms)."""
    claimed_at: int
    created_at: int
    from_system: str
    lane_no: int | None
    case: CaseRow | None
    owed: tuple[str, int, str] | None
    """The obligation that waits for this delivery to become effective: (kind, days, unit); not before ``owed_floor`` (UTC ms)."""
    body: Sealed
    owed_floor: int | None = None
    part: int | None = None
    ticket: str | None = None
    """What the partner gave for a call that it judges later: then it is asked about the ticket, and not called."""


@dataclass(frozen=True, slots=True)
class RecordSettled:
    """The result of one record of a part: accepted or rejected, with the partner's code, and what its case becomes."""

    number: int
    state: str
    code: str | None
    case: CaseChange | None


@dataclass(frozen=True, slots=True)
class Settle:
    """The result of one attempt (TX3); ignored when the fence has moved on."""

    claimed: Claimed
    state: DeliveryState
    outcome: str
    code: str | None
    at: int
    not_before: int | None = None
    doubt: bool = False
    called_at: int | None = None
    """When a call may last have been made: this attempt's start, or the earlier one's when this one only asked."""
    effective_at: int | None = None
    due_at: Mapping[str, int] = field(default_factory=dict)
    case: CaseChange | None = None
    timers: tuple[NewTimer, ...] = ()
    ticket: str | None = None
    records: tuple[RecordSettled, ...] = ()


class Conflict(Exception):
    """Somebody else changed what this write was decided on: read again, decide again. The argument says what."""
