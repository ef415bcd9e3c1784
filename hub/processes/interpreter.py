"""How a long-running process of many threads shares one interpreter: the garbage collector and the interpreter lock."""

from __future__ import annotations

import gc
import sys

YOUNG, MIDDLE, OLD = 20_000, 20, 50
"""Messages make many short-lived objects without cycles; collecting every 700 allocations costs a fifth of the CPU."""
SWITCH_SECONDS = 0.05
"""Every thread that waits for the interpreter lock wakes once per interval to ask for it. Ours give it up by themselves
(locks, the database, the network) within a millisecond; at the default of 5 ms, 48 waiting threads spent more CPU on
asking than on messages."""


def settle_down() -> None:
    """Call once when everything is built."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    sys.setswitchinterval(SWITCH_SECONDS)
