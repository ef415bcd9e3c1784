"""What a receipt does to a notice: received, given back to be sent elsewhere, or found wrong.

Receipt 1 or 4 = received; 2 moves the obligation; 3 closes it uncounted and tells the sender. A return within 5 working days of
its own base takes the obligation off the unit told by mistake; later it stays its own. The next unit has until the old due date,
but at least 5 working days from its own base (requirements, clocks). A receipt after the end is a correction: passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from hub.contract.case import Case
from hub.contract.decision import Decision, Move, Owe, Send, Settles, TimerSet, ToPlace, ToSystem
from hub.contract.message import Message
from routes.notice import parties, reasons
from routes.notice.dispatch import BY_HAND
from routes.notice.limits import WITHIN
from routes.notice.states import OPEN, RECEIVED, RETURNED, WRONG

OWED: Final = "receipt"
PROVINCE_QUEUE: Final = "350000000000"
MOST_HOPS: Final = 5
"""A notice handed on so often goes to the province queue, whatever place is named."""


def hops(case: Case) -> int:
    """How often the notice was handed on."""
    return int(case.data.get("hops") or 0)


def due_name(hop: int) -> str:
    """The name of the timer of the unit told after so many hand-overs."""
    return f"receipt due {hop}" if hop else "receipt due"


def receive(message: Message, case: Case) -> Decision:
    """The decision on a receipt of an open or ended notice; CL_RECEIPT says which."""
    if not parties.was_told(message, case):
        return Decision(ended="filtered", reason=reasons.NOT_TOLD)
    return _BY_RESULT.get(message.body.text("result") or "", _received)(message, case)


def _received(message: Message, case: Case) -> Decision:
    return Decision(
        sends=(parties.to_teller(case),),
        moves=(Move(RECEIVED, "receipt"),) if case.state in OPEN else (),
        settles=(Settles(OWED),),
        data={"result": message.body.text("result") or ""},
    )


def _wrong(message: Message, case: Case) -> Decision:
    return Decision(
        sends=(parties.to_teller(case),),
        moves=(Move(WRONG, f"wrong {message.body.text('reasonCode') or ''}".strip()),) if case.state in OPEN else (),
        settles=(Settles(OWED, uncounted="wrong"),),
        data={"result": message.body.text("result") or ""},
    )


def _returned(message: Message, case: Case) -> Decision:
    if case.state not in OPEN:
        return Decision(ended="filtered", reason=reasons.RECEIVED_ALREADY)
    place, why = _next_place(message, case)
    moves = () if case.state == RETURNED else (Move(RETURNED, f"return {message.body.text('reasonCode') or ''}".strip()),)
    settles = (Settles(OWED, uncounted="returned", within=WITHIN),)
    if not parties.inside(place) and case.data["origin"] == parties.NATIONAL:
        back = Send("receipt-to-padis", ToSystem("padis"), reasons.HANDED_BACK)
        return Decision(sends=(back,), moves=moves, settles=settles, data={"result": "2"})
    hop = hops(case) + 1
    return Decision(
        sends=(notify(place, why, BY_HAND, case.data["origin"], Owe(OWED, WITHIN, by=place, at_least=OWED), again=True),),
        moves=moves,
        settles=settles,
        timers=(TimerSet(due_name(hop), due_of=OWED),),
        data={"told": place if parties.inside(place) else parties.NATIONAL, "hops": str(hop), "overdue": ""},
    )


def notify(place: str, why: str, by: str, origin: str, owes: Owe, *, again: bool = False) -> Send:
    """The notice on its way to a place (12 digits): a unit of the province, or another province through the national platform.

    ``by`` is of CL_RESOLVE; ``again``: sent anew, not the message decided on but the one that opened the case.
    """
    inside = parties.inside(place)
    return Send(
        route="notice-to-unit" if inside else "notice-to-padis",
        to=ToPlace(place) if inside else ToSystem("padis"),
        reason=why,
        fill={"originSystem": origin, "resolvedToDiv": place, "resolvedBy": by},
        owes=owes,
        opening=again,
        known_as=parties.RECEIVER,
    )


def _next_place(message: Message, case: Case) -> tuple[str, str]:
    correct = message.body.text("correctDiv") or ""
    useless = {(message.body.text("receiveDiv") or "")[:9], case.data["teller"][:9], ""}
    if correct[:9] in useless or hops(case) >= MOST_HOPS:
        return PROVINCE_QUEUE, reasons.QUEUE
    return correct, reasons.CORRECT


_BY_RESULT: Final[Mapping[str, Callable[[Message, Case], Decision]]] = {"2": _returned, "3": _wrong}
