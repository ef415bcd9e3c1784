"""``python -m tests.faults.keeper COMMAND…``: run a command again whenever it was killed; SIGTERM ends both, with its exit code."""

from __future__ import annotations

import signal
import subprocess
import sys


def main(command: list[str]) -> int:
    """Until told to stop."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: (told.append(number), child.terminate()))
    child = subprocess.Popen(command)
    while True:
        code = child.wait()
        if told or code >= 0:
            return code
        child = subprocess.Popen(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
