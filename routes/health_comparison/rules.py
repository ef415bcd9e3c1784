"""The rules of 二网整合: who gets a comparison, what a new version does to the task, when a handling ends it.

One task for each comparison, whatever its versions (requirements, 二网整合; L8 and what a version changes are ours).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

from hub.contract.case import Case, Limit
from hub.contract.decision import NOTHING, Decision, Move, Owe, Send, Settlement, Settles, TimerSet, ToPlace
from hub.contract.flow import Facts
from hub.contract.message import Message
from routes.health_comparison import reasons
from routes.health_comparison.handling import refused
from routes.health_comparison.states import ARCHIVED, DONE, OPEN, OVERDUE, SUPERSEDED, TO_DO

HANDLING_OWED: Final = "handling"
LIMIT: Final = Limit("L8", 15, "C")
KEPT: Final = timedelta(days=5 * 366)
"""After so long a handled comparison is archived (requirements: department data, five years)."""
ARCHIVE: Final = "archive"
HANDLER: Final = "handler"
"""Case data: the recipient to which the hub resolved the acting unit."""
QUIET: Final = frozenset({"E", "K", "R2", "F2"})
RESIDENT_REGISTER, FLOATING_REGISTER = "FJPIS", "FJFPIS"


class Way(NamedTuple):
    """How a task reaches its unit: the route, the register that takes it, why."""

    route: str
    system: str
    why: str


WAYS: Final = {
    "1": Way("task-to-hukou-unit", RESIDENT_REGISTER, reasons.RESIDENT),
    "2": Way("task-to-residence-unit", FLOATING_REGISTER, reasons.FLOATING),
    "3": Way("task-to-birthplace", RESIDENT_REGISTER, reasons.HOSPITAL),
}
"""By CL_ASSIGN; 4, the queue of the province, is nobody's mailbox."""


def decide(message: Message, _facts: Facts, case: Case | None) -> Decision:
    """Where a comparison goes, or what a handling ends."""
    if message.header.channel == "health.comparison":
        return _comparison(message, case)
    return _handling(message, case) if case else Decision(ended="filtered", reason=reasons.NO_TASK)


def _comparison(message: Message, case: Case | None) -> Decision:
    version = int(message.body.text("version") or 0)
    if case and (case.state == ARCHIVED or version <= int(case.data["version"])):
        return Decision(ended="filtered", reason=reasons.ARCHIVED if case.state == ARCHIVED else reasons.OLDER)
    quiet = message.body.text("outcome") in QUIET
    copies = _copies(message)
    data, moves = _told(message), _moves(case, version, quiet=quiet)
    timers = (TimerSet(ARCHIVE, at=message.accepted_at + KEPT),) if case is None else ()
    if quiet:
        done = (Settles(HANDLING_OWED, uncounted=reasons.AGREES),)
        return Decision(sends=copies, moves=moves, settles=done, data=data, timers=timers, reason=reasons.AGREES)
    way = WAYS.get(message.body.text("assignedBy") or "")
    if way is None:
        gone = (Settles(HANDLING_OWED, uncounted="superseded"),)
        return Decision(moves=moves, settles=gone, data={**data, HANDLER: ""}, timers=timers, reason=reasons.PROVINCE)
    return _task(message, case, way, copies, moves, timers)


def _task(
    message: Message, case: Case | None, way: Way, copies: tuple[Send, ...], moves: tuple[Move, ...], timers: tuple[TimerSet, ...]
) -> Decision:
    """A task of one unit: its clock runs from when it got it; a new version of an open task leaves it running."""
    unit, version = message.body.text("assignedDiv") or "", message.body.text("version") or ""
    running = case is not None and case.state in OPEN and case.data.get("clock") == f"{way.system} {unit}"
    owes = None if running else Owe(HANDLING_OWED, LIMIT, by=unit)
    task = Send(way.route, ToPlace(unit, way.system), way.why, owes=owes, known_as=HANDLER)
    data = {**_told(message), "clock": f"{way.system} {unit}"}
    if running:
        return Decision(sends=(task, *copies), moves=moves, data=data)
    return Decision(
        sends=(task, *copies),
        moves=moves,
        settles=(Settles(HANDLING_OWED, uncounted="superseded"),) if case else (),
        timers=(*timers, TimerSet(f"{HANDLING_OWED} due {version}", due_of=HANDLING_OWED)),
        data={**data, "timer": f"{HANDLING_OWED} due {version}"},
    )


def _copies(message: Message) -> tuple[Send, ...]:
    """The unit of residence of an in-province migrant is told; it owes nothing."""
    place = message.body.text("copyDiv")
    return (Send("copy-to-residence-unit", ToPlace(place, FLOATING_REGISTER), reasons.COPY),) if place else ()


def _moves(case: Case | None, version: int, *, quiet: bool) -> tuple[Move, ...]:
    """The old version is marked and the task stands anew; what agrees and stays in agreement moves nothing."""
    to = (Move(DONE, reasons.AGREES),) if quiet else ()
    if case is None or (case.state == DONE and quiet):
        return to if case is None else ()
    return (Move(SUPERSEDED, f"version {version}"), *(to or (Move(TO_DO, f"version {version}"),)))


def _told(message: Message) -> dict[str, str]:
    """What later rules must know: coded facts alone."""
    body = message.body
    return {
        "version": body.text("version") or "", "outcome": body.text("outcome") or "", "copy": body.text("copyDiv") or "",
        "birthday": body.text("firstBirthdayPassed") or "", "father": "1" if body.has("father") else "",
    }  # fmt: skip


def _handling(message: Message, case: Case) -> Decision:
    if case.state not in OPEN:
        return Decision(ended="filtered", reason=reasons.CLOSED)
    if f"spoke:{message.header.sender}" != case.data.get(HANDLER):
        return Decision(ended="filtered", reason=reasons.NOT_ASSIGNED)
    if why := refused(message.body, case.data["outcome"], case.data):
        return Decision(ended="filtered", reason=why)
    copy = case.data.get("copy")
    sends = (Send("handling-to-residence-unit", ToPlace(copy, FLOATING_REGISTER), reasons.COPY),) if copy else ()
    return Decision(
        sends=sends,
        moves=(Move(DONE, f"handling {message.body.text('handling')}"),),
        settles=(Settles(HANDLING_OWED),),
        data={"handling": message.body.text("handling") or "", "reason": message.body.text("reasonCode") or ""},
        reason=reasons.HANDLED,
    )


def settled(_settlement: Settlement, _case: Case) -> Decision:
    """Nothing: a task is open from when it is made, its clock runs from when the unit has it."""
    return NOTHING


def due(timer: str, case: Case) -> Decision:
    """A task that nobody handled in time is overdue; a handled one is archived in the end."""
    if timer == ARCHIVE:
        return Decision(moves=(Move(ARCHIVED, ARCHIVE),)) if case.state == DONE else NOTHING
    overdue = case.state == TO_DO and timer == case.data.get("timer")
    return Decision(moves=(Move(OVERDUE, "L8"),)) if overdue else NOTHING
