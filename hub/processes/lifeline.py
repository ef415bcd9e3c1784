"""Children end with their parent, however it ended."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.5
PARENT = "_POPHUB_PARENT"
"""The variable with the pid of the process that must live; read once, so that further children do not inherit it."""


def hold(signal_number: int = signal.SIGKILL) -> None:
    """End this process when its parent ends: by the kernel on Linux, by watching the parent elsewhere.

    Its starter names itself in `PARENT`, so that a parent that died before this was called is missed too.
    """
    told = os.environ.pop(PARENT, "")
    parent = int(told) if told.isdecimal() else os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:
            os._exit(1)
        return
    threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os._exit(1)


def stop_now(reason: str) -> None:
    """Fail-stop: what the store has on disk is the truth; nothing may go on as if more were."""
    sys.stderr.write(f'{{"event": "fail-stop", "reason": "{reason}"}}\n')
    sys.stderr.flush()
    os._exit(70)
