"""A spoke's questions (REST): put to the hub, answered at once or not at all, each end in a ledger of its own without any value."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from demo.spokes.wire import NoAnswerError, Wire, request
from hub.testkit.ledger import Ledger, read_ledger

UNTRUE: Final = ("refused", "wrong")
"""Ends of a lawful question that spoil a day."""
_TRIES: Final = 120
_PAUSE: Final = 0.25
"""What was just taken is not planned yet; its case is there soon after."""


class Asking:
    """Thread-safe; every thread has a connection of its own. ``stopping`` ends the waiting of those who ask again."""

    def __init__(self, address: tuple[str, int], authorization: str, ledger: Path, stopping: threading.Event) -> None:
        self._address, self._authorization, self.stopping = address, authorization, stopping
        self._ledger, self._local = Ledger(ledger), threading.local()

    def ask(self, query: str, question: str, read: Callable[[bytes], str], fields: Mapping[str, str] | None = None) -> str:
        """What ``read`` makes of the answer's document, else ``busy`` (shed or late), ``refused`` or ``noanswer``."""
        told = {"Authorization": self._authorization, "Content-Type": "application/xml", **(fields or {})}
        host = f"{self._address[0]}:{self._address[1]}"
        try:
            reply = self._wire().exchange(request("POST", f"/api/v1/queries/{query}", host, told, question.encode()))
        except NoAnswerError:
            return "noanswer"
        if reply.status != 200:
            return "busy" if reply.status >= 500 else "refused"
        return read(reply.body)

    def until_known(self, query: str, question: str, known: bytes) -> None:
        """Ask until the answer holds ``known``, since the hub must know what is asked about, and write down the end."""
        end = ""
        for _ in range(_TRIES):
            end = self.ask(query, question, lambda answer: "found" if known in answer else "unknown")
            if end != "unknown" or self.stopping.wait(_PAUSE):
                break
        self.ended(query, "wrong" if end == "unknown" and not self.stopping.is_set() else end)

    def ended(self, query: str, end: str) -> None:
        """Write down how a question ended: ``found``, ``unknown``, one of `ask`'s words, or ``wrong`` when the truth is another."""
        self._ledger.write({"t": "query", "query": query, "end": end})

    def close(self) -> None:
        """End the ledger."""
        self._ledger.close()

    def _wire(self) -> Wire:
        wire: Wire | None = getattr(self._local, "wire", None)
        if wire is None:
            wire = self._local.wire = Wire(*self._address)
        return wire


def counted(ledgers: Path) -> dict[str, dict[str, int]]:
    """How the questions of all spokes ended, by query."""
    found: dict[str, dict[str, int]] = {}
    for file in sorted(ledgers.glob("*.queries.jsonl")):
        for line in (line for line in read_ledger(file) if line["t"] == "query"):
            ends = found.setdefault(line["query"], {})
            ends[line["end"]] = ends.get(line["end"], 0) + 1
    return found
