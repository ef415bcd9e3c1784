"""Transitions: what a decision does to a case, checked against the case type's declared moves."""

from __future__ import annotations

from hub.contract.case import CaseType
from hub.contract.decision import Decision
from hub.contract.errors import RULE_FAILED, FlowError
from hub.ports.records import CaseChange, CaseRow, NewCase


def change(case_type: CaseType, row: CaseRow | None, new: NewCase | None, decision: Decision) -> CaseChange | None:
    """The change to write, or None when the decision leaves the case alone.

    Raises FlowError ``Flow.RuleFailed`` when a move is not among the declared ones.
    """
    if row is None and new is None:
        return None
    state = start = row.state if row else case_type.initial
    moves = []
    for move in decision.moves:
        if (state, move.to) not in case_type.moves:
            raise FlowError(RULE_FAILED)
        moves.append((state, move.to, move.why))
        state = move.to
    if row and not (moves or decision.settles or decision.data):
        return None
    return CaseChange(
        id=row.id if row else new.id if new else 0, version=row.version if row else None, new=new, from_state=start,
        to_state=state, moves=tuple(moves), closes=state in case_type.closed,
        data={**(row.data if row else {}), **decision.data}, answered=tuple(s.kind for s in decision.settles if not s.uncounted),
    )  # fmt: skip
