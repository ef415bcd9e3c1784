"""Quotas: how often and how many at once a spoke may ask. Token buckets in the memory of the one edge worker.

A bucket starts full and fills evenly, so that ``per_minute`` is also the largest burst. What was used before a restart is
forgotten; each node counts for itself.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub.contract.errors import THROTTLED, ServerError


@dataclass(frozen=True, slots=True)
class Quota:
    """Requests per minute, per day and at once."""

    per_minute: int
    per_day: int
    concurrent: int


class _Bucket:
    __slots__ = ("at", "left", "rate", "size")

    def __init__(self, size: int, seconds: float, at: float) -> None:
        self.size, self.rate, self.left, self.at = float(size), size / seconds, float(size), at

    def wait(self, now: float) -> float:
        """Seconds until there is one token; 0 when there is."""
        self.left = min(self.size, self.left + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.left >= 1 else (1 - self.left) / self.rate


class _Count:
    __slots__ = ("buckets", "inside", "most")

    def __init__(self, quota: Quota, now: float) -> None:
        self.buckets = (_Bucket(quota.per_minute, 60, now), _Bucket(quota.per_day, 86_400, now))
        self.inside, self.most = 0, quota.concurrent


class Quotas:
    """Thread-safe. ``usual`` holds for every spoke that is not in ``own``. ``clock`` gives monotonic seconds."""

    def __init__(self, usual: Quota, own: Mapping[str, Quota], clock: Callable[[], float] = time.monotonic) -> None:
        self._usual, self._own, self._clock = usual, own, clock
        self._lock = threading.Lock()
        self._counts: dict[str, _Count] = {}

    def enter(self, spoke: str) -> None:
        """Count one request in; `leave` must follow. Raises ServerError ``Server.Throttled`` with the time to come again."""
        with self._lock:
            now = self._clock()
            count = self._counts.get(spoke)
            if count is None:
                count = self._counts[spoke] = _Count(self._own.get(spoke, self._usual), now)
            wait = max(bucket.wait(now) for bucket in count.buckets)
            if wait == 0 and count.inside < count.most:
                for bucket in count.buckets:
                    bucket.left -= 1
                count.inside += 1
                return
        fault = ServerError(THROTTLED)
        fault.retry_after = max(1, math.ceil(wait))
        raise fault

    def leave(self, spoke: str) -> None:
        """Count one request out."""
        with self._lock:
            self._counts[spoke].inside -= 1
