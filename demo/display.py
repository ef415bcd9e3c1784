"""Progress on stderr: one live line per route on a terminal, otherwise one line every five seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from demo.families import ROUTES

_EVERY: Final = 5.0
_COLUMNS: Final = (("sent", "报送"), ("accepted", "受理"), ("refused", "拒收"), ("applied", "送达"))

Counts = Mapping[str, Mapping[str, int]]


class Display:
    """Shows counts by route until the block ends."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._live = Live(console=self._console, auto_refresh=False, transient=False) if self._console.is_terminal else None
        self._next = 0.0

    def __enter__(self) -> Self:
        """Begin."""
        if self._live:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        """Leave the last state on the screen."""
        if self._live:
            self._live.stop()

    def say(self, text: str) -> None:
        """A line of its own."""
        self._console.print(text, highlight=False, markup=False)

    def show(self, counts: Counts, *, now: bool = False) -> None:
        """Show the counts, when it is time or ``now``."""
        if self._live:
            self._live.update(_table(counts), refresh=True)
        elif now or time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            parts = (f"{route} {'/'.join(str(count.get(name, 0)) for name, _ in _COLUMNS)}" for route, count in counts.items())
            sys.stderr.write("  ".join(parts) + "\n")


def _table(counts: Counts) -> Table:
    table = Table("路由", *(title for _, title in _COLUMNS), "在途", box=None)
    for name, route in ROUTES.items():
        count = counts.get(name, {})
        waiting = 0 if route.kept else count.get("accepted", 0) - count.get("applied", 0)
        table.add_row(route.title, *(str(count.get(name, 0)) for name, _ in _COLUMNS), str(max(waiting, 0)))
    return table
