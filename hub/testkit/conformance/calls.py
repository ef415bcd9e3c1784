"""Making a call and saying what may have come of it: an outcome by name, in time, never an exception."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from hub.contract.outcome import Delivered, Outcome, Pending, PerRecord, Rejected, Released, Unknown
from hub.testkit.conformance.verdict import Failed, demand

MARGIN: Final = 4.0
"""Seconds that a call may take beyond its timeout on a busy machine before it counts as hanging."""
GOOD: Final = (Delivered, Pending)
_OUTCOMES: Final = (Delivered, PerRecord, Rejected, Released, Pending, Unknown)


def outcome(what: str, call: Callable[[], Outcome], timeout: float) -> Outcome:
    """The outcome of a call. Raises `Failed` when it raises, is no outcome, or comes after the timeout and a margin."""
    began = time.monotonic()
    try:
        got = call()
    except Exception as fault:
        raise Failed(f"{what}: raised {type(fault).__name__} instead of returning an outcome") from fault
    took = time.monotonic() - began
    demand(took < timeout + MARGIN, f"{what}: ended after {took:.1f} s, timeout {timeout} s")
    demand(isinstance(got, _OUTCOMES), f"{what}: returned {type(got).__name__}, which is no outcome")
    return got


def is_a(what: str, got: Outcome, *wanted: type) -> None:
    """Raise `Failed` unless the outcome is one of these."""
    names = " or ".join(kind.__name__ for kind in wanted)
    demand(isinstance(got, wanted), f"{what}: {names} wanted, got {got!r}")
