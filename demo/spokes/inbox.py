"""What reaches a spoke: noted on arrival, applied once by hub id, on disk before the hub is told that it was taken."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from demo.spokes.facts import REQUEST, facts_of
from hub.contract.xml import Element
from hub.testkit.ledger import Ledger, read_ledger

OnRequest = Callable[[Element, str], None]
"""Told of each enquiry when it is applied: the document and the system that asks."""


class Inbox:
    """Keeps the receiver's ledger at ``path``; what it applied before a restart it does not apply again. Thread-safe."""

    def __init__(self, path: Path, on_request: OnRequest) -> None:
        self._applied = {str(line["hub"]) for line in read_ledger(path) if line["t"] == "effect"}
        self._ledger, self._on_request = Ledger(path), on_request
        self._lock = threading.Lock()

    def take(self, hub: str, document: Element, system: str) -> None:
        """Apply a document that the hub delivers under this hub id, unless it was before. On disk after `settle`."""
        facts = facts_of(document, system)
        with self._lock:
            self._ledger.add(facts.line("call", hub=hub))
            if hub in self._applied:
                return
            self._applied.add(hub)
            self._ledger.add(facts.line("effect", hub=hub))
        if facts.channel == REQUEST:
            self._on_request(document, system)

    def settle(self) -> None:
        """Return when everything taken is on disk. Raises OSError when that fails."""
        self._ledger.sync()

    def close(self) -> None:
        """End the ledger orderly."""
        self._ledger.close()
