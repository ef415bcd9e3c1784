"""The claim check: documents too large for a tree, kept outside the database, encrypted, read as a stream in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Held:
    """How much of a document is on disk (bytes), and whether its end is."""

    offset: int
    whole: bool


class WrongOffset(Exception):
    """What was sent does not continue what is there; ``offset`` is where to go on (bytes)."""

    def __init__(self, offset: int) -> None:
        super().__init__("offset")
        self.offset = offset


class BrokenClaim(Exception):
    """What is kept under the id is missing, cut short, changed, or not this document."""


class BusyClaim(Exception):
    """Somebody else is writing it just now."""


class ClaimCheck(Protocol):
    """Thread-safe, for any number of processes that share the place. A claim is known by its hub id alone.

    What a method that writes has returned from is on stable storage.
    """

    def begin(self, claim: int, retention: str, head: bytes) -> None:
        """Start a document; ``head`` is kept with it, sealed like the rest. One that was begun is left as it is."""

    def put(self, claim: int, retention: str, head: bytes, data: bytes) -> None:
        """Keep a whole document at once, in place of whatever is there."""

    def append(self, claim: int, retention: str, offset: int, data: bytes) -> int:
        """Add what follows at ``offset``; the new offset. Raises `WrongOffset`, `BusyClaim`, `BrokenClaim`."""

    def finish(self, claim: int, retention: str) -> None:
        """Mark the end; repeatable. Raises `BusyClaim`, `BrokenClaim`."""

    def held(self, claim: int) -> Held:
        """How much is there. Raises `BrokenClaim` when there is none."""

    def head(self, claim: int) -> bytes:
        """What it was begun with. Raises `BrokenClaim`."""

    def read(self, claim: int) -> Iterator[bytes]:
        """The document, piece by piece. Raises `BrokenClaim` where it is not what was written, or has no end."""

    def erase(self, claim: int) -> None:
        """Take it away; one that is not there is away already."""

    def kept(self) -> Sequence[tuple[int, float]]:
        """Every claim with its age in seconds since it was last written."""

    def room(self) -> bool:
        """Whether there is room for more above the reserve."""
