"""What the ledger says of documents: ids, lanes, digests, from the health system's own words and from what it knows to be true.

A receiver of a comparison writes the same: `task` names every part that goes into them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from hub.testkit.ledger import entry_digest, entry_id, entry_lane

DELIVERY, VACCINATION, COMPARISON, RESULT = "health.delivery", "health.vaccination", "health.comparison", "health.result"
RESIDENT, FLOATING = "FJPIS", "FJFPIS"
_ROUTES: Final = {"1": "task-to-hukou-unit", "2": "task-to-residence-unit", "9": "task-to-birthplace"}


class Facts(NamedTuple):
    """The three names of a document in every ledger."""

    id: str
    digest: str
    lane: str


class Source(NamedTuple):
    """A record of a health system: its organisation and number, 同胎序 (empty for a vaccination), version of the compare from 1."""

    org: str
    record: str
    order: str = ""
    version: str = "1"


def task(system: str, source: Source, outcome: str, unit: str, day: str) -> Facts:
    """A comparison as the register ``system`` gets it: outcome (CL_COMPARE…), unit that must act (12 digits), day of the event (xs:date)."""
    return Facts(
        entry_id(COMPARISON, system, *source), entry_digest(*source, outcome, unit, day), entry_lane(source.org, source.record, source.order)
    )  # fmt: skip


def expected(source: Source, side: str, outcome: str, unit: str, day: str, copy: str = "") -> list[dict[str, object]]:
    """The ``expects`` of a record: the task of whoever must act, and the copy of an in-province migrant's place of residence."""
    items = []
    if outcome not in ("E", "K", "R2", "F2", "Q"):
        system = FLOATING if side == "2" else RESIDENT
        items.append(task(system, source, outcome, unit, day)._asdict() | {"route": _ROUTES[side]})
    if copy:
        items.append(task(FLOATING, source, outcome, unit, day)._asdict() | {"route": "copy-to-residence-unit"})
    return items


def told(record: str, version: str, code: str = "0") -> Facts:
    """A result as this system gets it back; ``version`` is the UpdateTime of the record."""
    return Facts(entry_id(RESULT, record, version), entry_digest(record, version, code), entry_lane(record, version))
