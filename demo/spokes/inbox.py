"""What reaches a spoke: noted on arrival, applied once by hub id, on disk before the hub is told that it was taken."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from demo.spokes.facts import REQUEST, WITHDRAW, chance, facts_of
from hub.contract.xml import Element
from hub.testkit.ledger import Ledger, read_ledger

OnRequest = Callable[[Element, str], None]
"""Told once of each enquiry or withdrawal: the document and the system that asks."""
_BY_HAND = "4"
"""CL_RESOLVE: an enquiry that was already handed on."""


class Inbox:
    """Keeps the receiver's ledger at ``path``; what it applied before a restart it does not apply again. Thread-safe.

    ``returned`` is the share of enquiries that are not applied but given back, when they have not been handed on before.
    """

    def __init__(self, path: Path, on_request: OnRequest, returned: float = 0.0) -> None:
        self._returned = returned
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
            if not self.gives_back(document, system):
                self._ledger.add(facts.line("effect", hub=hub))
        if facts.channel in (REQUEST, WITHDRAW):
            self._on_request(document, system)

    def gives_back(self, document: Element, system: str) -> bool:
        """Whether a document is an enquiry that this unit will give back."""
        facts = facts_of(document, system)
        resolved = document.findtext("{*}resolvedBy")
        return facts.channel == REQUEST and resolved != _BY_HAND and chance(facts.id) < self._returned

    def settle(self) -> None:
        """Return when everything taken is on disk. Raises OSError when that fails."""
        self._ledger.sync()

    def close(self) -> None:
        """End the ledger orderly."""
        self._ledger.close()
