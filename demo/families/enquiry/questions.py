"""What a spoke asks beside its enquiries: how one of its own stands, and what the national platform knows of its subject.

Now and then, after an enquiry was submitted.
"""

from __future__ import annotations

import threading
from typing import Final
from xml.sax.saxutils import escape

from demo.spokes.asking import Asking
from demo.spokes.submission import Submission
from hub.contract.xml import Element, parse

STATUS, CASE = "enquiry.status", "enquiry.case"
_STATUS_EACH: Final = 20
_CASE_EACH: Final = 10


class Questions:
    """Thread-safe."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
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

    def _status(self, enquiry: Element) -> None:
        """Until the hub knows it; it must know what it has taken."""
        question = f'<enquiryStatus xmlns="urn:pophub:enquiry.status:1.0"><enquiryNo>{_text(enquiry, "enquiryNo")}</enquiryNo></enquiryStatus>'
        self._asking.until_known(STATUS, question, b"<enquiry>")

    def _case(self, enquiry: Element, unit: str) -> None:
        person = f"<name>{_text(enquiry, 'subject/name')}</name><idNo>{_text(enquiry, 'subject/idNo')}</idNo>"
        if "<idNo></idNo>" in person:
            return
        question = f'<enquiryCase xmlns="urn:pophub:enquiry.case:1.0">{person}<purpose>3</purpose></enquiryCase>'
        said = {"Pophub-From-User": f"{unit[:9]}L001", "Pophub-From-Div": unit}
        self._asking.ended(CASE, self._asking.ask(CASE, question, _read, said))


def _read(answer: bytes) -> str:
    return "found" if b"<person>" in answer else "unknown"


def _text(enquiry: Element, path: str) -> str:
    return escape(enquiry.findtext("/".join(f"{{urn:pophub:enquiry.request:1.0}}{name}" for name in path.split("/")), ""))
