"""A spoke's part in the certificates: units of the place where people arrive verify whether a woman holds one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final
from xml.sax.saxutils import escape

from demo.partners.ehycert import issued_file
from demo.province import Person
from demo.province.bodies import user_of
from demo.spokes.asking import Asking
from demo.spokes.facts import Facts
from demo.spokes.settings import SpokeSettings
from demo.spokes.submission import Submission
from hub.contract.xml import Element

_VERIFY: Final = "ecert.verify"
_EACH: Final = 12


class EcertSide:
    """Implements `demo.spokes.side.Side`: nothing but questions. Who was issued a certificate must be found, a man never."""

    def __init__(self, settings: SpokeSettings, people: Sequence[Person], asking: Asking) -> None:
        self._asking, self._turn, self._seen = asking, threading.Lock(), 0
        self._issued_file = issued_file(Path(settings.ledgers))
        self._issued: list[tuple[str, str]] | None = None
        self._men = [(p.name, p.id_no) for p in people if p.sex == "1" and p.residence_div.startswith(settings.places)]
        self._rng = Random(f"{settings.seed}/{settings.name}/certificates")

    def facts(self, document: Element, system: str) -> Facts:
        """Never asked: nothing of this family reaches a spoke."""
        raise NotImplementedError

    def applies(self, _document: Element, _system: str) -> bool:
        """See `facts`."""
        return True

    def answered(self, _channel: str) -> bool:
        """See `facts`."""
        return False

    def submissions(self) -> Iterator[Submission]:
        """Nothing."""
        return iter(())

    def answers(self, _document: Element, _system: str) -> Iterator[Submission]:
        """Nothing."""
        return iter(())

    def after(self, submission: Submission) -> None:
        """Verify somebody now and then, when an enquiry was sent."""
        if submission.kind != "valid" or not submission.type:
            return
        with self._turn:
            self._seen += 1
            asked = self._whom() if self._seen % _EACH == 1 else None
        if asked:
            (name, number), holds = asked
            who = f"<name>{escape(name)}</name><idNo>{number}</idNo><purpose>2</purpose>"
            question = f'<ecertVerify xmlns="urn:pophub:ecert.verify:1.0">{who}</ecertVerify>'
            said = {"Pophub-From-User": user_of(submission.from_div), "Pophub-From-Div": submission.from_div}
            end = self._asking.ask(_VERIFY, question, _read, said)
            untrue = (end == "found") != holds and end in ("found", "unknown")
            self._asking.ended(_VERIFY, "wrong" if untrue else end)

    def _whom(self) -> tuple[tuple[str, str], bool]:
        if self._issued is None:
            told = json.loads(self._issued_file.read_text(encoding="utf-8"))
            self._issued = [(str(name), str(number)) for name, number in told]
        holds = self._rng.random() < 0.7
        return self._rng.choice(self._issued if holds else self._men), holds


def _read(answer: bytes) -> str:
    return "found" if b"<found>true</found>" in answer else "unknown"
