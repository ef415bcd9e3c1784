"""Steps 5 and 6 of the compare, and where its result goes. Outcomes and distribution are those of the requirements, dates ours.

One outcome for each newborn: A–K of a mother found, Z without one, Q when her number is another woman's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from hub.contract.lookup import Fact
from routes.health_push.children import Newborn
from routes.health_push.mothers import NAME_DIFFERS, Match
from routes.health_push.normal import apart, first_birthday, sexes_differ
from routes.health_push.register import FLOATING, NOBODY, RESIDENT, Woman

UNFOUND, TO_DECIDE = "Z", "Q"
NO_IN_DATE: Final = "NOINDATE"
_PAIRED: Final = {RESIDENT: {(False, False): "E", (True, False): "B", (False, True): "C", (True, True): "D"},
                  FLOATING: {(False, False): "K", (True, False): "H", (False, True): "I", (True, True): "J"}}  # fmt: skip
"""By side and by (sexes differ, days differ)."""
BY_RESIDENT_UNIT, BY_FLOATING_UNIT, BY_HOSPITAL, BY_PROVINCE = "1", "2", "3", "4"
"""CL_ASSIGN."""
PROVINCE_QUEUE: Final = "350000000000"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a compare came to: CL_COMPARE or CL_COMPARE_GEN, CL_OUTREASON or empty, CL_SIDE; ``birthday`` when a first one matters.

    ``diff``: field, what health says, what the register says.
    """

    code: str
    reason: str = ""
    side: str = NOBODY
    diff: tuple[tuple[str, str, str], ...] = ()
    birthday: bool | None = None


def unmatched(match: Match) -> Outcome:
    """Q when one person has the number and nothing else agrees, else Z with its reason."""
    return Outcome(TO_DECIDE if match.reason == NAME_DIFFERS else UNFOUND, match.reason)


def of_newborn(newborn: Newborn, woman: Woman, child: Fact | None) -> Outcome:
    """A–K of one newborn."""
    if child is None:
        return Outcome("A", side=RESIDENT) if woman.side == RESIDENT else _missing(newborn.day, woman)
    differs = differences(newborn.sex, newborn.day, child)
    fields = {field for field, _, _ in differs}
    code = _PAIRED[woman.side]["sex" in fields, "birthDate" in fields]
    return Outcome(code, side=woman.side, diff=differs)


def _missing(day: date, woman: Woman) -> Outcome:
    came = woman.in_date(day)
    if came is None:
        return Outcome("F", NO_IN_DATE, FLOATING)
    if day < came:
        return Outcome("G", side=FLOATING, birthday=first_birthday(day) <= came)
    return Outcome("F", side=FLOATING)


def differences(sex: str, day: date, child: Fact) -> tuple[tuple[str, str, str], ...]:
    """Sex and day of birth where they contradict the register."""
    found = []
    if sexes_differ(sex, child.get("sex", "0")):
        found.append(("sex", sex, child["sex"]))
    if apart(day, child["birthDate"]):
        found.append(("birthDate", day.isoformat(), child["birthDate"]))
    return tuple(found)


def assigned(outcome: Outcome, woman: Woman | None, hospital: str) -> tuple[str, str]:
    """The unit (12 digits) that must act, and by what (CL_ASSIGN): hers, or the township of the hospital; never a county."""
    if outcome.code == TO_DECIDE:
        return PROVINCE_QUEUE, BY_PROVINCE
    if woman is None:
        place, by = hospital, BY_HOSPITAL
    else:
        place, by = woman.unit, BY_RESIDENT_UNIT if woman.side == RESIDENT else BY_FLOATING_UNIT
    township = place.startswith("35") and place[6:9] not in ("", "000")
    if woman is None:
        place = place[:9].ljust(12, "0")
    return (place, by) if township else (PROVINCE_QUEUE, BY_PROVINCE)
