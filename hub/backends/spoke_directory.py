"""`hub.ports.spoke_directory.SpokeDirectory`: a copy of the registry, read again at most once a second."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Sequence

from hub.backends.credentials import digest, read_authorization
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
        self._by_key: dict[bytes, Spoke] = {}

    def authenticate(self, authorization: str | None) -> Spoke:
        """The spoke of an HTTP Basic or Bearer header; unknown name and wrong secret are told apart by nobody.

        A bearer key is found by its hash: whoever can make a hash that begins like a stored one has the key already.
        """
        given = read_authorization(authorization)
        if given.name is not None:
            return self._verified(given.name, given.digest)
        self._fresh()
        spoke = self._by_key.get(given.digest)
        if spoke is None or not spoke.enabled:
            raise ClientError(UNAUTHENTICATED)
        return spoke

    def verify(self, name: str, secret: str) -> Spoke:
        """The spoke of a name and its secret, told as in `authenticate`."""
        return self._verified(name, digest(secret))

    def _verified(self, name: str, given: bytes) -> Spoke:
        spoke = self._fresh().get(name)
        if not hmac.compare_digest(given, spoke.secret_hash if spoke else bytes(32)) or not spoke or not spoke.enabled:
            raise ClientError(UNAUTHENTICATED)
        return spoke

    def serving(self, channel: str, division: str, day: str, system: str | None = None) -> Spoke | None:
        """Longest prefix wins; among equals the name decides, so that every node chooses alike."""
        for place in self._successors(division):
            found = [
                (len(p.prefix), s.name, s)
                for s in self._fresh().values()
                if s.enabled and channel in s.receives and system in (None, s.system)
                for p in s.places
                if p.covers(place, day)
            ]
            if found:
                return max(found, key=lambda f: (f[0], f[1]))[2]
        return None

    def standing(self, division: str) -> str:
        """The newest successor."""
        return self._successors(division)[-1]

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
                    self._by_key = {key: s for s in self._spokes.values() for key in s.keys}
                    self._read_at = time.monotonic()
            finally:
                self._reading.release()
        return self._spokes
