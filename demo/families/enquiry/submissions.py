"""What a spoke will ask by enquiry: which person, which type, spoiled or not, how it is sent. Reproducible by seed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from itertools import count
from random import Random
from typing import Final, NamedTuple

from demo.families.enquiry.facts import facts_of
from demo.province import SPOIL_KINDS, Person, enquiry_request, enquiry_types, enquiry_withdraw, generate, spoil
from demo.province.enquiry_bodies import EnquiryType
from demo.spokes.facts import Facts, chance
from demo.spokes.settings import SpokeSettings
from demo.spokes.submission import Submission
from hub.contract.xml import parse
from hub.reference.division_code import div2

PROVINCE: Final = "35"
OTHER_PLACE: Final = "other-place"
"""A kind of fault beside those of the document: asking in the name of a unit that is another spoke's."""
KINDS: Final = (*SPOIL_KINDS, OTHER_PLACE)


class _Question(NamedTuple):
    person: Person
    type: EnquiryType
    asking: str
    asked: str


class Enquiries:
    """The enquiries of one spoke, in the name of units in its places. Iterate once; endless unless settings say how many."""

    def __init__(self, settings: SpokeSettings, people: Sequence[Person]) -> None:
        self._settings, self._people = settings, people
        self._registered = {person.id_no for person in people}
        self._rng = Random(f"{settings.seed}/{settings.name}")
        self._numbers = count(1)

    def __iter__(self) -> Iterator[Submission]:
        asked = self._questions()
        if self._settings.enquiries is None:
            while True:
                yield self._submission(next(asked))
        for _ in range(self._settings.enquiries):
            yield self._submission(next(asked))

    def _questions(self) -> Iterator[_Question]:
        """Never the same question twice: when one population is used up, another is made."""
        people = self._people
        for round_ in count(1):
            inside, across = self._pools(people)
            while inside or across:
                far = across and (not inside or self._rng.random() < self._settings.mixture.cross)
                yield (across if far else inside).pop()
            people = tuple(generate(self._settings.people, self._settings.seed + 7919 * round_))

    def _pools(self, people: Sequence[Person]) -> tuple[list[_Question], list[_Question]]:
        mine = [question for person in people for question in _of(person) if question.asking.startswith(self._settings.places)]
        self._rng.shuffle(mine)
        far = [question for question in mine if div2(question.asked) != PROVINCE]
        return [question for question in mine if div2(question.asked) == PROVINCE], far

    def _submission(self, question: _Question) -> Submission:
        rng, mixture = self._rng, self._settings.mixture
        number = f"XC{self._settings.run}{self._settings.name[-4:].upper()}{next(self._numbers):06d}"
        stated = self._misstated(question)
        document = enquiry_request(
            question.person, number, question.type, stated=stated,
            origin=rng.choice("1239"), urgency=rng.choice("233"), key_subjects=("1",) if rng.random() < 0.1 else (),
        )  # fmt: skip
        facts = facts_of(parse(document), self._settings.system)
        kind, way = "valid", mixture.way(rng)
        if rng.random() < mixture.invalid:
            document, name = self._spoiled(document, question.asking)
            kind, way = f"invalid:{name}", "once"
        route = "request-to-unit" if div2(question.asked) == PROVINCE else "request-to-padis"
        version = rng.choice(("1.1", "1.2"))
        then = self._withdrawal(facts, number, question.asking, route) if kind == "valid" else None
        return Submission(
            facts, route, kind, way, document, question.asking, f"urn:uuid:{uuid.uuid4()}", version, question.type,
            question.asked[:4] if stated else "", then,
        )  # fmt: skip

    def _misstated(self, question: _Question) -> str | None:
        """A place where the person is not, for some who are known to the register; the other end of the province most likely."""
        if (
            question.person.id_no not in self._registered
            or div2(question.asked) != PROVINCE
            or self._rng.random() >= self._settings.mixture.misstated
        ):
            return None
        other = self._rng.choice(self._people)
        wrong = other.hukou_div
        near = {question.asked[:9], question.asking[:9]}
        return wrong if wrong.startswith(PROVINCE) and wrong[:9] not in near else None

    def _withdrawal(self, of: Facts, number: str, unit: str, route: str) -> Submission | None:
        if chance(of.id) < 1 - self._settings.mixture.withdrawn:
            return None
        document = enquiry_withdraw(number, origin_system=self._settings.system, unit=unit)
        facts = facts_of(parse(document), self._settings.system)
        return Submission(
            facts, route.replace("request", "withdraw"), "valid", "once", document, unit, f"urn:uuid:{uuid.uuid4()}", "1.1"
        )

    def _spoiled(self, document: bytes, asking: str) -> tuple[bytes, str]:
        kind = self._rng.choice(KINDS)
        if kind == OTHER_PLACE:
            other = next(place for place in ("3501", "3506") if not place.startswith(self._settings.places))
            own, foreign = f"<applicantDiv>{asking}</", f"<applicantDiv>{other}00000000</"
            return document.replace(own.encode(), foreign.encode()), kind
        return spoil(document, kind), kind


def _of(person: Person) -> Iterator[_Question]:
    for kind in enquiry_types(person):
        home, here = person.hukou_div, person.residence_div
        asking, asked = (home, here) if kind == "2" else (here, home)
        yield _Question(person, kind, asking, asked)
