"""The simulated platform itself: case queries answered, and what ``/_control`` can order."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any, Final

from adapters.police.simulator.envelope import REFUSALS, SPACE, Questions, answer, soap_fault
from adapters.police.simulator.people import Person, invent, read_people
from adapters.police.simulator.pusher import Pusher, batches, stamp
from adapters.police.simulator.records import Mix, Record, cancelled, record
from hub.contract.xml import Element
from hub.testkit.ledger import Ledger
from hub.testkit.spoilers import Arrival
from hub.testkit.wire import Answer

BEIJING: Final = timezone(timedelta(hours=8))
_ORDERS: Final = ("hub", "push", "people")
_PLACES: Final = ("350203001000", "350102001000", "350702001000", "350582101000")
_BATCH: Final = 200


def _now() -> datetime:
    return datetime.now(BEIJING)


class PolicePlatform:
    """Implements `hub.testkit.simulator.Simulated`.

    Orders: ``{"hub": {"url": "http://127.0.0.1:8080/soap/police", "name": "police", "secret_file": "…"}}``, whom to push to;
    ``{"push": {"count": 200, "seed": 1, "places": ["350203001000"], "batch": 200, "cancel": 0.05, "mix": {"hotel": 0.1}}}``, records
    of people it knows, else made up, and a share of the passed ones taken back in a later batch; ``{"people": {"count": 5, "seed": 1}}``,
    made-up people to be found by a case query, returned as pairs of name and number.
    """

    path = "/services/query"

    def __init__(self, ledger: Path) -> None:
        self._ledger = Ledger(ledger)
        self._known = read_people(ledger.with_name(ledger.name + ".people"))
        self._lock = threading.Lock()
        self._run, self._numbers = stamp(_now()), itertools.count(1)
        self._found: dict[tuple[str, str], list[str]] = {}
        self._to_push: list[Person] | None = None
        self._questions, self._asked = Questions(), 0
        self._pusher = Pusher(self._ledger, _now)
        rng = Random(0)  # noqa: S311 - made-up people, no secret
        for person in self._known:
            self._learn(record(rng, self._number(), person, [str(person["residenceDiv"])], _now()))

    def receive(self, body: bytes) -> Arrival:
        """Read a case query."""
        question = self._questions.read(body)
        if question is None:
            return Arrival("unreadable", soap_fault, lambda _code: soap_fault())
        return Arrival("query", lambda: self._look_up(question), lambda code: answer(code if code in REFUSALS else "12"))

    def _look_up(self, question: Element) -> Answer:
        key = (question.findtext(f"{{{SPACE}}}XM", ""), question.findtext(f"{{{SPACE}}}GMSFHM", ""))
        with self._lock:
            self._asked += 1
            return answer("00", "".join(self._found.get(key, ())))

    def order(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """Say where the hub is, push, have people."""
        unknown = sorted(order.keys() - set(_ORDERS))
        if unknown:
            raise ValueError(f"unknown order {', '.join(unknown)}; known: faults, seed, {', '.join(_ORDERS)}")
        told: dict[str, Any] = {}
        if "hub" in order:
            self._pusher.to(order["hub"])
        if "people" in order:
            told["people"] = self._have(int(order["people"]["count"]), order["people"].get("seed"))
        if "push" in order:
            told["pushed"] = self._push(order["push"])
        return told

    def _have(self, count: int, seed: int | None) -> list[tuple[str, str]]:
        rng, made = Random(seed), []  # noqa: S311 - made-up people, no secret
        for _ in range(count):
            person = invent(rng, _PLACES)
            self._learn(record(rng, self._number(), person, _PLACES, _now(), Mix(0, 0, 0)))
            made.append((str(person["name"]), str(person["idNo"])))
        return made

    def _push(self, wanted: Mapping[str, Any]) -> dict[str, int]:
        """Queue the batches; how many records each filter must take."""
        rng, places = Random(wanted.get("seed")), list(wanted.get("places", _PLACES))  # noqa: S311 - no secret
        mix, now = Mix(**wanted.get("mix", {})), _now()
        if self._to_push is None:
            self._to_push = [p for p in self._known if str(p["residenceDiv"]).startswith(places[0][:2])]
            rng.shuffle(self._to_push)
        made: list[Record] = []
        for _ in range(int(wanted["count"])):
            person = self._to_push.pop() if self._to_push else invent(rng, places)
            made.append(record(rng, self._number(), person, places, now, mix))
        passed = [one for one in made if one.outcome == "0"]
        back = [cancelled(one, now + timedelta(seconds=1)) for one in passed if rng.random() < float(wanted.get("cancel", 0))]
        size = int(wanted.get("batch", _BATCH))
        self._pusher.push([*batches(made, size, f"P{self._number()}"), *batches(back, size, f"Z{self._number()}")])
        for one in made:
            if one.values["XM"] and one.values["GMSFHM"]:
                self._learn(one)
        return {kind: sum(one.outcome == kind for one in (*made, *back)) for kind in "012345"}

    def _learn(self, one: Record) -> None:
        with self._lock:
            self._found.setdefault((one.values["XM"], one.values["GMSFHM"]), []).append(one.shown())

    def _number(self) -> str:
        return f"{self._run}{next(self._numbers):06d}"

    def state(self) -> Mapping[str, Any]:
        """Counts: people, questions, records without an end, and what became of those with one."""
        with self._lock:
            return {"people": len(self._found), "asked": self._asked, "open": self._pusher.open, "told": dict(self._pusher.told)}

    def close(self) -> None:
        """Push nothing more and close the file."""
        self._pusher.close()
        self._ledger.close()
