"""What may be downloaded (XZ01): documents in the order of the platform's serial numbers, kept over a restart.

A record is ``sent`` in the ledger before it can be seen and ``acked`` when a caller's cursor has passed it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from adapters.padis.simulator.envelope import stamp
from adapters.padis.simulator.facts import facts
from hub.contract.xml import Element, serialise
from hub.testkit.ledger import Ledger, read_ledger

_KINDS: Final = {
    "XCQQ": ("ENQ", "request-to-unit"), "XCFK": ("FB", "feedback-to-unit"), "XCTH": ("TH", "return-to-hub"),
    "XCCH": ("CH", "withdraw-to-unit"), "XCCQ": ("CQ", "withdrawn-to-unit"), "BYTB": ("N8", "notice-to-unit"),
    "TBQR": ("RC", "receipt-to-unit"),
}  # fmt: skip
_RETURNED: Final = "<QRJG>TH</QRJG>"
_PAGE_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """One downloadable document: serial number, kind, moment it became available, its text, its id in the ledger."""

    serial: str
    kind: str
    at: str
    document: str
    id: str

    @property
    def unseen(self) -> bool:
        """A return has no effect of its own anywhere: the ledger says ``published`` and ``passed`` of it, not ``sent`` and ``acked``."""
        return self.kind == "TH" or (self.kind == "RC" and _RETURNED in self.document)

    def shown(self) -> str:
        """The record as XZ01 gives it."""
        return f"<JL><PTLSH>{self.serial}</PTLSH><LX>{self.kind}</LX><KYSJ>{self.at}</KYSJ><WD>{escape(self.document)}</WD></JL>"


_FIELDS: Final = tuple(field.name for field in fields(Record))


class Records:
    """All records. Thread-safe; a serial number is given and shown under one lock, so that no cursor can pass an unseen record."""

    def __init__(self, path: Path, ledger: Ledger, earlier: Sequence[dict[str, str]]) -> None:
        self._file, self._ledger = Ledger(path), ledger
        self._lock = threading.Lock()
        self._records = [Record(**{name: line[name] for name in _FIELDS}) for line in read_ledger(path) if "serial" in line]
        self._ids = {record.id for record in self._records}
        ended = {line.get("id") or line["of"] for line in earlier if line["t"] in ("acked", "noanswer", "passed")}
        self._passed = sum(record.id in ended for record in self._records)
        for line in earlier:
            if line["t"] == "sent" and line["id"] not in self._ids | ended:
                ledger.add({"t": "noanswer", "id": line["id"]})

    def publish(self, documents: Sequence[Element], now: datetime) -> list[str]:
        """Make documents available together; returns their ids."""
        with self._lock:
            fresh = []
            for number, document in enumerate(documents, start=len(self._records) + 1):
                (kind, route), known = _KINDS[str(document.tag)], facts(document)
                fresh.append(Record(f"{number:012d}", kind, stamp(now), serialise(document).decode(), known.id))
                if fresh[-1].unseen:
                    self._ledger.add({"t": "published", "of": known.id})
                else:
                    self._ledger.add({"t": "sent", "id": known.id, "route": route, "kind": "valid", **known._asdict()})
            self._ledger.sync()
            for record in fresh:
                self._file.add(asdict(record))
            self._file.sync()
            self._records += fresh
            self._ids.update(record.id for record in fresh)
            return [record.id for record in fresh]

    def page(self, cursor: str, count: int) -> str:
        """The body of the answer to XZ01: at most ``count`` records after the cursor. Everything up to the cursor is acked."""
        with self._lock:
            after = int(cursor or "0")
            for record in self._records[self._passed : after]:
                if record.unseen:
                    self._ledger.add({"t": "passed", "of": record.id})
                else:
                    self._ledger.add({"t": "acked", "id": record.id, "hub": None, "duplicate": False})
            self._passed = max(self._passed, min(after, len(self._records)))
            shown: list[str] = []
            size = 0
            for record in self._records[after : after + count]:
                size += len(record.document)
                if shown and size > _PAGE_BYTES:
                    break
                shown.append(record.shown())
            if len(shown) > 1 and any(record.kind == "CH" for record in self._records[after + len(shown) :][:1]):
                shown.pop()  # an enquiry and its withdrawal come in one page, so that nobody answers in between
            more = after + len(shown) < len(self._records)
        return f"<XZJG><SFYG>{int(more)}</SFYG>{''.join(shown)}</XZJG>"

    def state(self) -> dict[str, int]:
        """How many there are, and how many a caller has passed."""
        with self._lock:
            return {"published": len(self._records), "acked": self._passed}

    def knows(self, id_: str) -> bool:
        """Whether a document of this id was published."""
        with self._lock:
            return id_ in self._ids

    def close(self) -> None:
        """Flush and close its file."""
        self._file.close()
