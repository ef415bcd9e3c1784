"""What is kept of queries: that one was asked (before anybody looks), how it ended, how much was looked at in a day. Never an answer.

Times are UTC milliseconds since 1970, hashes raw bytes, as in `records`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from hub.ports.promise import Promise

QueryEnd = Literal["answered", "missed", "failed"]


@dataclass(frozen=True, slots=True)
class Counter:
    """One daily count: a keyed hash of what is counted, which cap it is for (``user``, ``spoke``, ``subject``), and the cap."""

    hash: bytes
    kind: str
    cap: int
    day: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A query about to be looked up. ``subject`` is the keyed hash of the person asked about."""

    id: int
    name: str
    spoke: str
    from_div: str | None
    from_user: str | None
    purpose: str | None
    subject: bytes | None
    counters: tuple[Counter, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a query ended: what its counters get on top of the one they had, the number of rows shown, an error code."""

    asked: Asked
    state: QueryEnd
    rows: int
    code: str | None = None


@dataclass(frozen=True, slots=True)
class CaseWanted:
    """Which cases of a type and an asking system: those under the key hashes, or those opened from ``since`` until before ``until``.

    ``places`` are division prefixes of which one must hold the owner (none: any owner); ``limit`` bounds the answer.
    """

    type: str
    system: str
    places: tuple[str, ...]
    limit: int
    keys: tuple[bytes, ...] = ()
    since: int = 0
    until: int = 0
    state: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFound:
    """A case with the message that opened it and the obligation that counts: the first open one, else the first."""

    message: int
    division: str
    state: str
    opened_at: int
    data: Mapping[str, str]
    due_at: int | None
    owed_by: str | None


class QueryStore(Protocol):
    """Thread-safe. The promises are kept only after the log is on disk."""

    def ask(self, asked: Asked) -> Promise[str | None]:
        """Count it and put it on record in one transaction; the kind of the first cap that is used up, None when none is."""

    def end(self, ended: Ended) -> Promise[None]:
        """Put on record how it ended."""

    def cases(self, wanted: CaseWanted) -> Sequence[CaseFound]:
        """Newest first."""
