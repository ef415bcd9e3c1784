"""Generates the synthetic people, household by household."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import count as running
from itertools import islice
from random import Random
from typing import Final

from demo.province.families import family
from demo.province.maker import Maker
from demo.province.moves import come_back
from demo.province.numbers import CitizenNumbers, invent_day
from demo.province.person import Person
from demo.province.places import TODAY, choose_move

_MARRIED_SHARE: Final = 0.6
_UNMARRIED_SHARE: Final = 0.6
_RETURNED: Final = 0.1
"""Of those who moved alone; families come back as seldom."""
_WERE_MARRIED: Final = ("30", "40")
_YOUNG: Final = date(1996, 1, 1)
"""Nobody born since is widowed or divorced here."""


def generate(count: int, seed: int) -> Iterator[Person]:
    """``count`` synthetic people; the same seed gives the same people, and fewer of them are the first of more.

    More than half live in couples and name each other as spouse, some with children whom both name, a few with twins, some with
    a child of the last months; some husbands were married before, to a woman who is there too. Half of all moved, some twice,
    some came back. The last family may go on beyond the count. All citizen numbers of one run differ. About 15,000 people
    a second.
    """
    yield from islice(_households(Random(seed)), count)


def known_to_national(people: Iterable[Person]) -> Iterator[Person]:
    """Whom the national platform knows: who lives in another province than that of the hukou."""
    return (person for person in people if person.cross_province)


def _households(rng: Random) -> Iterator[Person]:
    maker = Maker(rng, CitizenNumbers(rng), running(1))
    while True:
        move = choose_move(rng)
        if rng.random() < _MARRIED_SHARE:
            yield from family(maker, move)
        else:
            person = maker.person(rng.choice("12"), (date(1950, 1, 1), date(2007, 12, 31)), move)
            yield _alone(rng, come_back(rng, person) if rng.random() < _RETURNED else person)


def _alone(rng: Random, person: Person) -> Person:
    if person.birth_date >= _YOUNG.isoformat() or rng.random() < _UNMARRIED_SHARE:
        return person
    day = invent_day(rng, date(2018, 1, 1), TODAY).isoformat()
    return replace(person, marital_status=rng.choice(_WERE_MARRIED), marriage_date=day)
