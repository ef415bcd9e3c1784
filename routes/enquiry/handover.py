"""Return, redirection and withdrawal: who owes the answer after an enquiry changed hands, and by when.

A return within 5 working days of its own base takes the obligation off the unit that was asked by mistake; later it stays its
own. The next unit has until the old due date, but at least 5 working days from its own base (requirements, clocks).
"""

from __future__ import annotations

from typing import Final

from hub.contract.case import Case, Limit
from hub.contract.decision import Decision, Move, Owe, Send, Settles, TimerSet, ToPlace, ToSystem
from hub.contract.message import Message
from routes.enquiry import parties, reasons
from routes.enquiry.dispatch import BY_HAND
from routes.enquiry.states import CLOSED, DISPATCHED, RETURNED, WITHDRAWN

FEEDBACK_OWED, REMOVAL_OWED = "feedback", "removal"
WITHIN: Final = Limit("L7", 5, "W")
PROVINCE_QUEUE: Final = "350000000000"
MOST_HOPS: Final = 5
"""An enquiry handed on so often goes to the province queue, whatever is suggested."""


def hops(case: Case) -> int:
    """How often the enquiry was handed on."""
    return int(case.data.get("hops") or 0)


def due_name(hop: int) -> str:
    """The name of the timer of the unit asked after so many hand-overs."""
    return f"feedback due {hop}" if hop else "feedback due"


def hand_over(message: Message, case: Case) -> Decision:
    """A return: the enquiry goes to the place suggested, else to the province queue; out of the province as it came in."""
    place, why = _next_place(message, case)
    moves = () if case.state == RETURNED else (Move(RETURNED, f"return {message.body.text('returnReason') or ''}".strip()),)
    returned = Settles(FEEDBACK_OWED, uncounted="returned", within=WITHIN)
    if not parties.inside(place) and case.data["origin"] == parties.NATIONAL:
        sends = (Send("return-to-padis", ToSystem("padis"), reasons.HANDED_BACK),)
        return Decision(sends=sends, moves=moves, settles=(returned,))
    hop, inside = hops(case) + 1, parties.inside(place)
    return Decision(
        sends=(
            Send(
                route="request-to-unit" if inside else "request-to-padis",
                to=ToPlace(place) if inside else ToSystem("padis"),
                reason=why,
                fill={"originSystem": case.data["origin"], "resolvedToDiv": place, "resolvedBy": BY_HAND},
                owes=Owe(FEEDBACK_OWED, WITHIN, by=place, at_least=FEEDBACK_OWED),
                opening=True,
                known_as=parties.ANSWERER,
            ),
        ),
        moves=moves,
        settles=(returned,),
        timers=(TimerSet(due_name(hop), due_of=FEEDBACK_OWED),),
        data={"asked": place if inside else parties.NATIONAL, "hops": str(hop), "overdue": ""},
    )


def _next_place(message: Message, case: Case) -> tuple[str, str]:
    suggested = message.body.text("suggestedDiv") or ""
    useless = {(message.body.text("returnDiv") or "")[:9], case.data["applicant"][:9], ""}
    if suggested[:9] in useless or hops(case) >= MOST_HOPS:
        return PROVINCE_QUEUE, reasons.QUEUE
    return suggested, reasons.SUGGESTED


def take_back(_message: Message, case: Case) -> Decision:
    """A withdrawal: whoever has the enquiry is told and must confirm that it is removed."""
    if not case.data.get(parties.ANSWERER):
        nobody = Settles(FEEDBACK_OWED, uncounted="withdrawn")
        return Decision(
            moves=(Move(WITHDRAWN, "withdraw"), Move(CLOSED, "nobody had it")), settles=(nobody,), data={"withdrawn": "1"}
        )
    national = case.data["asked"] == parties.NATIONAL
    return Decision(
        sends=(
            Send(
                route="withdraw-to-padis" if national else "withdraw-to-unit",
                to=parties.asked(case),
                reason=reasons.WHO_WAS_ASKED,
                owes=Owe(REMOVAL_OWED, WITHIN, by=case.data["asked"]),
            ),
        ),
        moves=(Move(WITHDRAWN, "withdraw"),),
    )


def confirm(message: Message, case: Case) -> Decision:
    """The unit asked says whether it removed the enquiry: then nobody owes an answer any more; else it still does."""
    sends, removal = (parties.to_asker(case, "withdrawn"),), Settles(REMOVAL_OWED)
    if message.body.text("removed") != "true":
        return Decision(sends=sends, moves=(Move(DISPATCHED, "not removed"),), settles=(removal,))
    return Decision(
        sends=sends,
        moves=(Move(CLOSED, "removed"),),
        settles=(removal, Settles(FEEDBACK_OWED, uncounted="withdrawn")),
        data={"withdrawn": "1"},
    )
