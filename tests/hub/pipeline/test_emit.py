"""Emit: a message of the hub's own is accepted with the plan that makes it, once, and planned in its turn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.contract.case import Case
from hub.contract.decision import Decision, Emit, Send, ToPlace
from hub.contract.flow import Facts, Flow, Route, UnitRecipient
from hub.contract.message import ChannelName, Message, show_hub_id
from hub.contract.xml import reparse
from hub.pipeline.order import plan
from tests.flows.enquiry.documents import feedback, request
from tests.hub.pipeline.rig import SIMING, YANPING, Rig

REQUEST, FEEDBACK = ChannelName("enquiry.request"), ChannelName("enquiry.feedback")


def _emitting(rig: Rig, *documents: bytes, declared: bool = True, seen: list[Message] | None = None) -> None:
    """The flow makes feedback of a request, and files what comes of it."""
    made = tuple(Emit(FEEDBACK, reparse(d), f"answer-{n}") for n, d in enumerate(documents))

    def decide(message: Message, _facts: Facts, _case: Case | None) -> Decision:
        if message.header.channel == REQUEST:
            return Decision(emits=made)
        if seen is not None:
            seen.append(message)
        return Decision(ended="filtered", reason="kept")

    def changed(flow: Flow) -> Flow:
        return replace(flow, decide=decide, emits={REQUEST: (FEEDBACK,)} if declared else None) if flow.name == "enquiry" else flow

    rig.with_flow(changed)


def _made(rig: Rig, cause: int) -> list[tuple[Any, ...]]:
    query = "select m.channel, m.state, m.from_system, m.sender from message m join derived_message d on d.message_id = m.id where d.cause_id = ? order by m.id"
    return rig.rows(query, cause)


def test_it_is_accepted_with_the_plan_and_planned_in_its_turn(rig: Rig) -> None:
    """The cause ends without a delivery; what it made is the hub's own message, with its cause, and goes through its own rules."""
    seen: list[Message] = []
    _emitting(rig, feedback("E-1"), feedback("E-2"), seen=seen)
    cause = rig.submit(SIMING, request("E-1")).id
    assert rig.plan() == 3
    assert rig.states(cause) == ("no_recipient",)
    assert _made(rig, cause) == [("enquiry.feedback", "filtered", "HUB", "system:hub")] * 2
    assert [m.body.text("enquiryNo") for m in seen] == ["E-1", "E-2"]


def test_it_has_a_receipt_a_lane_and_search_keys(rig: Rig) -> None:
    """It is accepted as any message is."""
    _emitting(rig, feedback("E-1"))
    cause = rig.submit(SIMING, request("E-1")).id
    rig.plan()
    ((made,),) = rig.rows("select message_id from derived_message where cause_id = ?", cause)
    assert rig.rows("select count(*) from receipt where message_id = ?", made) == [(1,)]
    assert rig.rows("select lane_no from message where id = ?", made) == [(2,)]
    assert rig.rows("select name from search_key where message_id = ?", made) == [("enquiryNo",)]
    assert rig.whole(made).message["state"] == "filtered"


def test_decided_again_it_makes_nothing_twice(rig: Rig) -> None:
    """Two plans of one message, as two engines may make them: one commits, one conflicts, and there is one of each message."""
    _emitting(rig, feedback("E-1"))
    cause = rig.submit(SIMING, request("E-1")).id
    first, second = (plan(rig.machine, rig.unplanned())[0] for _ in range(2))
    rig.store.plan(first).result(5)
    with pytest.raises(Exception, match="message"):
        rig.store.plan(second).result(5)
    assert len(_made(rig, cause)) == 1


@pytest.mark.parametrize(("document", "declared", "code"), [
    (b"<x/>", True, "Flow.EmitInvalid"),
    (feedback("E-1"), False, "Flow.UndeclaredEmit"),
])  # fmt: skip
def test_what_may_not_be_emitted_makes_the_cause_dead(rig: Rig, document: bytes, declared: bool, code: str) -> None:
    """A document that its schema refuses, or a channel not declared: the cause is dead with its reason and nothing was made."""
    _emitting(rig, document, declared=declared)
    cause = rig.submit(SIMING, request("E-1")).id
    rig.plan()
    assert (rig.whole(cause).message["state"], rig.whole(cause).message["code"]) == ("dead", code)
    assert _made(rig, cause) == []


def test_a_place_and_a_system_find_the_spoke_of_that_system(rig: Rig) -> None:
    """Where routes name the system, only a spoke of it serves; a decision that does not name it is not along the route."""
    for system, state in (("FJFPIS", "planned"), ("FJPIS", "unroutable"), (None, "dead")):
        to = ToPlace("350702001000", system)

        def decide(_m: Message, _f: Facts, _c: Case | None, to: ToPlace = to) -> Decision:
            return Decision(sends=(Send("request-to-unit", to, "x"),))

        def changed(flow: Flow, decide: Any = decide) -> Flow:
            routes = tuple(
                Route(r.name, r.channel, UnitRecipient(by_system=True), r.view, r.title) if r.name == "request-to-unit" else r
                for r in flow.routes
            )
            return replace(flow, decide=decide, routes=routes) if flow.name == "enquiry" else flow

        rig.with_flow(changed)
        message = rig.submit(SIMING, request(f"S-{system}")).id
        rig.plan()
        assert rig.states(message)[0] == state
        if state == "planned":
            assert [d.recipient for d in rig.status(message).deliveries] == [f"spoke:{YANPING}"]
        assert show_hub_id(message)
