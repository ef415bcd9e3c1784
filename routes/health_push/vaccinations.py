"""Set 6 of the other compares: a vaccinated child by certificate, own number, or name among the mother's; agrees, differs, none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from hub.contract.flow import Facts
from hub.contract.lookup import Fact
from hub.contract.message import Document
from routes.health_push.mothers import AMBIGUOUS, BY_ID, CHILD_CERT, NAME_BIRTH, NO_HIT, Match, mother_of
from routes.health_push.normal import apart, folded
from routes.health_push.outcomes import Outcome, differences, unmatched
from routes.health_push.register import FLOATING, RESIDENT, Woman

_AGREES, _DIFFERS, _NONE, _BEFORE = "2", "1", "0", "FP"
_LETTER: Final = {RESIDENT: "R", FLOATING: "F"}


def compare(body: Document, facts: Facts) -> tuple[Match, Outcome, Fact | None]:
    """Who manages the child, what the compare came to, and the child of the register if one was found."""
    for method, name in ((CHILD_CERT, "byCertificate"), (BY_ID, "byChildNumber")):
        children = _children(facts[name])
        if len(children) == 1:
            ((child, keeper),) = children
            return Match(keeper, method), _compared(body, keeper, child), child
        if children:
            return Match(None, reason=AMBIGUOUS), Outcome("Z", AMBIGUOUS), None
    mother = mother_of(body, facts, _day(body, "subject/birthDate")) if body.has("mother") else Match(None, reason=NO_HIT)
    if mother.woman is None:
        return mother, unmatched(mother), None
    found = _named(body, mother.woman, [*facts["ofMother"], *facts["ofFather"]])
    if found is None:
        return mother, _absent(body, mother.woman), None
    return Match(mother.woman, NAME_BIRTH), _compared(body, mother.woman, found), found


def _children(facts: Iterable[Fact]) -> Sequence[tuple[Fact, Woman]]:
    """Each child once, with the active sides on which it, or else its mother, is kept."""
    found: dict[str, tuple[Fact, Woman]] = {}
    for fact in facts:
        if fact.get("recordStatus") == "1" and fact.get("side") in _LETTER and "birthDate" in fact:
            name = fact.get("childId") or fact.get("motherId", "")
            found.setdefault(name, (fact, Woman(fact, {})))[1].sides[fact["side"]] = fact
    return list(found.values())


def _named(body: Document, mother: Woman, facts: Iterable[Fact]) -> Fact | None:
    """The mother's child of that name; of several the one born nearest."""
    name, born = folded(body.text("subject/name") or ""), _day(body, "subject/birthDate")
    hers = [f for f in facts if f.get("motherId") == mother.told.get("personId") and "birthDate" in f and f.get("name") == name]
    return min(hers, key=lambda f: apart(born, f["birthDate"]), default=None)


def _compared(body: Document, keeper: Woman, child: Fact) -> Outcome:
    differs = differences(body.text("subject/sex") or "9", _day(body, "subject/birthDate"), child)
    return Outcome(_LETTER[keeper.side] + (_DIFFERS if differs else _AGREES), side=keeper.side, diff=differs)


def _absent(body: Document, mother: Woman) -> Outcome:
    day = _day(body, "vaccDate")
    came = mother.in_date(day) if mother.side == FLOATING else None
    if came is not None and day < came:
        return Outcome(_BEFORE, side=FLOATING)
    return Outcome(_LETTER[mother.side] + _NONE, side=mother.side)


def _day(body: Document, path: str) -> date:
    return date.fromisoformat(body.text(path) or "")
