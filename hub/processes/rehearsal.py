"""A rehearsal of a scheduled step: everything is drawn, judged and translated, nothing is written and nothing is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hub.contract.batch import Period
from hub.pipeline.machine import Machine
from hub.pipeline.prepare_records import Prepared, Refused, prepare_records
from hub.processes.drawing import Drawn, Work, place_kept


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What the step would come to: records ``made`` and sent, ``left_out`` by the rules, ``taken`` before, ``failed`` by code.

    ``more``: the period needs a further step after this one.
    """

    made: int
    left_out: int
    taken: int
    failed: Mapping[str, int]
    more: bool


def rehearse(machine: Machine, work: Work, period: Period, after: str) -> Rehearsed:
    """The step that begins behind the place that is kept in ``after`` (empty at first). Raises OSError when the source is away."""
    drawn = Drawn(machine, work, period, place_kept(machine, work, after))
    counted: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for one in prepare_records(machine, work.way, drawn):
        match one:
            case Prepared():
                counted["made"] += 1
            case Refused():
                failed[one.code] += 1
            case _:
                counted["taken"] += 1
    return Rehearsed(counted["made"], drawn.left_out, counted["taken"], dict(failed), more=not drawn.done)
