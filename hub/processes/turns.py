"""One thread computes at a time; the others wait for their turn, not for the interpreter lock.

The libraries under a request (parsing, validating, canonicalising, hashing) let go of the interpreter lock several times per
message. With dozens of busy threads each of those is a fight; in turns it costs nothing. A turn is given up wherever
a thread waits for something outside: the network, the store's disk.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Turns:
    """A lock that its holder can step aside from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Compute in turn."""
        with self._lock:
            yield

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let others compute while waiting; the turn is taken again afterwards."""
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()


class BodyAside:
    """A request body that is read outside the turn, so that a slow sender holds nobody up."""

    def __init__(self, body: _Readable, turns: Turns) -> None:
        self._body, self._turns = body, turns

    def read(self, size: int = -1) -> bytes:
        """Read as the server's own body does."""
        with self._turns.aside():
            return self._body.read(size)
