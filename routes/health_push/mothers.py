"""Step 2 of the compare: which woman of the register a record speaks of. Each way must name exactly one; else the next is tried.

Order, ways and windows are ours (the requirements name the outcomes alone): number and name; number and one more fact that
agrees; name, birth date and spouse; the father's wife on that day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub.contract.flow import Facts
from hub.contract.lookup import Fact
from hub.contract.message import Document
from routes.health_push.normal import folded, similar
from routes.health_push.register import Woman, women

ID_NAME, BY_ID, NAME_BIRTH, FATHER, CHILD_CERT = "IDNAME", "ID", "NAMEBIRTH", "FATHER", "CHILDCERT"
"""CL_MATCH."""
NO_KEY, NO_HIT, AMBIGUOUS, NAME_DIFFERS = "NOKEY", "NOHIT", "AMBIGUOUS", "NAMEDIFF"
"""CL_OUTREASON."""
_COUNTY: Final = 6


@dataclass(frozen=True, slots=True)
class Match:
    """A woman and how she was found (CL_MATCH); without one, why not (CL_OUTREASON)."""

    woman: Woman | None
    method: str = ""
    reason: str = ""


def mother_of(body: Document, facts: Facts, day: date) -> Match:
    """The mother a record names, on the day of the event. ``NAMEDIFF``: her number is another woman's, as far as one can see."""
    numbered = women(facts["byNumber"])
    ways: tuple[tuple[str, bool, Callable[[], Sequence[Woman]]], ...] = (
        (ID_NAME, body.has("mother/idNo"), lambda: [w for w in numbered if _named_alike(body, w)]),
        (BY_ID, body.has("mother/idNo"), lambda: [w for w in numbered if not _named_alike(body, w) and _agrees(body, w)]),
        (NAME_BIRTH, _spouse_told(body), lambda: [w for w in women(facts["byName"]) if _married(body, w.told)]),
        (FATHER, body.has("father/idNo"), lambda: _wives(body, facts["byHusband"], day)),
    )
    several = False
    for method, usable, hits in ways:
        found = hits() if usable else ()
        if len(found) == 1:
            return Match(found[0], method)
        several = several or len(found) > 1
        if method == BY_ID and len(numbered) == 1:
            return Match(None, reason=NAME_DIFFERS)
    if not any(usable for _, usable, _ in ways):
        return Match(None, reason=NO_KEY)
    return Match(None, reason=AMBIGUOUS if several else NO_HIT)


def _named_alike(body: Document, woman: Woman) -> bool:
    return similar(body.text("mother/name") or "", woman.told.get("name", ""))


def _agrees(body: Document, woman: Woman) -> bool:
    """Whether one more fact than the number agrees: birth date, spouse, telephone, county of hukou."""
    county = (body.text("mother/hukouDiv") or "")[:_COUNTY]
    stated = {field: body.text(f"mother/{field}") for field in ("birthDate", "mobile")}
    told = woman.told
    same = any(value and value == told.get(field) for field, value in stated.items())
    return same or _married(body, told) or bool(county and county == told.get("hukouDiv", "")[:_COUNTY])


def _spouse_told(body: Document) -> bool:
    return body.has("mother/birthDate") and (body.has("father/name") or body.has("father/idNo"))


def _married(body: Document, told: Fact) -> bool:
    """Whether the father of the record is the spouse of the register, by name or by number."""
    name, number = body.text("father/name"), body.text("father/idNo")
    same_name = bool(name) and folded(name or "") == told.get("spouseName")
    return same_name or (bool(number) and _number(number or "") == told.get("spouseIdNo"))


def _wives(body: Document, facts: Iterable[Fact], day: date) -> Sequence[Woman]:
    """The wife on that day; not when her number and that of the record are both known and differ."""
    number, on = _number(body.text("mother/idNo") or ""), day.isoformat()
    married = (f for f in facts if f.get("from", "") <= on <= f.get("to", "9999"))
    return women(f for f in married if not (number and f.get("idNo") and number != f["idNo"]))


def _number(number: str) -> str:
    """A number as the register keeps it; one of 15 digits in its form of 18 (GB 11643)."""
    if not (len(number) == 15 and number.isdigit()):
        return number
    body = number[:6] + ("18" if number[12:] in {"996", "997", "998", "999"} else "19") + number[6:]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
