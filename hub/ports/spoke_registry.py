"""The registry of spokes: business applications plugged in by configuration. Deny by default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Place:
    """A jurisdiction: a division prefix (2 to 12 digits) and the days (ISO dates) on which it holds."""

    prefix: str
    valid_from: str = "0000-00-00"
    valid_to: str | None = None

    def covers(self, division: str, day: str) -> bool:
        """Whether the division lies inside on that day."""
        return division.startswith(self.prefix) and self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class NewSpoke:
    """A spoke to register. ``push_url`` makes it a push spoke; without it the spoke has a mailbox.
    ``sends`` and ``receives`` name channels (or batches), ``asks`` queries. ``speaks`` names the adapter of an external system that
    calls the hub in its own vocabulary, by that adapter's services alone.
    """

    name: str
    title: str
    system: str
    sends: tuple[str, ...]
    receives: tuple[str, ...]
    places: tuple[Place, ...]
    push_url: str | None = None
    asks: tuple[str, ...] = ()
    speaks: str | None = None


@dataclass(frozen=True, slots=True)
class Spoke:
    """A registered spoke. ``secret_hash`` is SHA-256 of its generated secret, ``keys`` those of its live bearer keys."""

    name: str
    title: str
    system: str
    secret_hash: bytes
    enabled: bool
    sends: frozenset[str]
    receives: frozenset[str]
    places: tuple[Place, ...]
    push_url: str | None = None
    keys: frozenset[bytes] = frozenset()
    asks: frozenset[str] = frozenset()
    speaks: str | None = None

    def inside(self, division: str, day: str) -> bool:
        """Whether a division lies inside this spoke's jurisdictions."""
        return any(p.covers(division, day) for p in self.places)


@dataclass(frozen=True, slots=True)
class SpokeKey:
    """A bearer key of a spoke, by its number; the key itself is never kept. Times in UTC ms."""

    no: int
    note: str
    created_at: int
    revoked_at: int | None


class SpokeRegistry(Protocol):
    """Read often through a short-lived copy, changed rarely."""

    def all(self) -> Sequence[Spoke]:
        """Every registered spoke."""

    def add(self, new: NewSpoke) -> str | None:
        """Register an unknown spoke and return its secret; a known name is left as it is (None)."""

    def rotate(self, name: str) -> str | None:
        """Give a spoke a new secret; None for an unknown name."""

    def add_key(self, name: str, note: str) -> tuple[int, str] | None:
        """Give a spoke one more bearer key: its number and the key, or None for an unknown name."""

    def keys(self, name: str) -> Sequence[SpokeKey]:
        """Every bearer key a spoke ever had, oldest first."""

    def revoke_key(self, name: str, no: int) -> bool:
        """End a bearer key for good; False when there is no such live key."""
