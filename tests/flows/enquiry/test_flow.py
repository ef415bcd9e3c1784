"""协查 there and back through the hub: states, obligations and mailboxes of every party."""

from __future__ import annotations

from typing import Any

import pytest

from hub.contract.errors import ClientError
from hub.contract.outcome import Delivered, Rejected
from tests.flows.enquiry.documents import ELSEWHERE, feedback, request
from tests.hub.pipeline.rig import JIANYANG, PADIS, SIMING, YANPING, Rig, Script


def _history(rig: Rig, message: int) -> list[tuple[str, str]]:
    return [
        (a, b)
        for a, b in rig.rows("SELECT from_state, to_state FROM case_history WHERE case_id = ? ORDER BY no", rig.case(message).id)
    ]


def _owed(rig: Rig, message: int) -> dict[str, Any]:
    (owed,) = rig.whole(message).obligations
    return dict(owed)


def _channels(rig: Rig, spoke: str) -> list[str]:
    return [item.channel for item in rig.store.mailbox(spoke, 50, 1).result(5)]


def _go(rig: Rig) -> None:
    rig.plan()
    rig.fill_mailboxes()


def test_inside_the_province(rig: Rig) -> None:
    """Asked in one county, answered in the other: dispatched, answered, closed; the answer is in time by its acceptance."""
    asked = rig.submit(SIMING, request("XC1")).id
    _go(rig)
    assert rig.case(asked).state == "2" and _channels(rig, YANPING) == ["enquiry.request"]
    rig.clock.advance(86_400)
    answer = rig.submit(YANPING, feedback("XC1")).id
    rig.plan()
    assert (_owed(rig, asked)["answered_at"], _owed(rig, asked)["answered_by"]) == (rig.clock.now(), answer)
    rig.fill_mailboxes()
    assert _channels(rig, SIMING) == ["enquiry.feedback"]
    assert _history(rig, asked) == [("1", "2"), ("2", "3"), ("3", "6")]


def test_across_the_border(rig: Rig) -> None:
    """Asked through the national platform, answered by it; the clock starts when the platform made it available."""
    asked = rig.submit(SIMING, request("XC1", stated=ELSEWHERE, kind="1", keys=["1"])).id
    rig.plan()
    rig.attempt(Script([Delivered()]))
    assert (_owed(rig, asked)["rule"], _owed(rig, asked)["due_at"]) == ("L1", rig.machine.due(rig.clock.now(), 15, "C"))
    answer = rig.submit("padis", feedback("XC1", unit=ELSEWHERE)).id
    _go(rig)
    assert rig.states(answer) == ("planned", "pending") and _history(rig, asked) == [("1", "2"), ("2", "3"), ("3", "6")]


def test_asked_by_another_province(rig: Rig) -> None:
    """What the platform asks is answered by the county and goes back to the platform; a spoke's number may be the same."""
    theirs = rig.submit("padis", request("XC1", applicant=ELSEWHERE)).id
    ours = rig.submit(SIMING, request("XC1", id_no="359901199005100022", name="别人")).id
    _go(rig)
    assert rig.case(theirs).id != rig.case(ours).id
    rig.submit(YANPING, feedback("XC1", origin_system="PADIS"))
    rig.plan()
    partner = Script()
    rig.attempt(partner, PADIS)
    assert len(partner.called) == 1 and b"<XCFK><FQXT>PADIS</FQXT><XCH>XC1</XCH>" in partner.called[0][0]
    assert (rig.case(theirs).state, rig.case(ours).state) == ("6", "2")


def test_unit_that_was_not_asked(rig: Rig) -> None:
    """Feedback of a unit that was not asked is accepted, filtered and sent to nobody; the enquiry still waits for its answer."""
    asked = rig.submit(SIMING, request("XC1")).id
    _go(rig)
    stranger = rig.submit(JIANYANG, feedback("XC1", unit="350703001000")).id
    _go(rig)
    assert (rig.states(stranger), rig.whole(stranger).message["code"]) == (("filtered",), "not-asked")
    assert rig.case(asked).state == "2" and _owed(rig, asked)["answered_at"] is None
    assert _channels(rig, SIMING) == []


def test_the_stranger_cannot_block_the_answer(rig: Rig) -> None:
    """A stranger's feedback does not take the place of the right one with the same sequence number."""
    asked = rig.submit(SIMING, request("XC1")).id
    _go(rig)
    rig.submit(JIANYANG, feedback("XC1", unit="350703001000"))
    rig.submit(YANPING, feedback("XC1"))
    _go(rig)
    assert rig.case(asked).state == "6"


def test_feedback_before_the_settlement(rig: Rig) -> None:
    """The answer may come before the hub knows that the question arrived: answered, then closed; the base is still set later."""
    asked = rig.submit(SIMING, request("XC1", stated=ELSEWHERE)).id
    rig.plan()
    rig.claim()
    rig.submit("padis", feedback("XC1", unit=ELSEWHERE))
    _go(rig)
    assert _history(rig, asked) == [("1", "3"), ("3", "6")] and _owed(rig, asked)["base"] is None
    rig.clock.advance(60)
    rig.attempt(Script(answers=[Delivered()]))
    assert rig.case(asked).state == "6" and _owed(rig, asked)["base"] == rig.clock.now()


def test_correction_after_the_end(rig: Rig) -> None:
    """A later feedback is a correction: it is delivered, and neither the case nor the first answer's moment changes."""
    asked = rig.submit(SIMING, request("XC1")).id
    rig.submit(YANPING, feedback("XC1"))
    _go(rig)
    first = _owed(rig, asked)["answered_at"]
    (item,) = rig.store.mailbox(SIMING, 5, 1).result(5)
    rig.store.acknowledge(SIMING, [(item.message, item.lease)]).result(5)
    rig.clock.advance(3600)
    correction = rig.submit(YANPING, feedback("XC1", 2, answer="更正")).id
    _go(rig)
    assert rig.states(correction) == ("planned", "pending")
    assert rig.case(asked).state == "6" and _owed(rig, asked)["answered_at"] == first


def test_same_feedback_number_with_other_content(rig: Rig) -> None:
    """A feedback number used for another answer is refused."""
    rig.submit(SIMING, request("XC1"))
    rig.submit(YANPING, feedback("XC1"))
    with pytest.raises(ClientError, match=r"Client\.Conflict"):
        rig.submit(YANPING, feedback("XC1", answer="不属实"))


def test_refused_by_the_platform(rig: Rig) -> None:
    """A refused enquiry is closed, owes nothing that could be overdue, and its subject may be asked about again."""
    asked = rig.submit(SIMING, request("XC1", stated=ELSEWHERE, id_no="359901199005100022")).id
    rig.plan()
    rig.attempt(Script([Rejected("1002")]))
    assert rig.case(asked).state == "6" and _owed(rig, asked)["due_at"] is None
    assert not rig.submit(SIMING, request("XC2", stated=ELSEWHERE, id_no="359901199005100022")).duplicate


def test_unserved_place(rig: Rig) -> None:
    """An enquiry to a county that no spoke serves is unroutable, and the person may be asked about at another place."""
    asked = rig.submit(SIMING, request("XC1", stated="350301001000", id_no="359901199005100022")).id
    _go(rig)
    assert rig.states(asked) == ("unroutable",)
    again = rig.submit(SIMING, request("XC2", stated="350702001001", id_no="359901199005100022", name="某人", born="1990-05-10")).id
    _go(rig)
    assert rig.states(again) == ("planned", "pending")


def test_early_feedback_waits_for_nothing(rig: Rig) -> None:
    """Feedback to an enquiry that never was is unroutable; the enquiry that comes later under that number is served."""
    early = rig.submit(YANPING, feedback("XC1")).id
    asked = rig.submit(SIMING, request("XC1")).id
    _go(rig)
    assert rig.states(early) == ("unroutable",)
    assert rig.states(asked) == ("planned", "pending")
