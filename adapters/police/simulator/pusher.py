"""The side of the platform that calls the hub: pushes batches in order, repeats what got no answer, asks what became of the records.

Every record is ``sent`` in the ledger before its batch leaves, and ends ``acked``, ``fault`` (refused alone, or with its batch)
or, when the platform stops first, ``noanswer``.
"""

from __future__ import annotations

import base64
import threading
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from adapters.police.simulator.envelope import CONTENT_TYPE, SCHEMAS, SPACE, enveloped, payload_of
from adapters.police.simulator.records import Record
from hub.contract.xml import Element
from hub.testkit.ledger import Ledger
from hub.transports.http_client import HttpClient
from hub.transports.http_reply import HttpReply
from hub.transports.own_schema import OwnSchema

_PAGE: Final = 500
_AGAIN: Final = 0.2
"""Seconds between questions, and before a batch without answer is pushed again."""
_TIMEOUT: Final = 30.0
_WAITING, _DUPLICATE, _REFUSED = "0", "2", "3"
_RECEIPT: Final = f"{{{SPACE}}}PLTSHZ"
_DONE: Final = "3"


class Pusher:
    """A queue of batches and the one thread that pushes them. ``told`` counts what became of records, by state and filter."""

    def __init__(self, ledger: Ledger, now: Any) -> None:
        self._ledger, self._now = ledger, now
        self._push_reply, self._result_reply = (OwnSchema(SCHEMAS / f"{name}_reply.xsd") for name in ("push", "result"))
        self._queue: deque[tuple[str, Sequence[Record]]] = deque()
        self._hub: HttpClient | None = None
        self._login = ""
        self._wake, self._stop = threading.Event(), threading.Event()
        self.told: Counter[str] = Counter()
        self.open = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def to(self, hub: Mapping[str, Any]) -> None:
        """Where the hub is, and with which credential it is called. Raises ValueError or OSError when that cannot be used."""
        secret = Path(hub["secret_file"]).read_text(encoding="ascii").strip()
        self._login = "Basic " + base64.b64encode(f"{hub['name']}:{secret}".encode()).decode()
        self._hub = HttpClient(str(hub["url"]), connections=2, connect_timeout=5.0)

    def push(self, batches: Sequence[tuple[str, Sequence[Record]]]) -> None:
        """Queue batches. Raises ValueError when nobody said where the hub is."""
        if self._hub is None:
            raise ValueError("no hub: order {'hub': {'url', 'name', 'secret_file'}} first")
        for number, records in batches:
            for one in records:
                self._ledger.add(one.sent())
            self.open += len(records)
            self._queue.append((number, records))
        self._ledger.sync()
        self._wake.set()

    def close(self) -> None:
        """Stop; what is still open got no answer."""
        self._stop.set()
        self._wake.set()
        self._thread.join(_TIMEOUT + 10)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait()
            self._wake.clear()
            while self._queue and not self._stop.is_set():
                number, records = self._queue[0]
                self._one(number, records)
                if not self._stop.is_set():
                    self._queue.popleft()
        for _, records in self._queue:
            for one in records:
                self._ledger.add({"t": "noanswer", "id": one.id})

    def _one(self, number: str, records: Sequence[Record]) -> None:
        body = enveloped(
            f'<PLTS xmlns="{SPACE}"><PCH>{number}</PCH><TSSJ>{self._now():%Y%m%d%H%M%S}</TSSJ><JLS>{len(records)}</JLS>'
            f"<ITEMS>{''.join(one.item() for one in records)}</ITEMS></PLTS>"
        )
        while not self._stop.is_set():
            reply = self._call("PushBatch", body)
            payload = payload_of(reply.body) if reply else None
            if reply and reply.status == 200 and payload is not None and self._push_reply.accepts(payload):
                self.told["batches"] += 1
                self._ask(number, records)
                return
            if reply and (code := _client_fault(payload)):
                self._refused(records, code)
                return
            self._stop.wait(_AGAIN)

    def _ask(self, number: str, records: Sequence[Record]) -> None:
        """Ask until all records have an end, page by page."""
        first = 1
        while first <= len(records) and not self._stop.is_set():
            body = enveloped(f'<JGCX xmlns="{SPACE}"><PCH>{number}</PCH><QSXH>{first}</QSXH><TS>{_PAGE}</TS></JGCX>')
            reply = self._call("QueryResult", body)
            payload = payload_of(reply.body) if reply and reply.status == 200 else None
            if payload is not None and self._result_reply.accepts(payload):
                first = self._note(payload, first, records)
            if first <= len(records):
                self._stop.wait(_AGAIN)

    def _note(self, answer: Element, first: int, records: Sequence[Record]) -> int:
        """Write the ends that stand without a gap from ``first`` on; returns the next number wanted."""
        for item in answer.iterfind(f"{{{SPACE}}}ITEMS/{{{SPACE}}}ITEM"):
            told = {name: item.findtext(f"{{{SPACE}}}{name}") or "" for name in ("XH", "CLZT", "GLJG", "CWDM")}
            if told["XH"] != str(first) or told["CLZT"] == _WAITING:
                break
            self._end(records[first - 1], told)
            first += 1
        self._ledger.sync()
        return first

    def _end(self, one: Record, told: Mapping[str, str]) -> None:
        if told["CLZT"] == _REFUSED:
            self._ledger.add({"t": "fault", "id": one.id, "code": told["CWDM"]})
        else:
            self._ledger.add({"t": "acked", "id": one.id, "duplicate": told["CLZT"] == _DUPLICATE})
        self.told[f"state {told['CLZT']}"] += 1
        self.told[f"filter {told['GLJG']}"] += 1
        self.open -= 1

    def _refused(self, records: Sequence[Record], code: str) -> None:
        for one in records:
            self._ledger.add({"t": "fault", "id": one.id, "code": code})
        self.told[f"refused {code}"] += len(records)
        self.open -= len(records)

    def _call(self, operation: str, body: bytes) -> HttpReply | None:
        assert self._hub is not None
        action = f'"urn:standin:police:share:{operation}"'
        headers = {"Content-Type": CONTENT_TYPE, "SOAPAction": action, "Authorization": self._login}
        try:
            return self._hub.post(body, headers, _TIMEOUT)
        except OSError:
            return None


def _client_fault(fault: Element | None) -> str:
    """The hub's code, when it refuses for good; empty for everything that is worth another try."""
    code = (fault.findtext(".//{urn:pophub:services:1.0}code") or "") if fault is not None else ""
    return code if code.startswith("Client.") and code not in ("Client.Replayed", "Client.ClockSkew") else ""


def batches(records: Sequence[Record], size: int, name: str) -> list[tuple[str, Sequence[Record]]]:
    """Records in batches of ``size``, numbered under ``name``."""
    parts = [records[start : start + size] for start in range(0, len(records), size)]
    return [(f"{name}-{number:04d}", part) for number, part in enumerate(parts, 1)]


def stamp(at: datetime) -> str:
    """A moment as a part of numbers."""
    return f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03d}"
