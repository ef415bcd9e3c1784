"""The simulated platform itself: what it does with XC01 to XC07, CX01, CX02 and XZ01, and what ``/_control`` can order."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

from adapters.padis.simulator import notices, people
from adapters.padis.simulator.answering import Answer as Words
from adapters.padis.simulator.answering import Manner, answer_to, chance
from adapters.padis.simulator.envelope import BEIJING, REFUSALS, SUBMITTED, Reader, Request, soap_fault, stamp
from adapters.padis.simulator.facts import Facts, facts
from adapters.padis.simulator.population import Population
from adapters.padis.simulator.records import Records
from hub.contract.xml import Element
from hub.testkit.ledger import Ledger, entry_id, read_ledger
from hub.testkit.spoilers import Arrival
from hub.testkit.wire import Answer

_OUR_PREFIX: Final = "FJ-"
_ORDERS: Final = ("originate", "notify", "answer", "receipts", "withdrawn", "window_ms", "people")
_ANSWERED: Final = {"XCFK": "enquiry.request", "TBQR": "notice.contraception"}
"""What an answer must belong to: a document that the platform published."""
_MISSTATED: Final = 0.15
"""So many enquiries and notices about known people state a place that is not theirs."""
_WORK: Final = {"CX01": "_asked", "CX02": "_looked_up", "XZ01": "_download"}


class NationalPlatform:
    """Implements `hub.testkit.simulator.Simulated`.

    Orders: ``{"originate": {"count": 5, "seed": 1, "places": ["350102001000"]}}`` or a list of XCQQ texts;
    ``{"answer": {"share": 0.5, "after_ms": 300, "returned": 0.05}}``, how many enquiries are answered and how many given back
    first; ``{"notify": …}`` and ``{"receipts": {"share": 0.5, "after_ms": 300, "returned": 0.05, "wrong": 0.05}}`` the same for
    notices, ``wrong`` how many of the receipts say so; ``{"withdrawn": 0.1}``, how many of those it originates it takes back at once; ``{"window_ms": 5000}``, after which
    no work is begun for a request. ``<ledger>.people`` (register entries, JSON Lines), when it is there, is what it knows.
    ``{"people": {"count": 5, "seed": 1}}``, made-up people to be found by CX02 beside those of the documents.
    """

    path = "/services/exchange"

    def __init__(self, ledger: Path) -> None:
        earlier = list(read_ledger(ledger))
        self._ledger = Ledger(ledger)
        self._records = Records(ledger.with_name(ledger.name + ".feed"), self._ledger, earlier)
        self._worked = {line["key"]: datetime.fromisoformat(line["at"]) for line in earlier if line["t"] == "effect"}
        self._applied = {line["id"] for line in earlier if line["t"] == "effect"}
        self._known = people.read_population(ledger.with_name(ledger.name + ".people"))
        self._given_back: set[str] = set()
        self._to_ask: list[Mapping[str, Any]] | None = None
        self._to_tell: list[Mapping[str, Any]] | None = None
        self._reader, self._population = Reader(), Population()
        self._lock = threading.Lock()
        self._manners = {"XCQQ": Manner(), "BYTB": Manner()}
        self._window, self._withdrawn = timedelta(seconds=5), 0.0
        self._run, self._numbers = stamp(datetime.now(BEIJING)), itertools.count(1)
        self._answers: list[tuple[datetime, int, str, Words]] = []
        self._tickets = itertools.count()
        self._stop = threading.Event()
        self._answering = threading.Thread(target=self._answer_when_due, daemon=True)
        self._answering.start()

    def receive(self, body: bytes) -> Arrival:
        """Read a call and note the arrival of a document."""
        request = self._reader.request(body)
        if request is None:
            return Arrival("unreadable", soap_fault, lambda _code: soap_fault())
        document = request.document
        if document is None:
            return Arrival(request.transaction, lambda: request.answer("1001"), lambda _code: request.answer("1001"))
        work: Callable[[], Answer]
        if request.transaction in SUBMITTED:
            known = facts(document)
            self._ledger.add({"t": "call", **known._asdict()})
            work = partial(self._submit, request, document, known)
        else:
            work = partial(getattr(self, _WORK[request.transaction]), request, document)
        return Arrival(request.transaction, work, lambda code: request.answer(code if code in REFUSALS else "1002"))

    def _submit(self, request: Request, document: Element, known: Facts) -> Answer:
        if document.tag in _ANSWERED and not self._published_by_us(document):
            return request.answer("1003")
        with self._lock:
            now = datetime.now(BEIJING)
            if now - request.sent > self._window or self._stop.is_set():
                return request.answer("9002" if self._stop.is_set() else "2003")
            first = known.id not in self._applied
            self._learn(document)
            self._worked[request.serial] = now
            back = self._gives_back(document, known.id)
            line = None
            if not back:
                self._applied.add(known.id)
                line = self._ledger.add(_effect(known, request.serial, now))
            if first:
                self._plan_answer(document, known.id, now, back=back)
        self._ledger.sync(line)
        return request.receipt(request.serial, now)

    def _gives_back(self, document: Element, id_: str) -> bool:
        """Whether an enquiry or notice is given back instead of being applied: each at most once, when it first comes."""
        manner = self._manners.get(str(document.tag))
        if manner is None or id_ in self._given_back or id_ in self._applied or not manner.gives_back(id_):
            return False
        self._given_back.add(id_)
        return True

    def _plan_answer(self, document: Element, id_: str, now: datetime, *, back: bool) -> None:
        manner, lane = self._manners.get(str(document.tag)), facts(document).lane
        if document.tag == "XCCH":
            self._answers = [waiting for waiting in self._answers if waiting[2] != lane]
            heapq.heapify(self._answers)
        if answer := answer_to(document, id_, manner, self._known, back=back):
            after = (manner or self._manners["XCQQ"]).after
            heapq.heappush(self._answers, (now + after, next(self._tickets), lane, answer))

    def _asked(self, request: Request, document: Element) -> Answer:
        serial = document.findtext("YLSH", "")
        with self._lock:
            at = self._worked.get(serial)
        self._ledger.sync()
        return request.receipt(serial, at) if at else request.answer("2002")

    def _looked_up(self, request: Request, question: Element) -> Answer:
        return request.answer("0000", self._population.answer(question))

    def _download(self, request: Request, document: Element) -> Answer:
        page = self._records.page(document.findtext("SCLSH", ""), int(document.findtext("TS", "1")))
        self._ledger.sync()
        return request.answer("0000", page)

    def _published_by_us(self, answer: Element) -> bool:
        system, number = answer.findtext("FQXT", ""), answer.findtext("XCH", "") or answer.findtext("TBH", "")
        return self._records.knows(entry_id(_ANSWERED[str(answer.tag)], system, number))

    def _learn(self, document: Element) -> None:
        self._population.learn(document.find("DCDX" if document.tag == "XCQQ" else "DX"))

    def _answer_when_due(self) -> None:
        while not self._stop.wait(0.05):
            now, due = datetime.now(BEIJING), []
            with self._lock:
                while self._answers and self._answers[0][0] <= now:
                    due.append(heapq.heappop(self._answers)[3])
            if due:
                self._records.publish([answer(now) for answer in due], now)

    def order(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """Originate enquiries and notices, set how many are answered and when, set how old a request may be."""
        unknown = sorted(order.keys() - set(_ORDERS))
        if unknown:
            raise ValueError(f"unknown order {', '.join(unknown)}; known: faults, seed, {', '.join(_ORDERS)}")
        for name, manner in zip(("answer", "receipts"), self._manners.values(), strict=True):
            manner.change(order.get(name, {}))
        self._withdrawn = float(order.get("withdrawn", self._withdrawn))
        if "window_ms" in order:
            self._window = timedelta(milliseconds=float(order["window_ms"]))
        told: dict[str, Any] = {}
        if "people" in order:
            told["people"] = self._population.make(
                int(order["people"]["count"]), order["people"].get("seed"), datetime.now(BEIJING)
            )
        if "notify" in order:
            told["notified"] = self._notify(order["notify"])
        return {**told, "originated": self._originate(order["originate"])} if "originate" in order else told

    def _originate(self, wanted: Mapping[str, Any] | list[str]) -> list[str]:
        now = datetime.now(BEIJING)
        if isinstance(wanted, list):
            return self._publish([self._reader.document(text) for text in wanted], now)
        rng, places = Random(wanted.get("seed")), list(wanted["places"])  # noqa: S311 - made-up people, no secret
        if self._to_ask is None:
            self._to_ask = people.ask_about(self._known, places[0][:2], rng)
        made = []
        for _ in range(int(wanted["count"])):
            person = self._to_ask.pop() if self._to_ask else None
            place = rng.choice(places) if person is None or rng.random() < _MISSTATED else person["hukouDiv"]
            document = people.enquiry(rng, f"GJ{self._run}{next(self._numbers):06d}", place, now, person)
            made.append(document)
            if chance(facts(document).id) >= 1 - self._withdrawn:
                made.append(people.withdrawal(document, now))
        return self._publish(made, now)

    def _notify(self, wanted: Mapping[str, Any]) -> list[str]:
        rng, places, now = Random(wanted.get("seed")), list(wanted["places"]), datetime.now(BEIJING)  # noqa: S311 - made-up people
        if self._to_tell is None:
            self._to_tell = notices.women(people.ask_about(self._known, places[0][:2], rng))
        made = []
        for _ in range(int(wanted["count"])):
            person = self._to_tell.pop() if self._to_tell else None
            place = rng.choice(places) if person is None or rng.random() < _MISSTATED else person["hukouDiv"]
            made.append(notices.notice(rng, f"GT{self._run}{next(self._numbers):06d}", place, now, person))
        return self._publish(made, now)

    def _publish(self, documents: list[Element], now: datetime) -> list[str]:
        for document in documents:
            self._learn(document)
        return self._records.publish(documents, now)

    def state(self) -> Mapping[str, Any]:
        """Counts, and the settings in force."""
        with self._lock:
            counts = {"worked": len(self._worked), "answers_due": len(self._answers), "people": len(self._population)}
        manner = self._manners["XCQQ"]
        settings = {"share": manner.share, "after_ms": manner.after.total_seconds() * 1000}
        return {**counts, **self._records.state(), "answer": settings, "window_ms": self._window.total_seconds() * 1000}

    def close(self) -> None:
        """Answer nothing more and close the files."""
        with self._lock:
            self._stop.set()
        self._answering.join(10)
        self._records.close()
        self._ledger.close()


def _effect(known: Facts, serial: str, at: datetime) -> Mapping[str, object]:
    return {"t": "effect", **known._asdict(), "hub": serial.removeprefix(_OUR_PREFIX), "key": serial, "at": at.isoformat()}
