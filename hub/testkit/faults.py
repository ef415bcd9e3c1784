"""Which calls a simulator spoils, and how: a seeded draw per call, counted, switched while it runs."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

WAYS: Final = {
    "slow": "waits `ms` before the work, then answers",
    "hang": "does no work and never answers",
    "500": "does no work, answers HTTP 500 with a web page",
    "busy": "does no work, answers HTTP 503 with Retry-After `seconds`",
    "redirect": "does no work, answers HTTP 302 to `location`",
    "reset_before_work": "does no work, resets the connection",
    "reject": "does no work, refuses in its own vocabulary with `code`",
    "answer_twice": "does the work, sends the answer twice",
    "garbage": "does the work, answers bytes that are no XML",
    "html": "does the work, answers a login page with status 200",
    "empty": "does the work, answers 200 with no body",
    "truncated": "does the work, sends half of the answer and closes",
    "wrong_encoding": "does the work, answers in another encoding than it says",
    "trickle": "does the work, sends the answer byte by byte, one each `ms`",
    "lose_answer_after_work": "does the work, closes without an answer",
    "late": "does the work, answers after `ms`",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail. ``probability`` 0..1 for each call it may hit, ``count`` at most that often (None: no limit),
    ``on`` the operations it may hit (empty: all), ``settings`` the numbers and codes of its way.
    """

    way: str
    probability: float = 1.0
    count: int | None = None
    on: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict)

    def ms(self, default: float) -> float:
        """The setting ``ms`` in seconds."""
        return float(self.settings.get("ms", default)) / 1000


class Faults:
    """The faults in force. Thread-safe; with one caller and one seed the same calls are hit every time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(0)  # noqa: S311 - a seed that repeats, no secret
        self._faults: tuple[Fault, ...] = ()
        self._injected: Counter[str] = Counter()

    def set(self, faults: Mapping[str, Mapping[str, Any]], seed: int | None) -> None:
        """Replace all faults, ``{way: {"probability": …, "count": …, "on": […], …}}``. Raises ValueError for an unknown way."""
        known = tuple(_fault(way, dict(settings)) for way, settings in faults.items())
        with self._lock:
            self._faults = known
            self._injected.clear()
            if seed is not None:
                self._random.seed(seed)

    def draw(self, operation: str) -> Fault | None:
        """The fault that hits this call, counted, or None. The first that hits wins."""
        with self._lock:
            for fault in self._faults:
                if fault.on and operation not in fault.on:
                    continue
                used_up = fault.count is not None and self._injected[fault.way] >= fault.count
                if not used_up and self._random.random() < fault.probability:
                    self._injected[fault.way] += 1
                    return fault
        return None

    def shown(self) -> dict[str, Any]:
        """The faults in force and how often each was injected."""
        with self._lock:
            return {
                f.way: {"probability": f.probability, "count": f.count, "on": sorted(f.on), **f.settings}
                | {"injected": self._injected[f.way]}
                for f in self._faults
            }


def _fault(way: str, settings: dict[str, Any]) -> Fault:
    if way not in WAYS:
        raise ValueError(f"unknown fault {way!r}; known: {', '.join(WAYS)}")
    probability, count = float(settings.pop("probability", 1.0)), settings.pop("count", None)
    on = frozenset(map(str, settings.pop("on", ())))
    return Fault(way, probability, None if count is None else int(count), on, settings)
