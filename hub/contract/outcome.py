"""What an adapter says of one call. The hub alone decides what follows; an adapter never repeats a call by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class RecordResult:
    """What the partner said of one record. ``number`` counts from 1 in the whole batch; ``code`` is the partner's own (at most 40
    characters); ``reference`` a number that the partner gave it.
    """

    number: int
    state: Literal["accepted", "rejected"]
    code: str = ""
    reference: str | None = None


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
    """It was certainly not applied: try again later. ``retry_after`` in seconds when the partner names a time.

    ``resend``, in answer to a ticket: the partner has lost the work, so that the call itself is made again.
    """

    reason: str
    retry_after: float | None = None
    resend: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """The partner took it and will say later. ``ticket`` finds it again (at most 200 visible characters, no personal data); it was in
    the receiver's hands at ``effective_at``. ``poll_after``: seconds until the hub asks `Collecting.collect` about the ticket.

    Without ``poll_after`` nobody is asked: the receiver says so by itself (a spoke's mailbox).
    """

    ticket: str
    effective_at: datetime | None = None
    poll_after: float | None = None


@dataclass(frozen=True, slots=True)
class PerRecord:
    """The partner has judged every record of a part of a batch; the part is delivered. Each record must be named once."""

    results: tuple[RecordResult, ...]
    effective_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been applied: cut, timed out or unreadable after the request had begun to leave."""

    reason: str


Outcome = Delivered | Rejected | Released | Pending | PerRecord | Unknown
