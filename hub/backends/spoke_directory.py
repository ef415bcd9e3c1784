"""`hub.ports.spoke_directory.SpokeDirectory`: a copy of the registry, read again at most once a second."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Sequence

from hub.contract.errors import UNAUTHENTICATED, ClientError
from hub.ports.spoke_registry import Spoke, SpokeRegistry

Successors = Callable[[str], tuple[str, ...]]
"""The divisions that took over from a retired one, today; the division itself when it stands."""


class SpokeDirectoryCached:
    """Thread-safe: one thread reads again, the others go on with the copy they have; only the first read is waited for. ``max_age`` in seconds of monotonic time."""

    def __init__(self, registry: SpokeRegistry, successors: Successors, max_age: float = 1.0) -> None:
        self._registry, self._successors, self._max_age = registry, successors, max_age
        self._reading = threading.Lock()
        self._read_at = float("-inf")
        self._spokes: dict[str, Spoke] = {}

    def authenticate(self, authorization: str | None) -> Spoke:
        """The spoke of an HTTP Basic header; unknown name and wrong secret are told apart by nobody."""
        name, secret = _basic(authorization)
        spoke = self._fresh().get(name)
        given = hashlib.sha256(secret.encode()).digest()
        if not hmac.compare_digest(given, spoke.secret_hash if spoke else bytes(32)) or not spoke or not spoke.enabled:
            raise ClientError(UNAUTHENTICATED)
        return spoke

    def serving(self, channel: str, division: str, day: str) -> Spoke | None:
        """Longest prefix wins; among equals the name decides, so that every node chooses alike."""
        for place in self._successors(division):
            found = [
                (len(p.prefix), s.name, s)
                for s in self._fresh().values()
                if s.enabled and channel in s.receives
                for p in s.places
                if p.covers(place, day)
            ]
            if found:
                return max(found, key=lambda f: (f[0], f[1]))[2]
        return None

    def all(self) -> Sequence[Spoke]:
        """Every enabled spoke."""
        return [s for s in self._fresh().values() if s.enabled]

    def named(self, name: str) -> Spoke | None:
        """The spoke of that name, if it is enabled."""
        spoke = self._fresh().get(name)
        return spoke if spoke and spoke.enabled else None

    def inside(self, spoke: Spoke, division: str, day: str) -> bool:
        """Whether the division or a successor lies in the spoke's jurisdictions."""
        return spoke.inside(division, day) or any(spoke.inside(s, day) for s in self._successors(division))

    def _fresh(self) -> dict[str, Spoke]:
        if time.monotonic() - self._read_at <= self._max_age:
            return self._spokes
        first = self._read_at == float("-inf")
        if self._reading.acquire(blocking=first):
            try:
                if time.monotonic() - self._read_at > self._max_age:
                    self._spokes = {s.name: s for s in self._registry.all()}
                    self._read_at = time.monotonic()
            finally:
                self._reading.release()
        return self._spokes


def _basic(authorization: str | None) -> tuple[str, str]:
    scheme, _, credentials = (authorization or "").partition(" ")
    try:
        name, colon, secret = base64.b64decode(credentials.strip(), validate=True).decode("utf-8").partition(":")
    except (ValueError, binascii.Error):
        raise ClientError(UNAUTHENTICATED) from None
    if scheme.lower() != "basic" or not colon:
        raise ClientError(UNAUTHENTICATED)
    return name, secret
