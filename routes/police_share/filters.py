"""The filters of what the police push, in their order; the first hit counts (requirements, 公安信息共享; 4 and 5 and the codes ours).

1 net bar, 2 hotel, 3 key information incomplete: known from the record alone, when it arrives. 4 managed at that place already,
5 not a floating person by definition: judged with the register's facts when it is planned. A filtered record prompts nobody,
is no task, and stays to be found by exact number; what it says of premises, landlord and employer is not kept at all.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Final

from hub.contract.batch import Sifted
from hub.contract.lookup import Fact
from hub.contract.message import Document
from hub.contract.xml import Element, local_name
from routes.police_share import places

PASSED: Final = "0"
CANCELLATION: Final = "3"
"""CL_PTYPE: takes an earlier record back. It is no candidate, so nothing filters it, and it needs to say no more than its number."""
NOT_KEPT: Final = frozenset({"premisesName", "landlord", "employer"})
_PREMISES: Final = {"07": "1", "06": "2"}
_KEY: Final = ("name", "idNo", "residenceDiv")
_FLOATING_SIDE, _ACTIVE = "2", "1"


def by_itself(record: Document) -> str:
    """CL_PFILTER as far as the record alone tells: 0 to 3."""
    if record.text("opType") == CANCELLATION:
        return PASSED
    premises = _PREMISES.get(record.text("premisesKind") or "")
    if premises:
        return premises
    return PASSED if all(record.text(path) for path in _KEY) else "3"


def by_register(record: Document, place: str, managed: Sequence[Fact]) -> str:
    """CL_PFILTER of a record that passed by itself, with what the register knows of its number: 0, 4 or 5."""
    here = [fact for fact in managed if fact.get("side") == _FLOATING_SIDE and fact.get("recordStatus") == _ACTIVE]
    if any(places.township(fact.get("managedDiv", "")) == places.township(place) for fact in here):
        return "4"
    hukou = record.text("hukouDiv") or ""
    return "5" if hukou and not places.floating(hukou, place) else PASSED


def sift(record: Document) -> Sifted:
    """What is kept of a record: all of a candidate; of a filtered one, and of a cancellation, not the three of `NOT_KEPT`."""
    outcome = by_itself(record)
    if outcome == PASSED and record.text("opType") != CANCELLATION:
        return Sifted(record.root, outcome)
    return Sifted(_without(record.root), outcome)


def _without(root: Element) -> Element:
    kept = copy.deepcopy(root)
    for part in [part for part in kept if local_name(part) in NOT_KEPT]:
        kept.remove(part)
    return kept
