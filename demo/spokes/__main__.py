"""``python -m demo.spokes SETTINGS``: run one spoke until SIGTERM, SIGINT or the end of its parent.

Writes a JSON line to stdout when it is ready and twice a second from then on: ``{"spoke", "idle", "settled"}``. It begins
to work at the first line on its stdin, so that several can start together.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path
from typing import Final

from demo.spokes.settings import read_settings
from demo.spokes.spoke import Spoke
from hub.processes import lifeline

_REPORT_SECONDS: Final = 0.5


def main(settings: Path) -> None:
    """Run the spoke whose settings stand in the file."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    lifeline.hold()
    spoke = Spoke(read_settings(settings))
    _say({"ready": True})
    sys.stdin.readline()
    if not ended.is_set():
        spoke.start()
    while not ended.wait(_REPORT_SECONDS):
        _say(spoke.status())
    spoke.stop()


def _say(status: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(status) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
