"""The checks of lookups see: a person's data that is handed on unsaid, or without a reason, turns them red."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.contract.lookup import Lookup
from hub.testkit.conformance.bench import bench
from hub.testkit.conformance.lookups import declared
from hub.testkit.conformance.subject import subjects
from hub.testkit.conformance.verdict import Failed

REGISTER = next(subject for subject in subjects(()) if subject.adapter.name == "register")
MOTHERS = next(lookup for lookup in REGISTER.adapter.lookups if lookup.name == "mothers.by_number")
WRONG: dict[str, tuple[Lookup, str]] = {
    "a name unsaid": (replace(MOTHERS, personal=()), "gives .*name"),
    "a number unsaid": (replace(MOTHERS, gives=(*MOTHERS.gives, "idNo")), "gives idNo"),
    "said and not given": (replace(MOTHERS, personal=(*MOTHERS.personal, "idNo")), "does not give"),
    "without a reason": (replace(MOTHERS, gives=(*MOTHERS.gives, "shoeSize"), personal=(*MOTHERS.personal, "shoeSize")), "no reason for shoeSize"),
    "no title": (replace(MOTHERS, title=""), "empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_planted(name: str) -> None:
    """Each fault is told by the field, and the lookup as it stands is not."""
    lookup, said = WRONG[name]
    with bench(REGISTER) as ready:
        declared(ready, MOTHERS)
        with pytest.raises(Failed, match=said):
            declared(ready, lookup)
