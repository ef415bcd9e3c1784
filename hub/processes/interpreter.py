"""How a long-running process of many threads shares one interpreter: the garbage collector and the interpreter lock."""

from __future__ import annotations

import gc
import os
import sys
import zlib
from pathlib import Path

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


def keep_to_a_core(home: Path, child: int) -> None:
    """Run all threads of this process on one core of those it may use: the ``child``-th after one that the home folder decides.

    Threads of one interpreter compute one at a time. On several cores they hand its lock over from core to core, which cost
    a fifth of the CPU; on one core a handover is an ordinary switch. Nothing happens with a single core or outside Linux.
    """
    if sys.platform != "linux":
        return
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        first = zlib.crc32(str(home.resolve()).encode())
        os.sched_setaffinity(0, {cores[(first + child) % len(cores)]})
