"""A circuit breaker: after a few failures in a row nobody is let through, but for one probe at a time after a pause."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

FAILURES: Final = 5
FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 30.0


class Breaker:
    """Thread-safe. ``enter`` says whether a call may be made; each one entered must be ended by ``done``.

    Open after ``failures`` in a row, for ``first`` seconds, twice as long after each probe that failed, at most ``longest``.
    """

    def __init__(
        self, failures: int = FAILURES, first: float = FIRST_PAUSE, longest: float = LONGEST_PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._most, self._first, self._longest, self._clock = failures, first, longest, clock
        self._lock = threading.Lock()
        self._failed, self._pause, self._again_at = 0, 0.0, 0.0
        self._probe: object | None = None

    @property
    def open(self) -> bool:
        """Whether calls are refused but for probes."""
        return self._failed >= self._most

    @property
    def pause(self) -> float:
        """Seconds until the next probe, at least none."""
        return max(0.0, self._again_at - self._clock())

    def enter(self) -> object | None:
        """A token for one call, None when it must not be made."""
        with self._lock:
            if not self.open:
                return object()
            if self._probe is not None or self._clock() < self._again_at:
                return None
            self._probe = object()
            return self._probe

    def done(self, token: object, worked: bool | None) -> None:
        """The call ended; None when it was never made. What began before the breaker opened does not close or prolong it."""
        with self._lock:
            probing, was_open = token is self._probe, self.open
            if probing:
                self._probe = None
            if worked is None or (was_open and not probing):
                return
            if worked:
                self._failed, self._pause = 0, 0.0
            else:
                self._failed += 1
                if self.open:
                    self._pause = min(self._pause * 2 or self._first, self._longest)
                    self._again_at = self._clock() + self._pause
