"""Synchronous requests on the one thread of an event loop: while a request waits for the store, the others run.

The flow stays plain synchronous code. Each request is a greenlet; where it waits for a promise it steps out of the way, and
the loop goes on with it when the store's writer has committed. One thread computing costs half of what the same work costs
in dozens of threads, and the answers of one group commit wake the loop once, not once each.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, Final, TypeVar

from greenlet import getcurrent, greenlet

from hub.ports.promise import Promise, wait_by

T = TypeVar("T")
_LOOK_SECONDS: Final = 0.5
"""How often promises that nobody keeps are looked for; a time-out comes at most so much later than asked for."""
_SOON: Final = 3.0
"""Seconds: a wait for less ends on time, by an alarm of its own; a query's caller counts in tenths."""


class _Wait:
    """A greenlet waiting until ``deadline`` (monotonic seconds)."""

    __slots__ = ("deadline", "fiber", "over")

    def __init__(self, fiber: greenlet, deadline: float) -> None:
        self.fiber, self.deadline, self.over = fiber, deadline, False


class Fibers:
    """Belongs to the running loop and its thread; made there."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._root = getcurrent()
        self._kept: deque[_Wait] = deque()
        self._called = False
        self._open: set[_Wait] = set()
        self._context = contextvars.copy_context()
        wait_by(self._wait)
        self._look()

    async def run(self, call: Callable[[], T]) -> T:
        """Run the call; it may wait for promises. Raises what it raises."""
        ended: asyncio.Future[T] = self._loop.create_future()

        def whole() -> None:
            try:
                result = call()
            except BaseException as fault:  # noqa: BLE001 - it belongs to the caller, who awaits it
                if not ended.done():
                    ended.set_exception(fault)
            else:
                if not ended.done():
                    ended.set_result(result)

        fiber = greenlet(whole, self._root)
        fiber.gr_context = self._context.copy()
        fiber.switch()
        return await ended

    def _wait(self, promise: Promise[Any], timeout: float | None) -> None:
        """Called inside a fiber. Raises TimeoutError. Outside of one there is nothing to go on with, so it is refused."""
        fiber = getcurrent()
        if fiber is self._root:
            raise RuntimeError("the loop itself may not wait for a promise")
        waiting = _Wait(fiber, time.monotonic() + timeout if timeout is not None else float("inf"))
        self._open.add(waiting)
        promise.add_done_callback(lambda _promise: self._keep(waiting))
        alarm = self._loop.call_later(timeout, self._resume, waiting) if timeout is not None and timeout < _SOON else None
        self._root.switch()
        if alarm is not None:
            alarm.cancel()
        self._open.discard(waiting)
        if not promise.done():
            raise TimeoutError

    def _keep(self, waiting: _Wait) -> None:
        """Any thread: the promise was kept. The loop is called once for many."""
        self._kept.append(waiting)
        if not self._called:
            self._called = True
            self._loop.call_soon_threadsafe(self._go_on)

    def _go_on(self) -> None:
        self._called = False
        while self._kept:
            self._resume(self._kept.popleft())

    def _resume(self, waiting: _Wait) -> None:
        if not waiting.over:
            waiting.over = True
            waiting.fiber.switch()

    def _look(self) -> None:
        """Wake those whose time is over."""
        now = time.monotonic()
        for waiting in [w for w in self._open if w.deadline <= now]:
            self._resume(waiting)
        self._loop.call_later(_LOOK_SECONDS, self._look)


def elsewhere(pool: Executor, call: Callable[[], T]) -> T:
    """Run a call that waits for something outside in the pool's threads; only the calling fiber waits for it."""
    promise: Promise[T] = Promise()

    def run() -> None:
        try:
            promise.set_result(call())
        except BaseException as fault:  # noqa: BLE001 - it belongs to the caller
            promise.set_exception(fault)

    pool.submit(run)
    return promise.result()
