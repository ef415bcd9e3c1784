"""Step 4 of the compare: which registered child each newborn is. One to one, never reused; order of preference and windows ours.

Of all assignments the one with most pairs equal in day and sex; then most equal certificates; most pairs; the smallest sum of
days apart; most pairs in order of birth; then the earlier newborn gets a child, and the smaller childId.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub.contract.lookup import Fact
from routes.health_push.normal import apart, sexes_differ

WINDOW: Final = 180
"""Days between two birth dates that may be one child's."""
_ADOPTED: Final = frozenset({"2", "4"})
"""CL_BIRTHACT: found by certificate alone."""
_NOBODY: Final = -1

_Score = tuple[int, int, int, int, int]
_Best = tuple[_Score, tuple[int, ...]]
_NOTHING: Final = (0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Newborn:
    """A live newborn of a record: 同胎序, CL_SEX, the day of birth in +08:00, certificate number or empty."""

    order: int
    sex: str
    day: date
    certificate: str = ""


def pair(newborns: Sequence[Newborn], registered: Sequence[Fact]) -> list[Fact | None]:
    """For each newborn (ascending 同胎序) its child of the register, or None."""
    children = sorted((c for c in registered if "birthDate" in c), key=lambda c: c.get("childId", ""))
    scores = [[_score(newborn, child) for child in children] for newborn in newborns]
    elder = [sum(1 << m for m, other in enumerate(children) if _order(other) < _order(child)) for child in children]

    @functools.cache
    def best(at: int, used: int) -> _Best:
        """The best choices for the newborns from ``at`` on, when the children of the bit set ``used`` are taken."""
        if at == len(newborns):
            return _NOTHING, ()
        options = [_chosen(_NOTHING, _NOBODY, best(at + 1, used))]
        options += [
            _chosen((*score, (used & elder[n]).bit_count()), n, best(at + 1, used | 1 << n))
            for n, score in enumerate(scores[at])
            if score and not used >> n & 1
        ]
        return max(options, key=lambda option: (option[0], _preference(option[1])))

    return [None if n == _NOBODY else children[n] for n in best(0, 0)[1]]


def _preference(choices: tuple[int, ...]) -> tuple[int, ...]:
    """Greater for whoever gives the earlier newborn a child, and the smaller one."""
    return tuple(-n if n != _NOBODY else -1_000_000 for n in choices)


def _chosen(score: _Score, n: int, rest: _Best) -> _Best:
    a, b = score, rest[0]
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]), (n, *rest[1])


def _score(newborn: Newborn, child: Fact) -> tuple[int, int, int, int] | None:
    """Equal day and sex, equal certificate, one pair, days apart (negative); None when the two cannot be one."""
    if not _possible(newborn, child):
        return None
    days = apart(newborn.day, child["birthDate"])
    same = days == 0 and not sexes_differ(newborn.sex, child.get("sex", "0"))
    return int(same), int(_one_certificate(newborn, child)), 1, -days


def _possible(newborn: Newborn, child: Fact) -> bool:
    """Whether the two may be one: one certificate, one day, or within the window unless two different certificates veto it."""
    if _one_certificate(newborn, child):
        return True
    if child.get("birthAct") in _ADOPTED:
        return False
    days, vetoed = apart(newborn.day, child["birthDate"]), bool(newborn.certificate and child.get("birthCertNo"))
    return days == 0 or (days <= WINDOW and not vetoed)


def _one_certificate(newborn: Newborn, child: Fact) -> bool:
    return bool(newborn.certificate) and newborn.certificate == child.get("birthCertNo")


def _order(child: Fact) -> int:
    return int(child.get("birthOrder") or 0)
