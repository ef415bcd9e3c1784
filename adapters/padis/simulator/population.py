"""Whom the simulated platform knows: the people of the documents that went through it, and made-up ones it was told to have."""

from __future__ import annotations

import threading
from datetime import datetime
from random import Random
from typing import Final
from xml.sax.saxutils import escape

from adapters.padis.simulator import people
from hub.contract.xml import Element

_ASKED: Final = ("XM", "XB", "CSRQ", "HJDQH", "XZDQH", "HYZK")


class Population:
    """People by name and document number. Kept in memory only. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._people: dict[tuple[str, str], str] = {}

    def learn(self, person: Element | None) -> tuple[str, str] | None:
        """Remember a person of a document, as CX02 shows it; None for one without a number."""
        if person is None or not person.findtext("ZJHM"):
            return None
        key = (person.findtext("XM", ""), person.findtext("ZJHM", ""))
        status = "1" if int(key[1][-2], 36) % 2 else "3"
        parts = "".join(f"<{name}>{escape(text)}</{name}>" for name in _ASKED if (text := person.findtext(name, "")))
        with self._lock:
            self._people[key] = f"<RY>{parts}<DZZZT>{status}</DZZZT></RY>"
        return key

    def make(self, count: int, seed: int | None, now: datetime) -> list[tuple[str, str]]:
        """Have made-up people; their names and numbers."""
        rng = Random(seed)  # noqa: S311 - made-up people, no secret
        made = (self.learn(people.enquiry(rng, "-", "350102001000", now).find("DCDX")) for _ in range(count))
        return [key for key in made if key]

    def answer(self, question: Element) -> str:
        """The body of the answer to CX02."""
        with self._lock:
            found = self._people.get((question.findtext("XM", ""), question.findtext("ZJHM", "")), "")
        return f"<GAJG><SFCZ>{int(bool(found))}</SFCZ><SFYG>0</SFYG>{found}</GAJG>"

    def __len__(self) -> int:
        """How many people are known."""
        return len(self._people)
