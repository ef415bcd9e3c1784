"""`hub.ports.query_desk.QueryDesk`: the bulkheads of queries. Each system has its own few threads, its own places and a breaker.

The caller waits for a promise until its time is up, whatever the adapter does; a thread that stays away takes up a place of
that system and nothing else. Who finds no place is told so at once: nobody queues.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from hub.contract.adapter import Adapter, QueryPartner
from hub.contract.operation import QueryOperation
from hub.contract.outcome import Rejected
from hub.contract.xml import Element
from hub.ports.meter import NO_METER, Meter
from hub.ports.promise import Promise
from hub.ports.wire_tap import WireTap
from hub.processes.breaker import Breaker

_SAID_EACH: Final = 1.0
_LEAST_PAUSE: Final = 10
"""Seconds: while a partner is slow its askers come again seldom, so that refusing them costs the others nothing."""


class QueryDeskPooled:
    """``connect`` makes the connection of an adapter."""

    def __init__(
        self, adapters: Sequence[Adapter], connect: Callable[[Adapter], QueryPartner], tap: WireTap,
        breaker: Callable[[], Breaker] = Breaker, meter: Meter = NO_METER,
    ) -> None:  # fmt: skip
        self._windows = {a.name: _Window(a, connect(a), tap, breaker()) for a in adapters if a.queries}
        for window in self._windows.values():
            window.watched(meter)

    def sit(self, system: str, operation: QueryOperation) -> _Seat | None:
        """A seat, or None: the partner is full or slow."""
        window = self._windows.get(system)
        place = window.places.get(operation.name) if window else None
        if window is None or place is None:
            return None
        if not place.acquire(blocking=False):
            window.full()
            return None
        token = window.breaker.enter()
        if token is None:
            place.release()
            return None
        window.taken(1)
        return _Seat(window, operation, token, place)

    def retry_after(self, system: str) -> int | None:
        """Until a probe may have shown that the partner is back, but never less than it is worth to come again."""
        window = self._windows.get(system)
        return max(_LEAST_PAUSE, math.ceil(window.breaker.pause)) if window and window.breaker.open else None

    def close(self) -> None:
        """Close the partners' connections; calls under way end by themselves."""
        for window in self._windows.values():
            window.pool.shutdown(wait=False)
            window.partner.close()


class _Window:
    """One system."""

    def __init__(self, adapter: Adapter, partner: QueryPartner, tap: WireTap, breaker: Breaker) -> None:
        self.name, self.partner, self.tap, self.breaker = adapter.name, partner, tap, breaker
        self._said, self._in_flight, self._lock = float("-inf"), 0, threading.Lock()
        self.operations = adapter.queries
        self.places = {o.name: threading.BoundedSemaphore(o.max_in_flight) for o in adapter.queries}
        self.pool = ThreadPoolExecutor(sum(o.max_in_flight for o in adapter.queries), thread_name_prefix=f"query-{adapter.name}")

    def watched(self, meter: Meter) -> None:
        """Tell the meter where to look."""
        slots = sum(o.max_in_flight for o in self.operations)
        meter.watch("query_slots", self.name, lambda: slots)
        meter.watch("query_in_flight", self.name, lambda: self._in_flight)
        meter.watch("query_breaker_open", self.name, lambda: float(self.breaker.open))

    def taken(self, more: int) -> None:
        """So many more seats are taken."""
        with self._lock:
            self._in_flight += more

    def full(self) -> None:
        """Say so, at most once a second."""
        now = time.monotonic()
        if now - self._said > _SAID_EACH:
            self._said = now
            self.tap.event("query.full", system=self.name)

    def ended(self, token: object, *, worked: bool | None) -> None:
        """The breaker learns how a call ended; an operator, when that changed it."""
        before = self.breaker.open
        self.breaker.done(token, worked)
        if self.breaker.open != before:
            self.tap.event("query.breaker", system=self.name, state="open" if self.breaker.open else "closed")


class _Seat:
    def __init__(self, window: _Window, operation: QueryOperation, token: object, place: threading.BoundedSemaphore) -> None:
        self._window, self._operation, self._token, self._place = window, operation, token, place
        self._call: Promise[Element | Rejected] | None = None
        self._told = False

    def ask(self, document: bytes, seconds: float) -> Element | Rejected:
        """Ask in a thread of the system's own. Raises TimeoutError, or OSError for any other way in which no answer came."""
        if seconds <= 0:
            raise TimeoutError
        window, call = self._window, Promise[Element | Rejected]()
        self._call = call
        window.pool.submit(self._run, call, document, seconds)
        worked = False
        try:
            answer = call.result(seconds)
            worked = True
        except OSError:
            raise
        except Exception as fault:  # noqa: BLE001 - an adapter that raises has given no answer, whatever it raised
            window.tap.event("adapter.raised", recipient=f"system:{window.name}", kind=type(fault).__name__)
            raise OSError("adapter raised") from None
        finally:
            self._told = True
            window.ended(self._token, worked=worked)
        return answer

    def _run(self, call: Promise[Element | Rejected], document: bytes, seconds: float) -> None:
        try:
            call.set_result(self._window.partner.query(self._operation, document, seconds))
        except BaseException as fault:  # noqa: BLE001 - it belongs to the caller
            call.set_exception(fault)

    def leave(self) -> None:
        """The system's place is free when its thread is back."""
        if not self._told:
            self._window.ended(self._token, worked=None)
        if self._call is None:
            self._free()
        else:
            self._call.add_done_callback(lambda _call: self._free())

    def _free(self) -> None:
        self._window.taken(-1)
        self._place.release()
