"""What reaches a spoke: noted on arrival, applied once by hub id, on disk before the hub is told that it was taken."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from demo.spokes.side import Reading
from hub.contract.xml import Element
from hub.testkit.ledger import Ledger, read_ledger

OnArrival = Callable[[Element, str], None]
"""Told once of each document that may want an answer: the document and the system that sent it."""


class Inbox:
    """Keeps the receiver's ledger at ``path``; what it applied before a restart it does not apply again. Thread-safe."""

    def __init__(self, path: Path, reading: Reading, on_arrival: OnArrival) -> None:
        self._reading, self._on_arrival = reading, on_arrival
        self._applied = {str(line["hub"]) for line in read_ledger(path) if line["t"] == "effect"}
        self._ledger = Ledger(path)
        self._lock = threading.Lock()

    def take(self, hub: str, document: Element, system: str) -> None:
        """Apply a document that the hub delivers under this hub id, unless it was before. On disk after `settle`."""
        facts = self._reading.facts(document, system)
        with self._lock:
            self._ledger.add(facts.line("call", hub=hub))
            if hub in self._applied:
                return
            self._applied.add(hub)
            if self._reading.applies(document, system):
                self._ledger.add(facts.line("effect", hub=hub))
        if self._reading.answered(facts.channel):
            self._on_arrival(document, system)

    def settle(self) -> None:
        """Return when everything taken is on disk. Raises OSError when that fails."""
        self._ledger.sync()

    def close(self) -> None:
        """End the ledger orderly."""
        self._ledger.close()
