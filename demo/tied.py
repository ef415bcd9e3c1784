"""``python -m demo.tied COMMAND…``: become the command, tied to the parent, so that no end of the demo leaves it behind."""

from __future__ import annotations

import os
import signal
import sys

from hub.processes import lifeline

if __name__ == "__main__":
    lifeline.hold(signal.SIGTERM)
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - the demo's own command, no shell
