"""An answer that comes after a commit. As `concurrent.futures.Future`, of which three a message were a tenth of its CPU."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class _Thread(threading.local):
    wait: Callable[[Promise[Any], float | None], None] | None = None


_THREAD = _Thread()


def wait_by(wait: Callable[[Promise[Any], float | None], None]) -> None:
    """Let the calling thread wait for promises by ``wait``, which returns when the promise is kept or raises TimeoutError."""
    _THREAD.wait = wait


class Promise(Generic[T]):
    """Set once by one thread, awaited by any. One lock, no condition, no cancellation."""

    __slots__ = ("_callbacks", "_done", "_fault", "_latch", "_value")

    def __init__(self) -> None:
        self._latch = threading.Lock()
        self._latch.acquire()
        self._done = False
        self._value: T | None = None
        self._fault: BaseException | None = None
        self._callbacks: list[Callable[[Promise[T]], None]] = []

    def set_result(self, value: T) -> None:
        """Give the answer."""
        self._value = value
        self._finish()

    def set_exception(self, fault: BaseException) -> None:
        """Give the fault."""
        self._fault = fault
        self._finish()

    def result(self, timeout: float | None = None) -> T:
        """Wait at most ``timeout`` seconds. Raises the fault, or TimeoutError."""
        self._wait(timeout)
        if self._fault is not None:
            raise self._fault
        return self._value  # type: ignore[return-value] # set together with _done

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Wait, then the fault or None."""
        self._wait(timeout)
        return self._fault

    def done(self) -> bool:
        """Whether the answer is there."""
        return self._done

    def add_done_callback(self, told: Callable[[Promise[T]], None]) -> None:
        """Call ``told`` once, in the setting thread, or now when the answer is there already."""
        self._callbacks.append(told)
        if self._done:
            self._tell()

    def _wait(self, timeout: float | None) -> None:
        if self._done:
            return
        if _THREAD.wait is not None:
            _THREAD.wait(self, timeout)
            return
        if not self._latch.acquire(timeout=-1 if timeout is None else timeout):
            raise TimeoutError
        self._latch.release()

    def _finish(self) -> None:
        self._done = True
        self._latch.release()
        self._tell()

    def _tell(self) -> None:
        """Each callback is popped by exactly one thread."""
        while self._callbacks:
            try:
                told = self._callbacks.pop()
            except IndexError:
                return
            told(self)
