"""A spoke's part in what it shares with the police: it registers or gives up the candidates it gets, and asks about people."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from typing import Final
from xml.sax.saxutils import escape

from demo.families.police.facts import RECORD, facts_of
from demo.province import Person
from demo.province.bodies import as_document, as_stamp, user_of
from demo.province.person import Elements
from demo.spokes.asking import Asking
from demo.spokes.facts import Facts
from demo.spokes.settings import SpokeSettings
from demo.spokes.submission import Submission
from hub.contract.xml import Element, parse
from hub.reference.calendar import CHINA

_CASE: Final = "police.case"
_REGISTERED, _GIVEN_UP = "1", "2"
_CANCELLATION: Final = "3"
_ASKS_EACH: Final = 12


class PoliceReading:
    """Everything that comes is kept."""

    def facts(self, document: Element, system: str) -> Facts:
        """See `demo.spokes.side.Reading`."""
        return facts_of(document, system)

    def applies(self, _document: Element, _system: str) -> bool:
        """Always."""
        return True

    def answered(self, channel: str) -> bool:
        """Candidates."""
        return channel == RECORD


class PoliceSide(PoliceReading):
    """Implements `demo.spokes.side.Side`."""

    def __init__(self, settings: SpokeSettings, people: Sequence[Person], asking: Asking) -> None:
        self._settings, self._rng = settings, Random(f"{settings.seed}/{settings.name}/police")
        self._asking, self._turn, self._seen = asking, threading.Lock(), 0
        self._people = [p for p in people if p.residence_div.startswith(settings.places)]
        self._rng.shuffle(self._people)

    def submissions(self) -> Iterator[Submission]:
        """Nothing of its own accord."""
        return iter(())

    def answers(self, document: Element, system: str) -> Iterator[Submission]:
        """Most candidates are registered or given up; what the police took back is not."""
        if document.findtext("{*}opType") == _CANCELLATION or self._rng.random() >= self._settings.mixture.answered:
            return
        unit, done = document.findtext("{*}resolvedDiv") or "", self._rng.random() < 0.7
        body: Elements = {
            "policeRecordId": document.findtext("{*}policeRecordId") or "", "handlingSeq": "1",
            "handling": _REGISTERED if done else _GIVEN_UP, **({"registerRef": "DJ-1"} if done else {"reason": "示例：查无此人"}),
            "handleDiv": unit, "handleUser": user_of(unit), "handleTime": as_stamp(datetime.now(CHINA)),
        }  # fmt: skip
        handling = as_document("police.handling", body)
        way, version = self._settings.mixture.way(self._rng), self._rng.choice(("1.1", "1.2"))
        facts = facts_of(parse(handling), system)
        yield Submission(facts, "handling-to-hub", "valid", way, handling, unit, f"urn:uuid:{uuid.uuid4()}", version)

    def after(self, submission: Submission) -> None:
        """Ask the police about somebody now and then, when an enquiry was sent."""
        if submission.kind != "valid" or not submission.type:
            return
        with self._turn:
            self._seen += 1
            person = self._people[self._seen % len(self._people)] if self._seen % _ASKS_EACH == 1 else None
        if person:
            who = f"<name>{escape(person.name)}</name><idNo>{person.id_no}</idNo>"
            question = f'<policeCase xmlns="urn:pophub:police.case:1.0">{who}<purpose>2</purpose></policeCase>'
            said = {"Pophub-From-User": user_of(submission.from_div), "Pophub-From-Div": submission.from_div}
            self._asking.ended(_CASE, self._asking.ask(_CASE, question, _read, said))


def _read(answer: bytes) -> str:
    return "found" if b"<found>true</found>" in answer else "unknown"
