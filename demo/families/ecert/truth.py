"""Whose certificates the national base must get, told by the province's own truth when the register is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from demo.families.ecert.facts import facts_of, last_month
from demo.province import Person, certificate_candidates


def truth(person: Person) -> Iterator[Mapping[str, object]]:
    """The ledger lines of a person in the register: her certificate is due from then on, or nothing."""
    for woman in certificate_candidates([person], last_month()):
        facts = facts_of(woman)
        yield facts.line("sent", route="record-to-ecert", kind="valid")
        yield {"t": "acked", "id": facts.id, "hub": None, "duplicate": False}
