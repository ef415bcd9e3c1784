"""Properties of the rules of 通报: total over whatever a document or a case may hold, and never beyond what is declared."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hub.cases.transitions import change
from hub.contract.case import Case
from hub.contract.decision import Decision, Settlement
from hub.contract.lookup import Fact
from hub.contract.message import ChannelName, Document, Header, Message
from hub.ports.records import CaseRow
from routes.notice.flow import CASE, FLOW
from routes.notice.receipts import MOST_HOPS
from tests.flows.notice.notes import CHINA, NOON, case, message, receipt

_text = st.one_of(
    st.sampled_from(["", "1", "2", "3", "4", "9", "350702001001", "360102001001", "35", "3507", "PADIS", "FJFPIS"]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")).filter(lambda c: c not in "\ufffe\uffff"), max_size=12),
)
_names = st.sampled_from(
    ["noticeNo", "hukouDiv", "noticeDiv", "originSystem", "result", "receiveDiv", "reasonCode", "correctDiv", "role"]
)
_states = st.sampled_from(sorted(CASE.states))
_facts = st.dictionaries(st.sampled_from(["side", "managedDiv", "recordStatus", "updateTime"]), _text)


@st.composite
def _messages(draw: st.DrawFn, channel: str) -> Message:
    """Any document of a channel: elements missing, doubled, empty or with any text."""
    space = f"urn:pophub:{channel}:1.0"
    root = etree.Element(f"{{{space}}}document")
    for name, text in draw(st.lists(st.tuples(_names, _text), max_size=14)):
        etree.SubElement(root, f"{{{space}}}{name}").text = text
    when = draw(st.datetimes(datetime(2009, 1, 1), datetime(2200, 1, 1))).replace(tzinfo=CHINA)
    sender, system = draw(st.sampled_from([("siming", "FJFPIS"), ("system:padis", "PADIS"), ("xmpis", "XMPIS")]))
    return Message(1, Header("m", ChannelName(channel), "1.0", sender, system), Document(root), when)


def _within_the_declarations(decision: Decision, channel: str) -> None:
    for send in decision.sends:
        route = FLOW.route(send.route)
        assert route is not None and route.channel == ("notice.contraception" if send.opening else channel)
    assert decision.sends or decision.ended


@given(_messages("notice.contraception"), st.none() | _states, st.none() | st.lists(_facts, max_size=3))
def test_notice_is_total(told: Message, state: str | None, found: list[Fact] | None) -> None:
    """Any notice gets a decision within the declarations, whatever the register says; sending it owes a receipt, once."""
    facts = {} if found is None else {"managed": tuple(found)}
    decision = FLOW.decide(told, facts, case(state) if state else None)
    _within_the_declarations(decision, "notice.contraception")
    assert all(s.owes for s in decision.sends) and len(decision.sends) <= 1
    assert state is None or not decision.sends


@given(_messages("notice.contraception"), _messages("notice.contraception_receipt"), _states)
def test_receipt_is_total(told: Message, answer: Message, state: str) -> None:
    """Any receipt to any case that the hub opened gets a decision, and its moves are permitted in the state the case is in."""
    opened = FLOW.decide(told, {}, None)
    known = None if opened.ended else Case(7, state, NOON, {**opened.data, "receiver": f"spoke:{answer.header.sender}"})
    decision = FLOW.decide(answer, {}, known)
    _within_the_declarations(decision, "notice.contraception_receipt")
    if known:
        change(CASE, CaseRow(7, "notice", state, 0, 1, known.data), None, decision)


@given(
    st.sampled_from([r.name for r in FLOW.routes]), _states, st.sampled_from(["pending", "delivered", "rejected", "dead", "unknown", "cancelled"]),
    st.none() | st.just(NOON), _text,
)  # fmt: skip
def test_settled_and_due_are_total(route: str, state: str, ended: str, moment: datetime | None, timer: str) -> None:
    """Whatever ends, in whatever state the case is: the moves are permitted ones, and a closed case stays closed."""
    row = CaseRow(7, "notice", state, 0, 1, {"origin": "PADIS"})
    known = Case(7, state, NOON, row.data)
    for decision in (FLOW.settled(Settlement(route, ended, moment), known), FLOW.due(timer, known)):
        changed = change(CASE, row, None, decision)
        assert not (changed and changed.moves and state in CASE.closed)


@given(st.lists(st.sampled_from(["350702001000", "350703001000", "350102001000", "360102001000"]), min_size=8, max_size=12))
def test_no_notice_travels_for_ever(places: list[str]) -> None:
    """However often it is given back, a notice is handed on at most so many times, then it goes to the province queue."""
    known, told = case(), []
    for place in places:
        data = known.data
        answer = receipt("TB1", "2", unit=data["told"] if data["told"] != "PADIS" else "360102001000", correct=place)
        sender = "PADIS" if data["told"] == "PADIS" else "FJFPIS"
        decision = FLOW.decide(message(answer, sender), {}, known)
        if not decision.sends:
            break
        told.append(decision.data["told"])
        at = "system:padis" if decision.data["told"] == "PADIS" else "spoke:sender"
        known = Case(7, "4", NOON, {**data, **decision.data, "receiver": at})
    assert set(told[MOST_HOPS:]) <= {"350000000000"}
