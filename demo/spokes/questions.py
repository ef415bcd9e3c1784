"""What a spoke asks beside its messages: how an enquiry of its own stands, and what the national platform knows of its subject.

Now and then, after an enquiry was submitted. A ledger of its own says how each question ended; no line holds a value.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from demo.spokes.submissions import Submission
from demo.spokes.wire import NoAnswerError, Reply, Wire, request
from hub.contract.xml import Element, parse
from hub.testkit.ledger import Ledger, read_ledger

STATUS, CASE = "enquiry.status", "enquiry.case"
_STATUS_EACH: Final = 20
_CASE_EACH: Final = 10
_TRIES: Final = 40
_PAUSE: Final = 0.25
"""An enquiry that was just taken is not planned yet; its case is there soon after."""


class Questions:
    """Thread-safe; every thread has a connection of its own."""

    def __init__(self, address: tuple[str, int], authorization: str, ledger: Path, stopping: threading.Event) -> None:
        self._address, self._authorization, self._stopping = address, authorization, stopping
        self._ledger, self._local = Ledger(ledger), threading.local()
        self._lock, self._seen = threading.Lock(), 0

    def after(self, submission: Submission) -> None:
        """Ask about some of the enquiries that were sent and are good."""
        if submission.kind != "valid" or not submission.type:
            return
        with self._lock:
            self._seen += 1
            number = self._seen
        document = parse(submission.document)
        if number % _STATUS_EACH == 1:
            self._status(document)
        if submission.route == "request-to-padis" and number % _CASE_EACH == 0:
            self._case(document, submission.from_div)

    def close(self) -> None:
        """End the ledger."""
        self._ledger.close()

    def _status(self, enquiry: Element) -> None:
        """Until the hub knows it; it must know what it has taken."""
        question = f'<enquiryStatus xmlns="urn:pophub:enquiry.status:1.0"><enquiryNo>{_text(enquiry, "enquiryNo")}</enquiryNo></enquiryStatus>'
        for _ in range(_TRIES):
            end = self._ask(STATUS, question, {})
            if end != "unknown" or self._stopping.wait(_PAUSE):
                break
        self._ledger.write({"t": "query", "query": STATUS, "end": end})

    def _case(self, enquiry: Element, unit: str) -> None:
        person = f"<name>{_text(enquiry, 'subject/name')}</name><idNo>{_text(enquiry, 'subject/idNo')}</idNo>"
        if "<idNo></idNo>" in person:
            return
        question = f'<enquiryCase xmlns="urn:pophub:enquiry.case:1.0">{person}<purpose>3</purpose></enquiryCase>'
        end = self._ask(CASE, question, {"Pophub-From-User": f"{unit[:9]}L001", "Pophub-From-Div": unit})
        self._ledger.write({"t": "query", "query": CASE, "end": end})

    def _ask(self, query: str, question: str, fields: Mapping[str, str]) -> str:
        """``found``, ``unknown``, ``busy`` (shed or late), ``refused`` or ``noanswer``."""
        told = {"Authorization": self._authorization, "Content-Type": "application/xml", **fields}
        host = f"{self._address[0]}:{self._address[1]}"
        try:
            reply = self._wire().exchange(request("POST", f"/api/v1/queries/{query}", host, told, question.encode()))
        except NoAnswerError:
            return "noanswer"
        return _end(reply)

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


def _end(reply: Reply) -> str:
    if reply.status != 200:
        return "busy" if reply.status == 503 else "refused"
    return "found" if b"<enquiry>" in reply.body or b"<person>" in reply.body else "unknown"


def _text(enquiry: Element, path: str) -> str:
    return escape(enquiry.findtext("/".join(f"{{urn:pophub:enquiry.request:1.0}}{name}" for name in path.split("/")), ""))
