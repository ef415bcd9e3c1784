"""The machine's clock."""

from __future__ import annotations

import time


class SystemClock:
    """`hub.ports.clock.Clock` on wall time."""

    def now(self) -> int:
        """UTC milliseconds since 1970."""
        return time.time_ns() // 1_000_000
