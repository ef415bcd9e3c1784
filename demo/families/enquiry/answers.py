"""What a spoke answers to what reached it: feedback or a return on an enquiry, the confirmation of a withdrawal."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from random import Random
from typing import Final

from demo.families.enquiry.facts import WITHDRAW, facts_of
from demo.province import Person, enquiry_feedback, enquiry_return, enquiry_withdrawn
from demo.province.enquiry_bodies import Result
from demo.spokes.facts import channel_of
from demo.spokes.settings import SpokeSettings
from demo.spokes.submission import Submission
from hub.contract.xml import Element, namespace, parse
from hub.reference.calendar import CHINA

_RESULTS: Final[tuple[Result, ...]] = ("1", "1", "1", "2", "4", "5")
NATIONAL: Final = "PADIS"
Keeps = Callable[[Element, str], bool]
"""Whether an enquiry of a system is kept, not given back."""


class Answers:
    """Answers a share of the enquiries received, some of them twice (a correction). Not for use by several threads."""

    def __init__(self, settings: SpokeSettings, people: Iterable[Person], keeps: Keeps = lambda *_: True) -> None:
        self._settings, self._keeps = settings, keeps
        self._known = {person.id_no: person for person in people}
        self._places = sorted({p.hukou_div for p in self._known.values() if p.hukou_div.startswith("35")})
        self._stranger = next(iter(self._known.values()))
        self._rng = Random(f"{settings.seed}/{settings.name}/answers")

    def to(self, enquiry: Element, system: str) -> Iterator[Submission]:
        """What answers an ``enquiryRequest`` or ``enquiryWithdraw`` of a system, nothing when it stays unanswered; in the order of sending."""
        space = f"{{{namespace(enquiry)}}}"
        if channel_of(enquiry) == WITHDRAW:
            yield self._confirmation(enquiry, enquiry.findtext(f"{space}originSystem") or system)
            return
        if not self._keeps(enquiry, system):
            yield self._return(enquiry, system)
            return
        if self._rng.random() >= self._settings.mixture.answered:
            return
        yield self._feedback(enquiry, system, 1)
        if self._rng.random() < self._settings.mixture.corrected:
            yield self._feedback(enquiry, system, 2)

    def _feedback(self, enquiry: Element, system: str, seq: int) -> Submission:
        space = f"{{{namespace(enquiry)}}}"
        place = _asked(enquiry)
        person = self._known.get(enquiry.findtext(f"{space}subject/{space}idNo") or "")
        result: Result = self._rng.choice(_RESULTS) if person else "3"
        document = enquiry_feedback(
            person or self._stranger, enquiry.findtext(f"{space}enquiryNo") or "", origin_system=system, seq=seq, result=result,
            items=[item.text or "" for item in enquiry.iterfind(f"{space}item")], feedback_div=place, answered=datetime.now(CHINA),
        )  # fmt: skip
        return self._submission(document, system, "feedback-to-padis" if system == NATIONAL else "feedback-to-unit", place)

    def _return(self, enquiry: Element, system: str) -> Submission:
        """Not ours: some other township of the province."""
        space, place = f"{{{namespace(enquiry)}}}", _asked(enquiry)
        near = {place[:9], (enquiry.findtext(f"{space}applicantDiv") or "")[:9]}
        other = self._rng.choice([p for p in self._rng.sample(self._places, 5) if p[:9] not in near])
        number = enquiry.findtext(f"{space}enquiryNo") or ""
        document = enquiry_return(number, origin_system=system, unit=place, suggested=other, returned=datetime.now(CHINA))
        return self._submission(document, system, "return-to-hub", place)

    def _confirmation(self, withdrawal: Element, system: str) -> Submission:
        number = withdrawal.findtext(f"{{{namespace(withdrawal)}}}enquiryNo") or ""
        unit = f"{self._settings.places[0]}00000000"
        document = enquiry_withdrawn(number, origin_system=system, unit=unit, at=datetime.now(CHINA))
        return self._submission(document, system, "withdrawn-to-padis" if system == NATIONAL else "withdrawn-to-unit", unit)

    def _submission(self, document: bytes, system: str, route: str, unit: str) -> Submission:
        facts, version = facts_of(parse(document), system), self._rng.choice(("1.1", "1.2"))
        way = self._settings.mixture.way(self._rng)
        return Submission(facts, route, "valid", way, document, unit, f"urn:uuid:{uuid.uuid4()}", version)


def _asked(enquiry: Element) -> str:
    """The place to which an enquiry was sent: as the hub resolved it, else as it was stated."""
    space = f"{{{namespace(enquiry)}}}"
    return enquiry.findtext(f"{space}resolvedToDiv") or enquiry.findtext(f"{space}statedToDiv") or ""
