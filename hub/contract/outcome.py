"""What an adapter says of one call. The hub alone decides what follows; an adapter never repeats a call by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Delivered:
    """The partner has applied it. ``effective_at`` (aware) is when it became available to the receiver, if the partner says."""

    reference: str | None = None
    effective_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """The partner refused it for good. ``code`` is the partner's own code; its free text is never kept."""

    code: str
    kind: str = "Flow.PartnerRejected"


@dataclass(frozen=True, slots=True)
class Released:
    """It was certainly not applied: try again later. ``retry_after`` in seconds when the partner names a time."""

    reason: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """The partner took it and will say later. ``ticket`` finds it again; it was in the receiver's hands at ``effective_at``."""

    ticket: str
    effective_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been applied: cut, timed out or unreadable after the request had begun to leave."""

    reason: str


Outcome = Delivered | Rejected | Released | Pending | Unknown
