"""The simulated database itself: takes parts, works on them after a while, tells results, answers verifications; what ``/_control`` can order."""

from __future__ import annotations

import base64
import hashlib
import threading
import zlib
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from adapters.ehycert.simulator import judge
from adapters.ehycert.simulator.envelope import BEIJING, DATA, REFUSALS, Call, Reader, soap_fault, zipped
from adapters.ehycert.simulator.holdings import Holdings, Place, national_no
from adapters.ehycert.simulator.judge import text
from adapters.ehycert.simulator.parts import Part, Parts
from hub.contract.xml import Element
from hub.testkit.ledger import Ledger, read_ledger
from hub.testkit.spoilers import Arrival
from hub.testkit.wire import Answer

_ORDERS: Final = ("work", "refuse", "forget", "issued", "cancelled", "pilot")
_WHOLE: Final = 10_000
TAKEN, BEFORE, WORKING, BAD_DIGEST, BAD_ZIP, BAD_DOCUMENT, CONFLICT, NO_TICKET = "00", "01", "02", "11", "12", "13", "14", "21"


class CertificateDatabase:
    """Implements `hub.testkit.simulator.Simulated`.

    Orders: ``{"work": {"after_ms": 300}}``, how long a part waits; ``{"refuse": {"share": 0.02, "code": "9"}}``, which records are refused
    though they are good (by their id, so that the same ones always are); ``{"forget": 1}``, so many tickets not known when next asked;
    ``{"issued": {"count": 5, "seed": 1}}``, made-up women who hold a certificate; ``{"cancelled": {"<number>": ["20250605", "1"]}}``;
    ``{"pilot": {"35": ["20140701", ""]}}``, the provinces that take part.
    """

    path = "/services/ecert"

    def __init__(self, ledger: Path) -> None:
        self._applied = {_short(line["id"]) for line in read_ledger(ledger) if line["t"] == "effect"}
        self._ledger, self._reader, self._lock = Ledger(ledger), Reader(), threading.Lock()
        self._parts = Parts(ledger.with_name(ledger.name + ".feed"), self._reader)
        self._held, self._results = Holdings(), Counter[str]()
        self._after, self._share, self._refusal, self._forget = timedelta(milliseconds=300), 0.0, "9", 0
        self._waiting: list[tuple[datetime, Part]] = []
        for _, archive in self._parts.stored():
            head = self._package(archive)[0]
            self._enqueue(text(head, "BATCH_NO"), text(head, "PART"), archive, stored=True)
        self._stop = threading.Event()
        self._working = threading.Thread(target=self._work_when_due, daemon=True)
        self._working.start()

    def receive(self, body: bytes) -> Arrival:
        """Read a call."""
        call = self._reader.call(body)
        if call is None:
            return Arrival("unreadable", soap_fault, lambda _code: soap_fault())
        work = {"UploadPart": self._upload, "QueryResult": self._result, "Verify": self._verify}[call.operation]
        return Arrival(call.operation, partial(work, call), lambda code: call.answer(code if code in REFUSALS else BAD_DOCUMENT))

    def _upload(self, call: Call) -> Answer:
        archive = base64.b64decode(call.values["content"])
        if hashlib.sha256(archive).hexdigest() != call.values["digest"]:
            return call.answer(BAD_DIGEST)
        package = self._reader.package(archive)
        if package is None:
            return call.answer(BAD_ZIP)
        if not _agrees(package[0], call.values):
            return call.answer(BAD_DOCUMENT)
        with self._lock:
            known = self._parts.known(call.values["batchNo"], call.values["part"])
            if known and known.digest != call.values["digest"]:
                return call.answer(CONFLICT)
            part = known or self._enqueue(call.values["batchNo"], call.values["part"], archive, stored=False)
            line = None if known else self._ledger.add({"t": "taken", "of": f"{part.batch_no}/{part.part}", "ticket": part.ticket})
        self._ledger.sync(line)
        return call.answer(BEFORE if known else TAKEN, f"<ticket>{part.ticket}</ticket>")

    def _enqueue(self, batch_no: str, number: str, archive: bytes, *, stored: bool) -> Part:
        digest = hashlib.sha256(archive).hexdigest()
        part = self._parts.take(batch_no, number, digest, None if stored else archive)
        self._waiting.append((datetime.now(BEIJING) + self._after, part))
        return part

    def _package(self, archive: bytes) -> Element:
        package = self._reader.package(archive)
        if package is None:
            raise ValueError("a part that was taken cannot be read")
        return package

    def _result(self, call: Call) -> Answer:
        with self._lock:
            part = self._parts.by_ticket(call.values["ticket"])
            if part and self._forget:
                self._forget, part.lost = self._forget - 1, True
                part = None
        if part is None:
            return call.answer(NO_TICKET)
        return call.answer(TAKEN, zipped(self._told(part))) if part.worked else call.answer(WORKING)

    def _told(self, part: Part) -> str:
        """The RESULT document: made anew for each question from the part on disk and a digit a record."""
        package = self._parts.package(part.number)
        head = "".join(f"<{name}>{text(package[0], name)}</{name}>" for name in ("BATCH_NO", "PART", "FIRST"))
        records = "".join(map(_result, package.iterchildren(f"{DATA}ROW"), part.codes))
        done = f"<COUNT>{len(part.codes)}</COUNT><DONE_AT>{part.worked}</DONE_AT>"
        return f'<RESULT xmlns="{DATA[1:-1]}">{head}{done}{records}</RESULT>'

    def _verify(self, call: Call) -> Answer:
        assert call.document is not None
        number = text(call.document, "ID_NO")
        with self._lock:
            place = self._held.place(number)
            row = self._parts.row(place.part, str(place.seq)) if place else self._held.made_row(number)
            return call.answer(TAKEN, self._held.verified(call.document, row))

    def _work_when_due(self) -> None:
        while not self._stop.wait(0.02):
            with self._lock:
                due = self._waiting and self._waiting[0][0] <= datetime.now(BEIJING)
                part = self._waiting.pop(0)[1] if due else None
            if part:
                self._work(part)

    def _work(self, part: Part) -> None:
        """Judge each row in order; the results can be seen only when its effects are on disk."""
        package = self._parts.package(part.number)
        day, at = text(package[0], "BATCH_DATE"), datetime.now(BEIJING)
        batch_day = date(int(day[:4]), int(day[4:6]), int(day[6:8]))
        with self._lock:
            part.codes = "".join(self._judge(part, row, batch_day, at) for row in package.iterchildren(f"{DATA}ROW"))
        self._ledger.sync()
        part.worked = f"{at:%Y%m%d%H%M%S}"

    def _judge(self, part: Part, row: Element, batch_day: date, at: datetime) -> str:
        known, number, seq = judge.facts(row), text(row, "ID_NO"), text(row, "SEQ")
        code = judge.code_of(row, batch_day, self._held.version(number))
        if code == judge.DONE and _chance(known["id"]) < self._share:
            code = self._refusal
        self._results[code] += 1
        if code == judge.DONE:
            self._held.hold(number, Place(int(text(row, "VER")), part.number, int(seq)))
            if _short(known["id"]) not in self._applied:
                self._applied.add(_short(known["id"]))
                self._ledger.add({"t": "effect", **known, "key": f"{part.batch_no}/{seq}", "at": at.isoformat()})
        elif code != judge.ALREADY:
            self._ledger.add({"t": "refused", "of": known["id"], "code": code, "key": f"{part.batch_no}/{seq}"})
        return code

    def order(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """Set how long work takes, what is refused and forgotten; have certificates of made-up women."""
        unknown = sorted(order.keys() - set(_ORDERS))
        if unknown:
            raise ValueError(f"unknown order {', '.join(unknown)}; known: faults, seed, {', '.join(_ORDERS)}")
        with self._lock:
            if "work" in order:
                self._after = timedelta(milliseconds=float(order["work"]["after_ms"]))
            if "refuse" in order:
                self._share, self._refusal = float(order["refuse"]["share"]), str(order["refuse"].get("code", self._refusal))
            self._forget = int(order.get("forget", self._forget))
            self._held.cancel(order.get("cancelled", {}))
            self._held.pilot = order.get("pilot", self._held.pilot)
            wanted = order.get("issued")
            return {"issued": self._held.make(int(wanted["count"]), wanted.get("seed"))} if wanted else {}

    def state(self) -> Mapping[str, Any]:
        """Counts, and the settings in force."""
        with self._lock:
            counts = {"parts": len(self._parts.all), "waiting": len(self._waiting), "certificates": len(self._held)}
            settings = {"after_ms": self._after.total_seconds() * 1000, "refuse": self._share, "forget": self._forget}
            return {**counts, "results": dict(sorted(self._results.items())), **settings}

    def close(self) -> None:
        """Work no more and close the ledger."""
        self._stop.set()
        self._working.join(10)
        self._ledger.close()


def _agrees(head: Element, said: Mapping[str, str]) -> bool:
    pairs = {"batchNo": "BATCH_NO", "part": "PART", "parts": "PARTS", "count": "TOTAL"}
    return all(text(head, own) == said[name] for name, own in pairs.items())


def _result(row: Element, code: str) -> str:
    """A RECORD element; who is in gets a number of theirs."""
    number = national_no(text(row, "ID_NO")) if code in (judge.DONE, judge.ALREADY) else ""
    given = f"<NATIONAL_NO>{number}</NATIONAL_NO>" if number else ""
    return f"<RECORD><SEQ>{text(row, 'SEQ')}</SEQ><CODE>{code}</CODE>{given}</RECORD>"


def _short(id_: str) -> int:
    """An id of the ledger as a number."""
    return int(id_.rpartition(":")[2], 16)


def _chance(id_: str) -> float:
    """What befalls a record follows from its name in the ledgers: 0 to 1."""
    return zlib.crc32(id_.encode()) % _WHOLE / _WHOLE
