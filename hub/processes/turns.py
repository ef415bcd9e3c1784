"""Queries take turns on the loop: between two of them it does everything else that is ready, and the store's writer runs.

A burst of queries costs a submission that comes in between about one query, not all of them. Without a pause the writer's
thread would not get the interpreter while there are queries to compute (see `hub.processes.interpreter`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

PAUSE: Final = 0.001
"""Seconds without a query after each turn."""
ONE_MORE: Final = 300
"""For each so many that wait a turn is one longer: nobody waits for more than about half a second."""


class Turns:
    """Belongs to the running loop and its thread."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._resting = False

    async def take(self) -> None:
        """Wait for a turn; at once when nobody had one just now."""
        if not self._resting:
            self._rest()
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    def _rest(self) -> None:
        self._resting = True
        asyncio.get_running_loop().call_later(PAUSE, self._next)

    def _next(self) -> None:
        self._resting = False
        for _ in range(min(len(self._waiting), 1 + len(self._waiting) // ONE_MORE)):
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
            self._resting = True
        if self._resting:
            self._rest()
