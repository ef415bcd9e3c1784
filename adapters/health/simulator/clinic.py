"""The simulated health system itself: what it does with PushResult and AskResult, and what ``/_control`` can order."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, Final

from adapters.health.simulator.births import births
from adapters.health.simulator.caller import Hub
from adapters.health.simulator.envelope import BEIJING, REFUSALS, SPACE, Call, Reader, soap_fault, stamp
from adapters.health.simulator.facts import told
from adapters.health.simulator.population import read_entries
from adapters.health.simulator.pushes import Pushes
from adapters.health.simulator.rows import Made, Rows, vaccinations
from hub.contract.errors import ClientError
from hub.contract.xml import Element, local_name, parse
from hub.testkit.ledger import Ledger, read_ledger
from hub.testkit.spoilers import Arrival
from hub.testkit.wire import Answer

_ORDERS: Final = ("hub", "push", "vaccinate", "originate", "window_ms")


class Clinic:
    """Implements `hub.testkit.simulator.Simulated`.

    Orders: ``{"hub": {"url": "http://127.0.0.1:8080", "name": "phc", "secret": "…"}}``, whom to push to, with which credential;
    ``{"push": {"count": 5, "seed": 1, "places": ["350203001000"], "twice": 0.1, "corrected": 0.1}}``, deliveries, how many of them are
    sent twice and how many again as a new version; ``{"vaccinate": {"count": 5, "seed": 1, "place": "350203001000", "bad": 0.1}}``, rows
    of the middle table; ``{"originate": […]}``, rows by hand as VaccinationRow texts; ``{"window_ms": 5000}``, after which no work
    is begun for a call. ``<ledger>.people`` (register entries, JSON Lines), when it is there, is whom it knows.
    """

    path = "/services/result"

    def __init__(self, ledger: Path) -> None:
        earlier = list(read_ledger(ledger))
        self._ledger, self._reader = Ledger(ledger), Reader()
        self._rows = Rows(ledger.with_name(ledger.name + ".vaccinations.db"), self._ledger, earlier)
        self._pushes = Pushes(self._ledger)
        self._entries = read_entries(ledger.with_name(ledger.name + ".people"))
        self._worked = {line["key"]: datetime.fromisoformat(line["at"]) for line in earlier if line["t"] == "effect"}
        self._hub: Hub | None = None
        self._orders = itertools.count(1)
        self._window, self._stop, self._lock = timedelta(seconds=5), threading.Event(), threading.Lock()
        self._looking = threading.Thread(target=self._look, daemon=True)
        self._looking.start()

    def receive(self, body: bytes) -> Arrival:
        """Read a call and note the arrival of a result."""
        call = self._reader.call(body)
        if call is None:
            return Arrival("unreadable", soap_fault, lambda _code: soap_fault())
        if call.record is None:
            return Arrival(call.operation, partial(call.answer, "1"), lambda _code: call.answer("1"))
        if call.operation == "AskResult":
            work = partial(self._asked, call)
        else:
            self._ledger.add({"t": "call", **_result(call.record)})
            work = partial(self._taken, call)
        return Arrival(call.operation, work, lambda code: call.answer(code if code in REFUSALS else "1"))

    def _taken(self, call: Call) -> Answer:
        with self._lock:
            now = datetime.now(BEIJING)
            if self._stop.is_set() or now - call.sent > self._window:
                return call.answer("8" if self._stop.is_set() else "3")
            self._worked[call.key] = now
            assert call.record is not None
            hub = call.key.removeprefix("FJ-")
            line = self._ledger.add({"t": "effect", **_result(call.record), "hub": hub, "key": call.key, "at": now.isoformat()})
        self._ledger.sync(line)
        return call.answer("0", now)

    def _asked(self, call: Call) -> Answer:
        with self._lock:
            at = self._worked.get(call.key)
        self._ledger.sync()
        return call.answer("0", at) if at else call.answer("2")

    def order(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """Push deliveries, fill the table, set how old a call may be."""
        if unknown := sorted(order.keys() - set(_ORDERS)):
            raise ValueError(f"unknown order {', '.join(unknown)}; known: faults, seed, {', '.join(_ORDERS)}")
        if "hub" in order:
            self._hub = Hub(order["hub"]["url"], order["hub"]["name"], order["hub"]["secret"])
        if "window_ms" in order:
            self._window = timedelta(milliseconds=float(order["window_ms"]))
        answer: dict[str, Any] = {}
        if "push" in order:
            answer["pushed"] = self._push(order["push"])
        if "vaccinate" in order:
            answer["vaccinated"] = self._rows.write(list(self._vaccinations(order["vaccinate"])))
        if "originate" in order:
            answer["originated"] = self._rows.write([Made(_columns(text), "valid", []) for text in order["originate"]])
        return answer

    def _push(self, wanted: Mapping[str, Any]) -> list[str]:
        if self._hub is None:
            raise ValueError("no hub: order hub first")
        rng, run = Random(wanted.get("seed")), self._run()  # noqa: S311 - made-up births
        made = islice(births(self._entries, rng, run), int(wanted["count"]))
        return self._pushes.send(self._hub, made, wanted, rng)

    def _vaccinations(self, wanted: Mapping[str, Any]) -> Any:
        rng, run = Random(wanted.get("seed")), self._run()  # noqa: S311 - made-up rows
        rows = vaccinations(self._entries, rng, run, str(wanted["place"]), float(wanted.get("bad", 0)))
        return islice(rows, int(wanted["count"]))

    def _run(self) -> str:
        """What begins the numbers of one order: no two orders share it."""
        return f"{stamp(datetime.now(BEIJING))[4:].replace('T', '')}{next(self._orders):03d}"

    def _look(self) -> None:
        while not self._stop.wait(0.1):
            self._rows.look()

    def state(self) -> Mapping[str, Any]:
        """Counts, and the settings with which the adapter reaches the table."""
        with self._lock:
            counts = {"worked": len(self._worked)}
        settings = {"vaccinations": self._rows.address}
        return {**counts, **self._pushes.state(), **self._rows.state(), "settings": settings}

    def close(self) -> None:
        """Answer nothing more, note what was read to the end, and close the ledger."""
        with self._lock:
            self._stop.set()
        self._looking.join(10)
        self._rows.look()
        self._ledger.close()


def _result(record: Element) -> dict[str, str]:
    said = {local_name(part): part.text or "" for part in record}
    return told(said["RecordNo"], said["UpdateTime"], said["ResultCode"])._asdict()


def _columns(text: str) -> dict[str, str | None]:
    """The columns of a VaccinationRow given by hand. Raises ValueError when it is none."""
    try:
        root = parse(text.encode())
    except ClientError:
        raise ValueError("not an XML document") from None
    if root.tag != f"{{{SPACE}}}VaccinationRow":
        raise ValueError("not a VaccinationRow")
    said = {local_name(part): part.text or "" for part in root}
    names = {"OrgArea": "org_area", **{n: "".join(f"_{c.lower()}" if c.isupper() else c for c in n).lstrip("_") for n in said}}
    return {names[name]: value for name, value in said.items() if name != "RowId"}
