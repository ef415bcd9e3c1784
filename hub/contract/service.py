"""Services: what an external system calls at the hub, in its own vocabulary, at ``/soap/<name>``.

The caller is registered like a spoke, with ``speaks`` naming the adapter whose vocabulary it uses; its credential, grants,
jurisdictions and quotas are those of any caller. An adapter's manifest declares its services.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.contract.message import ChannelName
from hub.contract.xml import Element


@dataclass(frozen=True, slots=True)
class Answered:
    """What the hub answers once it is on disk. ``hub_id`` is the shown form; ``accepted_at`` aware, in +08:00.

    ``records`` counts those of a batch, whose outcomes come later; 0 for a message.
    """

    hub_id: str
    accepted_at: datetime
    duplicate: bool
    receipt: str
    records: int = 0


@dataclass(frozen=True, slots=True)
class Push:
    """An operation that hands over one document, or, with ``batch``, a document of many records.

    ``channel`` names the channel (or the batch) it is accepted as. ``schema`` is its own-vocabulary XSD, relative to a
    schemas folder. ``message_id`` reads the sender's idempotency key out of the document (1..128 visible characters);
    a document without one is refused. ``answer`` makes the reply in the own vocabulary; pure, valid by ``reply_schema``.
    ``drops`` are local names of elements that may be sent but never kept: the translator still sees them, what is stored as
    received (and as evidence of a refusal) does not hold them.
    """

    channel: ChannelName
    schema: str
    reply_schema: str
    message_id: Callable[[Element], str | None]
    answer: Callable[[Element, Answered], Element]
    batch: bool = False
    drops: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RecordSeen:
    """The outcome of one record of a batch, as its sender may learn it. ``state``: waiting, accepted, duplicate or refused.

    ``code`` is a stable code of ours for a refused record, ``outcome`` the flow's own code (`hub.contract.batch.Sifted`);
    ``path`` is where the fault stands, of local names; ``number`` counts from 1 in the order of the document.
    """

    number: int
    state: str
    code: str | None = None
    path: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class BatchSeen:
    """How a batch stands. ``state``: accepted, running or done. ``records`` are those asked for, in order."""

    hub_id: str
    state: str
    total: int
    accepted: int
    duplicate: int
    refused: int
    records: tuple[RecordSeen, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """An operation by which the sender of a batch learns its outcomes; ``batch`` names the batch.

    ``key`` reads from the question the message id under which it was sent; ``page`` the first record wanted (1) and how many at
    the most. ``answer`` makes the reply; None stands for a batch that the caller never sent.
    """

    batch: ChannelName
    schema: str
    reply_schema: str
    key: Callable[[Element], str | None]
    page: Callable[[Element], tuple[int, int]]
    answer: Callable[[Element, BatchSeen | None], Element]


@dataclass(frozen=True, slots=True)
class Service:
    """A service of an adapter. ``wsdl`` is relative to a schemas folder, ``operations`` are by their names in it."""

    name: str
    wsdl: str
    operations: Mapping[str, Push | Ask]
