"""PLAN: once per message, in lane order; what cannot go on ends in a visible place with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.contract.case import Case
from hub.contract.channel import Part
from hub.contract.decision import Decision, Move, Send, ToPlace, ToSpoke, ToSystem
from hub.contract.flow import Facts
from hub.contract.message import Message
from hub.contract.outcome import Delivered
from hub.pipeline.order import plan
from hub.ports.records import Conflict
from routes.enquiry import rules
from tests.flows.enquiry.documents import ELSEWHERE, JIANYANG_UNIT, feedback, request
from tests.hub.pipeline.rig import SIMING, YANPING, Rig, Script


def _deciding(rig: Rig, decide: Any) -> None:
    """Run with another rule."""
    rig.with_flow(lambda f: replace(f, decide=decide))


def _raise(*_: object) -> Decision:
    raise LookupError("a bug in a rule")


def _only_requests_fail(message: Message, facts: Facts, case: Case | None) -> Decision:
    return _raise() if message.header.channel == "enquiry.request" else rules.decide(message, facts, case)


def test_lane_order(rig: Rig) -> None:
    """The second message of a lane is not ready before the first is planned; other lanes are."""
    first = rig.submit(SIMING, request("XC1")).id
    second = rig.submit(YANPING, feedback("XC1")).id
    other = rig.submit(SIMING, request("XC2")).id
    ready = rig.unplanned()
    assert [m.id for m in ready] == [first, other]
    rig.store.plan(plan(rig.machine, ready[:1])[0]).result(5)
    assert [m.id for m in rig.unplanned()] == [second, other]


@pytest.mark.parametrize("decide", [_raise, lambda *_: None, lambda *_: Decision(moves=(Move("9", "nowhere"),))])
def test_a_rule_that_fails(rig: Rig, decide: Any) -> None:
    """A rule that raises, answers nothing or moves the case where it may not: the message is dead, its reason stands with it."""
    _deciding(rig, decide)
    message = rig.submit(SIMING, request("XC1")).id
    assert rig.plan() == 1
    found = rig.whole(message)
    assert (found.message["state"], found.message["code"], found.deliveries, found.case) == ("dead", "Flow.RuleFailed", (), None)


def test_a_dead_message_holds_its_lane(rig: Rig) -> None:
    """Behind a dead message nothing of its lane is planned; other lanes go on."""
    _deciding(rig, _only_requests_fail)
    rig.submit(SIMING, request("XC1"))
    waiting = rig.submit(YANPING, feedback("XC1")).id
    rig.plan()
    assert rig.states(waiting) == ("accepted",)
    _deciding(rig, rules.decide)
    other = rig.submit(SIMING, request("XC2")).id
    assert rig.plan() == 1
    assert rig.states(other) == ("planned", "queued")


@pytest.mark.parametrize("route", ["request-to-nobody", "feedback-to-unit"])
def test_undeclared_route(rig: Rig, route: str) -> None:
    """A send along a route that is not declared, or declared for another channel, never leaves: the message is dead."""
    _deciding(rig, lambda *_: Decision(sends=(Send(route, ToSpoke(YANPING), "x"),)))
    message = rig.submit(SIMING, request("XC1")).id
    rig.plan()
    found = rig.whole(message)
    assert (found.message["state"], found.message["code"], found.deliveries) == ("dead", "Flow.UndeclaredRoute", ())


@pytest.mark.parametrize("to", [ToPlace("350301001000"), ToPlace(""), ToPlace("x"), ToSystem("nobody"), ToSpoke("nobody")])
def test_unroutable(rig: Rig, to: Any) -> None:
    """Nobody serves the place, or there is no such system or spoke: unroutable, visible, not dead."""
    route = "request-to-padis" if isinstance(to, ToSystem) else "request-to-unit"
    _deciding(rig, lambda *_: Decision(sends=(Send(route, to, "x"),)))
    message = rig.submit(SIMING, request("XC1")).id
    rig.plan()
    assert (rig.whole(message).message["state"], rig.whole(message).message["code"]) == ("unroutable", "Flow.Unroutable")


def test_partly_unroutable(rig: Rig) -> None:
    """Where one of two recipients cannot be found, the other is served and the missing one is a dead delivery with its reason."""
    sends = tuple(Send("request-to-unit", to, "x") for to in (ToSpoke(YANPING), ToPlace("350301001000")))
    _deciding(rig, lambda *_: Decision(sends=sends))
    message = rig.submit(SIMING, request("XC1")).id
    rig.plan()
    assert [(d.recipient, d.state, d.code) for d in rig.status(message).deliveries] == [
        ("spoke:yanping", "queued", None), ("place:unserved", "dead", "Flow.Unroutable"),
    ]  # fmt: skip


class _Spoiled:
    """A translator whose work is wrong in a given way."""

    version = "spoiled"

    def __init__(self, work: Any) -> None:
        self.from_canonical = work

    def to_canonical(self, _channel: str, own: Any) -> Any:
        return own


@pytest.mark.parametrize(("work", "code"), [
    (lambda _c, view: view, "Flow.TranslationInvalid"), (_raise, "Flow.Translation"), (lambda *_: None, "Flow.Translation"),
])  # fmt: skip
def test_a_translation_that_fails(rig: Rig, work: Any, code: str) -> None:
    """A translator that raises, gives nothing or gives what the partner's schema refuses: the delivery is dead with its reason
    and is never called; the case is open all the same.
    """
    rig.with_adapter(lambda a: replace(a, translator=_Spoiled(work)))
    message = rig.submit(SIMING, request("XC1", stated=ELSEWHERE)).id
    rig.plan()
    assert [(d.recipient, d.state, d.code) for d in rig.status(message).deliveries] == [("system:padis", "dead", code)]
    assert rig.case(message).state == "1"
    partner = Script()
    rig.attempt(partner)
    assert partner.called == []


def test_view_that_cannot_be_made(rig: Rig) -> None:
    """A document that does not satisfy its view when cut and filled is a dead delivery, never a half one."""
    send = Send("request-to-unit", ToSpoke(YANPING), "x", fill={"resolvedBy": "999"})
    _deciding(rig, lambda *_: Decision(sends=(send,)))
    message = rig.submit(SIMING, request("XC1")).id
    rig.plan()
    assert [(d.state, d.code) for d in rig.status(message).deliveries] == [("dead", "Flow.ViewInvalid")]


def test_planned_once(rig: Rig) -> None:
    """A plan that was already committed, by another engine perhaps, is refused; nothing is made twice."""
    message = rig.submit(SIMING, request("XC1")).id
    (one,) = plan(rig.machine, rig.unplanned())
    (two,) = plan(rig.machine, rig.unplanned())
    rig.store.plan(one).result(5)
    with pytest.raises(Conflict, match="message"):
        rig.store.plan(two).result(5)
    assert rig.rows("SELECT count(*) FROM delivery") == rig.rows("SELECT count(*) FROM case_file") == [(1,)]
    assert rig.states(message) == ("planned", "queued")


def test_moved_case_is_decided_again(rig: Rig) -> None:
    """A plan decided on a case that has moved meanwhile is refused and decided again on the case as it is."""
    asked = rig.submit(SIMING, request("XC1", stated=ELSEWHERE)).id
    rig.plan()
    (claimed,) = rig.claim()
    answer = rig.submit("padis", feedback("XC1", unit=ELSEWHERE)).id
    (old,) = plan(rig.machine, rig.unplanned())
    rig.settle(claimed, Delivered())
    with pytest.raises(Conflict, match="case"):
        rig.store.plan(old).result(5)
    assert rig.states(answer) == ("accepted",)
    assert rig.plan() == 1
    assert rig.case(asked).state == "3"
    history = [(a, b) for a, b in rig.rows("SELECT from_state, to_state FROM case_history ORDER BY no")]
    assert history == [("1", "2"), ("2", "3")]


def test_nothing_later_decides_again(rig: Rig) -> None:
    """The bytes made at PLAN are what is sent on every attempt, whatever rules and translator have become since."""
    from hub.contract.outcome import Released

    rig.submit(SIMING, request("XC1", stated=ELSEWHERE))
    rig.plan()
    partner = Script(deliveries=[Released("away", 0), Delivered()])
    rig.attempt(partner)
    _deciding(rig, _raise)
    rig.with_adapter(lambda a: replace(a, translator=_Spoiled(_raise)))
    rig.attempt(partner)
    assert len(partner.called) == 2 and partner.called[0] == partner.called[1]


def test_recipient_sees_its_view_only(rig: Rig) -> None:
    """What the view does not declare never reaches a recipient; what the hub fills is there."""
    rig.submit(SIMING, request("XC1"))
    rig.plan()
    rig.fill_mailboxes()
    (item,) = rig.store.mailbox(YANPING, 5, 1000).result(5)
    document = rig.machine.keyring.open(f"delivery_body|body|{item.delivery}", item.body).decode()
    assert "<resolvedToDiv>350702001001</resolvedToDiv><resolvedBy>3</resolvedBy>" in document
    rig.machine.schemas.validate("views/asked_unit/enquiry.request-1.0.xsd", _element(document))


def _element(document: str) -> Any:
    from hub.contract.xml import parse

    return parse(document.encode())


def test_ended_without_sending_opens_no_case(rig: Rig) -> None:
    """A request that the rules end at once opens no case: an answer to it finds none and is unroutable, not a failed rule."""
    ended = rig.submit("padis", request("P1", applicant=ELSEWHERE, stated="370102001001")).id
    answer = rig.submit(YANPING, feedback("P1", origin_system="PADIS")).id
    rig.plan()
    assert rig.states(ended) == rig.states(answer) == ("unroutable",)
    assert rig.rows("SELECT count(*) FROM case_file") == [(0,)]


def test_one_damaged_message_stops_nobody(rig: Rig) -> None:
    """A stored message that cannot be opened any more is dead and holds its own lane; all others are planned."""
    damaged = rig.submit(SIMING, request("XC1")).id
    others = [rig.submit(SIMING, request(f"XC{n}")).id for n in (2, 3)]
    rig.write("UPDATE message_body SET canonical = zeroblob(200) WHERE message_id = ?", damaged)
    rig.plan()
    assert [rig.states(i)[0] for i in (damaged, *others)] == ["dead", "planned", "planned"]


def test_one_message_of_a_channel_that_is_gone_stops_nobody(rig: Rig) -> None:
    """A message whose channel is not declared any more (a folder was taken away) does not stop the others."""
    gone = rig.submit(YANPING, feedback("XC9")).id
    other = rig.submit(SIMING, request("XC1")).id
    rig.with_flow(lambda f: replace(f, channels=f.channels[:1]))
    rig.plan()
    assert [rig.states(i)[0] for i in (gone, other)] == ["dead", "planned"]


def test_day_of_acceptance_is_the_provinces(rig: Rig) -> None:
    """Rules see the moment of acceptance in +08:00: at three in the morning it is not yesterday."""
    seen: list[str] = []

    def decide(message: Message, facts: Facts, case: Case | None) -> Decision:
        seen.append(message.accepted_at.isoformat())
        return rules.decide(message, facts, case)

    _deciding(rig, decide)
    rig.clock.advance(18 * 3600)
    rig.submit(SIMING, request("XC1"))
    rig.plan()
    assert seen == ["2026-03-03T03:00:00+08:00"]


def test_retired_place_goes_to_its_successor(rig: Rig) -> None:
    """A retired division is served by whoever serves its successor (RO 6: 350784 became 350703)."""
    message = rig.submit(SIMING, request("XC1", stated="350784001000")).id
    rig.plan()
    assert [d.recipient for d in rig.status(message).deliveries] == ["spoke:jianyang"]


def test_successor_may_answer(rig: Rig) -> None:
    """Whoever was asked in the place of a retired division may answer for it."""
    rig.submit(SIMING, request("XC1", stated="350784001000"))
    answer = rig.submit("jianyang", feedback("XC1", unit=JIANYANG_UNIT)).id
    rig.plan()
    assert rig.states(answer) == ("planned", "queued")


def test_key_part_of_the_header(rig: Rig) -> None:
    """A key may name the sender's place; when the header does not give it, it is the unit that the document names."""
    by_place = {
        "duplicate_keys": (),
        "order": replace(rig.machine.catalogue.channels["enquiry.request"].order, parts=(Part("@fromDiv"),)),
    }  # type: ignore[type-var]
    rig.with_flow(lambda f: replace(f, channels=tuple(replace(c, **by_place) for c in f.channels)))  # type: ignore[arg-type]
    numbers = [
        rig.submit(SIMING, request(no), from_div=div).lane_no for no, div in (("XC1", None), ("XC2", "350203001000"), ("XC3", None))
    ]
    assert numbers == [1, 2, 3]
