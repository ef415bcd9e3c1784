"""Properties of the rules of 协查: total over whatever a document or a case may hold, and never beyond what is declared."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hub.cases.transitions import change
from hub.contract.case import Case
from hub.contract.decision import Decision, Settlement
from hub.contract.message import ChannelName, Document, Header, Message
from hub.ports.records import CaseRow
from routes.enquiry.flow import CASE, FLOW
from tests.flows.enquiry.messages import CHINA, NOON

_text = st.one_of(
    st.sampled_from(["", "1", "2", "3", "4", "9", "350702001001", "360102001001", "35", "3507", "PADIS", "FJFPIS"]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")).filter(lambda c: c not in "\ufffe\uffff"), max_size=12),
)
_names = st.sampled_from([
    "enquiryNo", "enquiryType", "origin", "keySubject", "statedToDiv", "applicantDiv", "originSystem", "feedbackSeq", "result", "feedbackDiv",
    "subject", "urgency", "suggestedDiv", "returnDiv", "returnReason", "returnSeq", "removed", "reason",
])  # fmt: skip


@st.composite
def _messages(draw: st.DrawFn, channel: str) -> Message:
    """Any document of a channel: elements missing, doubled, empty or with any text."""
    space = f"urn:pophub:{channel}:1.0"
    root = etree.Element(f"{{{space}}}document")
    for name, text in draw(st.lists(st.tuples(_names, _text), max_size=14)):
        etree.SubElement(root, f"{{{space}}}{name}").text = text
    when = draw(st.datetimes(datetime(2009, 1, 1), datetime(2200, 1, 1))).replace(tzinfo=CHINA)
    header = Header(
        "m",
        ChannelName(channel),
        "1.0",
        draw(st.sampled_from(["siming", "system:padis"])),
        draw(st.sampled_from(["FJFPIS", "PADIS", "XMPIS"])),
    )
    return Message(1, header, Document(root), when)


_states = st.sampled_from(sorted(CASE.states))


def _within_the_declarations(decision: Decision, channel: str) -> None:
    for send in decision.sends:
        route = FLOW.route(send.route)
        assert route is not None and route.channel == channel
    assert decision.sends or decision.ended or decision.moves or decision.settles


@given(_messages("enquiry.request"), st.none() | _states)
def test_request_is_total(message: Message, state: str | None) -> None:
    """Any request gets a decision within the declarations; sending it owes an answer."""
    case = Case(7, state, NOON, {"origin": "FJFPIS", "asker": "", "applicant": "", "asked": ""}) if state else None
    decision = FLOW.decide(message, {}, case)
    _within_the_declarations(decision, "enquiry.request")
    assert all(s.owes for s in decision.sends)
    assert (case is None) or not decision.sends


@given(_messages("enquiry.request"), _messages("enquiry.feedback"), _states)
def test_feedback_is_total(asked: Message, answer: Message, state: str) -> None:
    """Any feedback to any case that the hub opened gets a decision, and its moves are permitted in the state the case is in."""
    opened = FLOW.decide(asked, {}, None)
    case = None if opened.ended else Case(7, state, NOON, opened.data)
    decision = FLOW.decide(answer, {}, case)
    _within_the_declarations(decision, "enquiry.feedback")
    if case:
        change(CASE, CaseRow(7, "enquiry", state, 0, 1, case.data), None, decision)


@given(
    st.sampled_from([r.name for r in FLOW.routes]), _states, st.sampled_from(["pending", "delivered", "rejected", "dead", "unknown", "cancelled"]),
    st.none() | st.just(NOON), _text,
)  # fmt: skip
def test_settled_and_due_are_total(route: str, state: str, ended: str, moment: datetime | None, timer: str) -> None:
    """Whatever ends, in whatever state the case is: the moves are permitted ones, and a closed case stays closed."""
    row = CaseRow(7, "enquiry", state, 0, 1, {"origin": "PADIS"})
    case = Case(7, state, NOON, row.data)
    for decision in (FLOW.settled(Settlement(route, ended, moment), case), FLOW.due(timer, case)):
        changed = change(CASE, row, None, decision)
        assert not (changed and changed.moves and state in CASE.closed)
