"""What a spoke answers: feedback on an enquiry that reached it, from the people it knows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from random import Random
from typing import Final

from demo.province import Person, enquiry_feedback
from demo.province.enquiry_bodies import Result
from demo.spokes.facts import facts_of
from demo.spokes.settings import SpokeSettings
from demo.spokes.submissions import Submission
from hub.contract.xml import Element, namespace, parse
from hub.reference.calendar import CHINA

_RESULTS: Final[tuple[Result, ...]] = ("1", "1", "1", "2", "4", "5")
NATIONAL: Final = "PADIS"


class Answers:
    """Answers a share of the enquiries received, some of them twice (a correction). Not for use by several threads."""

    def __init__(self, settings: SpokeSettings, people: Iterable[Person]) -> None:
        self._settings = settings
        self._known = {person.id_no: person for person in people}
        self._stranger = next(iter(self._known.values()))
        self._rng = Random(f"{settings.seed}/{settings.name}/answers")

    def to(self, enquiry: Element, system: str) -> Iterator[Submission]:
        """The feedback on an ``enquiryRequest`` of a system, none when it stays unanswered; in the order of sending."""
        if self._rng.random() >= self._settings.mixture.answered:
            return
        yield self._feedback(enquiry, system, 1)
        if self._rng.random() < self._settings.mixture.corrected:
            yield self._feedback(enquiry, system, 2)

    def _feedback(self, enquiry: Element, system: str, seq: int) -> Submission:
        space = f"{{{namespace(enquiry)}}}"
        place = enquiry.findtext(f"{space}statedToDiv") or ""
        person = self._known.get(enquiry.findtext(f"{space}subject/{space}idNo") or "")
        result: Result = self._rng.choice(_RESULTS) if person else "3"
        document = enquiry_feedback(
            person or self._stranger, enquiry.findtext(f"{space}enquiryNo") or "", origin_system=system, seq=seq, result=result,
            items=[item.text or "" for item in enquiry.iterfind(f"{space}item")], feedback_div=place, answered=datetime.now(CHINA),
        )  # fmt: skip
        route = "feedback-to-padis" if system == NATIONAL else "feedback-to-unit"
        facts, version = facts_of(parse(document), system), self._rng.choice(("1.1", "1.2"))
        way = self._settings.mixture.way(self._rng)
        return Submission(facts, route, "valid", way, document, place, f"urn:uuid:{uuid.uuid4()}", version)
