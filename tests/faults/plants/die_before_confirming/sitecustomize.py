"""Planted: the engine dies between acceptance and confirmation. The first so many pages of the vaccination table are never confirmed."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

_DEATHS = int(os.environ.get("POPHUB_PLANTED_DEATHS", "0"))


def plant() -> None:
    """Wrap the write-back: while deaths are left, the process ends by SIGKILL instead."""
    from adapters.health.table import MiddleTable

    true_confirm, counted = MiddleTable.confirm, Path(os.environ["POPHUB_HOME"]) / "deaths"

    def confirm(self: MiddleTable, results: Any) -> None:
        died = len(counted.read_bytes()) if counted.exists() else 0
        if died < _DEATHS:
            with counted.open("ab") as file:
                file.write(b"x")
            os.kill(os.getpid(), signal.SIGKILL)
        true_confirm(self, results)

    MiddleTable.confirm = confirm  # type: ignore[method-assign]


if "hub" not in sys.modules and not sys.flags.no_site:
    plant()
