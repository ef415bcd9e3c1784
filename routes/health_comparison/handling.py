"""Which handling an outcome allows, and what it must bring with it (requirements, 信息处理; codes ours). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from hub.contract.message import Document
from routes.health_comparison import reasons

NOTHING_TO_DO, ADDED, NOT_MINE, CORRECTED, HEALTH_WRONG, REGISTERED, LETTER = "1", "2", "3", "4", "5", "6", "7"
"""CL_HANDLE."""
OF_AGE, NO_FATHER = "1", "2"
"""CL_CLOSE 1 (no duty to register: past the first birthday on arrival), 2 (cannot be settled: no father known)."""
_NOT_MINE: Final = frozenset("123469")
_HEALTH_WRONG: Final = frozenset("12345679")
_MISSING, _EARLIER, _WRONG = (
    frozenset({ADDED, NOT_MINE}),
    frozenset({ADDED, NOT_MINE, NOTHING_TO_DO}),
    frozenset({CORRECTED, HEALTH_WRONG}),
)
ALLOWED: Final = {
    **dict.fromkeys(("A", "F", "R0", "F0"), _MISSING), **dict.fromkeys(("G", "FP"), _EARLIER),
    **dict.fromkeys(("B", "C", "D", "H", "I", "J", "R1", "F1"), _WRONG), "Z": frozenset({REGISTERED, LETTER}),
}  # fmt: skip
"""By outcome; what is not named allows none: it closed by itself, or the province decides."""


def refused(body: Document, outcome: str, told: Mapping[str, str]) -> str:
    """Why a handling cannot stand (a reason of `reasons`), or empty. ``told``: what the case remembers of the comparison."""
    handling = body.text("handling") or ""
    if handling not in ALLOWED.get(outcome, ()):
        return reasons.NOT_ALLOWED
    return _NEEDS[handling](body, outcome, told)


def _reference(body: Document, _outcome: str, _told: Mapping[str, str]) -> str:
    return "" if body.has("registerRef") else reasons.NO_REFERENCE


def _reason_of(codes: frozenset[str]) -> Callable[[Document, str, Mapping[str, str]], str]:
    return lambda body, _outcome, _told: "" if body.text("reasonCode") in codes else reasons.NO_REASON


def _nothing(body: Document, outcome: str, told: Mapping[str, str]) -> str:
    """Of a birth before the stay: only when the child was past the first birthday; of another event: for another reason."""
    if outcome == "FP":
        return "" if body.text("reasonCode") == "9" else reasons.NO_REASON
    if body.text("reasonCode") != OF_AGE:
        return reasons.NO_REASON
    return "" if told.get("birthday") == "true" else reasons.STILL_OWED


def _letter(body: Document, _outcome: str, told: Mapping[str, str]) -> str:
    if told.get("father"):
        return "" if body.has("documentNo") else reasons.NO_LETTER
    return "" if body.text("reasonCode") == NO_FATHER else reasons.NO_REASON


_NEEDS: Final[Mapping[str, Callable[[Document, str, Mapping[str, str]], str]]] = {
    NOTHING_TO_DO: _nothing, ADDED: _reference, CORRECTED: _reference, REGISTERED: _reference, LETTER: _letter,
    NOT_MINE: _reason_of(_NOT_MINE), HEALTH_WRONG: _reason_of(_HEALTH_WRONG),
}  # fmt: skip
