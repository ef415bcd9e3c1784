"""The rules of 协查 as a table: where a request and its feedback go, for whom, by when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from hub.contract.case import Limit
from hub.contract.decision import NOTHING, Decision, Move, Settlement, Settles, ToPlace, ToSystem
from routes.enquiry.flow import CASE, FLOW
from routes.enquiry.limits import LIMITS, DatedLimit, limit_for
from routes.enquiry.rules import decide, due, settled
from tests.flows.enquiry.documents import ELSEWHERE, SIMING_UNIT, YANPING_UNIT, feedback, request
from tests.flows.enquiry.messages import CHINA, NOON, case, message

INSIDE = "350702001001"


@pytest.mark.parametrize(("stated", "sender", "route", "to"), [
    (INSIDE, "FJFPIS", "request-to-unit", ToPlace(INSIDE)),
    (ELSEWHERE, "FJFPIS", "request-to-padis", ToSystem("padis")),
    ("360000000000", "FJFPIS", "request-to-padis", ToSystem("padis")),
    (INSIDE, "PADIS", "request-to-unit", ToPlace(INSIDE)),
])  # fmt: skip
def test_request_goes_to(stated: str, sender: str, route: str, to: Any) -> None:
    """Inside the province to the stated place, across its border to the national platform (RO 8), whoever asks."""
    decision = decide(message(request("XC1", stated=stated), sender), {}, None)
    (send,) = decision.sends
    assert (send.route, send.to) == (route, to)
    assert send.fill == {"originSystem": sender, "resolvedToDiv": stated, "resolvedBy": "3"}
    assert send.reason == "stated"
    assert send.owes and send.owes.by == stated
    assert [(t.name, t.due_of) for t in decision.timers] == [("feedback due", "feedback")]
    assert (decision.moves, decision.ended) == ((), None)


def test_the_platform_asks_about_another_province() -> None:
    """What the national platform asks about a place outside the province is not sent back to it: unroutable."""
    decision = decide(message(request("P1", stated=ELSEWHERE), "PADIS"), {}, None)
    assert (decision.sends, decision.ended) == ((), "unroutable")


def test_request_with_a_case() -> None:
    """A request whose case is already there goes nowhere a second time."""
    decision = decide(message(request("XC1")), {}, case())
    assert (decision.sends, decision.ended) == ((), "filtered")


def test_case_knows_who_asked_whom() -> None:
    """What the case keeps is codes: who asked, for which unit, and which place or platform was asked."""
    assert decide(message(request("XC1", stated=INSIDE)), {}, None).data == {
        "type": "1",
        "origin": "FJFPIS",
        "asker": "spoke:sender",
        "applicant": SIMING_UNIT,
        "asked": INSIDE,
    }
    assert decide(message(request("XC1", stated=ELSEWHERE)), {}, None).data["asked"] == "PADIS"


@pytest.mark.parametrize(("facts", "sender", "unit", "route", "to"), [
    ({"asked": "PADIS"}, "PADIS", ELSEWHERE, "feedback-to-unit", ToPlace(SIMING_UNIT)),
    ({"asked": INSIDE}, "FJFPIS", YANPING_UNIT, "feedback-to-unit", ToPlace(SIMING_UNIT)),
    ({"asked": INSIDE}, "FJFPIS", "350702999999", "feedback-to-unit", ToPlace(SIMING_UNIT)),
    ({"asked": INSIDE, "origin": "PADIS", "applicant": ELSEWHERE}, "FJFPIS", YANPING_UNIT, "feedback-to-padis", ToSystem("padis")),
])  # fmt: skip
def test_feedback_goes_back(facts: dict[str, str], sender: str, unit: str, route: str, to: Any) -> None:
    """The answer of whoever was asked goes to whoever asked, settles the obligation and moves the case."""
    decision = decide(message(feedback("XC1", unit=unit), sender), {}, case(**facts))
    assert [(s.route, s.to) for s in decision.sends] == [(route, to)]
    assert decision.settles == (Settles("feedback"),)
    assert decision.moves == (Move("3", "feedback"),)


@pytest.mark.parametrize(("asked", "sender", "unit"), [
    (INSIDE, "FJFPIS", SIMING_UNIT), (INSIDE, "PADIS", YANPING_UNIT), ("PADIS", "FJFPIS", ELSEWHERE), ("PADIS", "FJFPIS", SIMING_UNIT),
])  # fmt: skip
def test_feedback_of_somebody_else(asked: str, sender: str, unit: str) -> None:
    """A unit, or the platform, that was not asked answers nothing: filtered, the case untouched."""
    decision = decide(message(feedback("XC1", unit=unit), sender), {}, case(asked=asked))
    assert (decision.sends, decision.moves, decision.settles, decision.ended) == ((), (), (), "filtered")


def test_feedback_without_an_enquiry() -> None:
    """Feedback to an enquiry that the hub does not know is unroutable."""
    assert decide(message(feedback("XC1")), {}, None).ended == "unroutable"


@pytest.mark.parametrize("state", ["3", "6"])
def test_second_feedback(state: str) -> None:
    """A correction, also after the case has closed, is sent on and moves nothing."""
    decision = decide(message(feedback("XC1", 2), "PADIS"), {}, case(state))
    assert len(decision.sends) == 1 and decision.moves == ()


@pytest.mark.parametrize("state", ["1", "2", "7"])
def test_first_feedback_in_any_open_state(state: str) -> None:
    """The first answer counts wherever the request stands, also before its delivery was settled or while that is unknown."""
    assert decide(message(feedback("XC1"), "PADIS"), {}, case(state)).moves == (Move("3", "feedback"),)


LM = [  # requirements, clocks and obligations
    ({"kind": "4", "origin": "3", "keys": ["1"]}, Limit("L3", 15, "W")),
    ({"kind": "1", "origin": "3", "keys": ["1"]}, Limit("L2", 7, "C")),
    ({"kind": "1", "origin": "1", "keys": ["1"], "urgency": "3"}, Limit("L1", 15, "C")),
    ({"kind": "2", "origin": "1", "keys": ["2"]}, Limit("L4", 30, "C")),
    ({"kind": "3", "origin": "1", "urgency": "1"}, Limit("L4", 30, "C")),
    ({"kind": "1", "origin": "1", "keys": ["3", "1"]}, Limit("L1", 15, "C")),
]


@pytest.mark.parametrize("stated", [INSIDE, ELSEWHERE])
@pytest.mark.parametrize(("enquiry", "limit"), LM)
def test_limits(enquiry: dict[str, Any], limit: Limit, stated: str) -> None:
    """Type 4, then origin 3, then a pregnant subject, then all others; urgency sets none (LM 1-5)."""
    (send,) = decide(message(request("XC1", stated=stated, **enquiry)), {}, None).sends
    assert send.owes and (send.owes.kind, send.owes.limit) == ("feedback", limit)


def test_limits_are_dated() -> None:
    """The limit in force on the day of acceptance counts; a later one never reaches back; none is said to be none."""
    table = (*LIMITS, DatedLimit(Limit("L4", 20, "W"), date(2027, 1, 1)))
    found = [limit_for("1", "1", (), day, table) for day in (date(2026, 12, 31), date(2027, 1, 1))]
    assert found == [Limit("L4", 30, "C"), Limit("L4", 20, "W")]
    with pytest.raises(LookupError):
        limit_for("1", "1", (), date(2008, 12, 31), table)


@pytest.mark.parametrize(("route", "state", "was", "becomes"), [
    ("request-to-padis", "delivered", "1", "2"), ("request-to-unit", "pending", "1", "2"), ("request-to-unit", "delivered", "2", None),
    ("request-to-padis", "unknown", "1", "7"), ("request-to-padis", "delivered", "7", "2"), ("request-to-padis", "rejected", "1", "6"),
    ("request-to-padis", "dead", "1", None), ("request-to-padis", "delivered", "3", None), ("request-to-padis", "delivered", "6", None),
    ("request-to-padis", "unknown", "3", None), ("request-to-padis", "rejected", "3", None),
    ("feedback-to-unit", "pending", "3", "6"), ("feedback-to-padis", "delivered", "3", "6"), ("feedback-to-padis", "rejected", "3", None),
    ("feedback-to-padis", "unknown", "3", None), ("feedback-to-unit", "delivered", "6", None), ("feedback-to-unit", "dead", "3", None),
    ("request-to-unit", "pending", "4", "2"), ("request-to-padis", "unknown", "4", "7"), ("request-to-padis", "rejected", "4", "6"),
    ("return-to-padis", "delivered", "4", "6"), ("return-to-padis", "unknown", "4", None), ("withdraw-to-unit", "pending", "5", None),
    ("withdrawn-to-unit", "pending", "6", None), ("feedback-to-unit", "pending", "5", None),
])  # fmt: skip
def test_settled(route: str, state: str, was: str, becomes: str | None) -> None:
    """What the end of a delivery does to its enquiry."""
    decision = settled(Settlement(route, state, NOON), case(was))
    assert tuple(m.to for m in decision.moves) == ((becomes,) if becomes else ())
    assert decision.sends == () and decision.ended is None


@pytest.mark.parametrize(("timer", "state", "expected"), [
    ("feedback due", "1", {"overdue": "1"}), ("feedback due", "2", {"overdue": "1"}), ("feedback due", "3", {}), ("feedback due", "6", {}),
    ("feedback due", "7", {}), ("another", "2", {}),
])  # fmt: skip
def test_due(timer: str, state: str, expected: dict[str, str]) -> None:
    """Only an open, dispatched enquiry becomes overdue; an unknown outcome never does."""
    decision = due(timer, case(state))
    assert decision.data == expected and (decision == NOTHING) is not bool(expected)


def test_every_state_of_the_rules_is_declared() -> None:
    """Moves use declared states only; closed states are states; the initial one is."""
    used = {s for move in CASE.moves for s in move} | CASE.closed | {CASE.initial}
    assert used == CASE.states.keys()
    assert {r.channel for r in FLOW.routes} == {c.name for c in FLOW.channels}


def test_the_day_of_acceptance_is_a_day_of_the_province() -> None:
    """The moment is taken as it is given, in +08:00: three in the morning belongs to that day."""
    decision = decide(message(request("XC1"), accepted_at=datetime(2009, 1, 1, 3, 0, tzinfo=CHINA)), {}, None)
    assert isinstance(decision, Decision) and decision.sends
