"""通报 there and back through the hub, over the real store: who gets what, who owes what until when, and nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from hub.contract.basis import BasisNeed
from hub.contract.errors import ClientError
from hub.contract.outcome import Delivered, Rejected, Unknown
from hub.contract.xml import parse
from tests.flows.notice.notes import CHINA, ELSEWHERE, JIANYANG_UNIT, SIMING_UNIT, YANPING_UNIT, notice, receipt
from tests.hub.pipeline.asking import put
from tests.hub.pipeline.rig import JIANYANG, PADIS, SIMING, YANPING, Rig, Script


def _ms(day: str, clock: str = "23:59:59.999") -> int:
    return int(datetime.fromisoformat(f"{day}T{clock}+08:00").timestamp() * 1000)


def _go(rig: Rig) -> None:
    rig.plan()
    rig.fill_mailboxes()


def _until(rig: Rig, day: str) -> None:
    """Move the clock to noon of a day."""
    rig.clock.advance((_ms(day, "12:00:00") - rig.clock.now()) / 1000)


def _owed(rig: Rig, message: int) -> list[tuple[Any, ...]]:
    """(by, due day, answered, ended as), in the order in which they came to be."""

    def day(at: int | None) -> str | None:
        return datetime.fromtimestamp(at / 1000, CHINA).date().isoformat() if at is not None else None

    return [(o["owed_by"], day(o["due_at"]), o["answered_at"] is not None, o["ended_as"]) for o in rig.whole(message).obligations]


def _history(rig: Rig, message: int) -> list[str]:
    moves = rig.rows("SELECT from_state, to_state FROM case_history WHERE case_id = ? ORDER BY no", rig.case(message).id)
    return [f"{a}>{b}" for a, b in moves]


def _mail(rig: Rig, spoke: str) -> list[str]:
    """The channels of what comes out of a mailbox until it is empty."""
    found: list[str] = []
    while items := rig.store.mailbox(spoke, 50, 60_000).result(5):
        rig.store.acknowledge(spoke, [(i.message, i.lease) for i in items]).result(5)
        rig.fill_mailboxes()
        found += [i.channel for i in items]
    return found


def test_inside_the_province(rig: Rig) -> None:
    """Told in one county, received in the other: delivered at once, received, closed; L5 counts 30 C from the effective day (DD8)."""
    _until(rig, "2025-03-03")
    told = rig.submit(SIMING, notice("TB1")).id
    _go(rig)
    assert rig.case(told).state == "2" and _mail(rig, YANPING) == ["notice.contraception"]
    assert _owed(rig, told) == [("350702001001", "2025-04-02", False, None)]
    rig.submit(YANPING, receipt("TB1"))
    _go(rig)
    assert _mail(rig, SIMING) == ["notice.contraception_receipt"]
    assert _history(rig, told) == ["1>2", "2>3", "3>6"] and _owed(rig, told) == [("350702001001", "2025-04-02", True, None)]


def test_across_the_border(rig: Rig) -> None:
    """To another province by the platform, and its receipt back: the platform is told which system tells, the case closes."""
    told = rig.submit(SIMING, notice("TB1", hukou=ELSEWHERE)).id
    rig.plan()
    partner = Script([Delivered()])
    rig.attempt(partner)
    ((sent, _),) = partner.called
    assert b"<BYTB><FQXT>FJFPIS</FQXT><TBH>TB1</TBH>" in sent and "梅山街道".encode() not in sent
    rig.submit("padis", receipt("TB1", "4", unit=ELSEWHERE))
    _go(rig)
    assert _mail(rig, SIMING) == ["notice.contraception_receipt"] and _history(rig, told) == ["1>2", "2>3", "3>6"]


def test_told_by_another_province(rig: Rig) -> None:
    """What the platform tells is received by the county and the receipt goes back to it; a spoke's number may be the same."""
    theirs = rig.submit("padis", notice("TB1", unit="360102001000", id_no="359901199005100022")).id
    ours = rig.submit(SIMING, notice("TB1")).id
    _go(rig)
    assert rig.case(theirs).id != rig.case(ours).id
    rig.submit(YANPING, receipt("TB1", origin_system="PADIS"))
    rig.plan()
    partner = Script()
    rig.attempt(partner, PADIS)
    assert [b"<TBQR><FQXT>PADIS</FQXT><TBH>TB1</TBH>" in document for document, _ in partner.called] == [True]
    assert (rig.case(theirs).state, rig.case(ours).state) == ("6", "2")


def test_a_return_moves_the_obligation(rig: Rig) -> None:
    """RT1, RT2: returned within 5 W the first unit is out of the count, the next is due at max(old due, new + 5 W); the notice reaches it anew."""
    _until(rig, "2025-03-03")
    told = rig.submit(SIMING, notice("TB1")).id
    _go(rig)
    _until(rig, "2025-03-07")
    rig.submit(YANPING, receipt("TB1", "2", correct=JIANYANG_UNIT))
    _go(rig)
    assert _mail(rig, JIANYANG) == ["notice.contraception"] and _mail(rig, SIMING) == []
    assert _owed(rig, told) == [("350702001001", "2025-04-02", False, "returned"), (JIANYANG_UNIT, "2025-04-02", False, None)]
    stranger = rig.submit(YANPING, receipt("TB1")).id
    rig.submit(JIANYANG, receipt("TB1", unit=JIANYANG_UNIT))
    _go(rig)
    assert rig.states(stranger) == ("filtered",)
    assert _history(rig, told) == ["1>2", "2>4", "4>2", "2>3", "3>6"] and _mail(rig, SIMING) == ["notice.contraception_receipt"]
    assert [row[2] for row in _owed(rig, told)] == [False, True]


def test_a_late_return_stays_owed(rig: Rig) -> None:
    """RT3, RT4: returned on 2025-03-31 the next is due 04-08; the first stays in the count, never answered."""
    _until(rig, "2025-03-03")
    told = rig.submit(SIMING, notice("TB1")).id
    _go(rig)
    _until(rig, "2025-03-31")
    rig.submit(YANPING, receipt("TB1", "2", correct=JIANYANG_UNIT))
    _go(rig)
    _until(rig, "2025-04-07")
    rig.submit(JIANYANG, receipt("TB1", unit=JIANYANG_UNIT))
    _go(rig)
    assert _owed(rig, told) == [("350702001001", "2025-04-02", False, "late"), (JIANYANG_UNIT, "2025-04-08", True, None)]


def test_returned_without_a_place(rig: Rig) -> None:
    """R9: without a place, or with the returner's or the teller's own, a return goes to the province queue; nobody serves it here."""
    for no, correct in (("TB1", ""), ("TB2", YANPING_UNIT), ("TB3", SIMING_UNIT)):
        told = rig.submit(SIMING, notice(no)).id
        _go(rig)
        rig.submit(YANPING, receipt(no, "2", correct=correct))
        _go(rig)
        assert rig.case(told).data["told"] == "350000000000"


def test_returned_beyond_the_border(rig: Rig) -> None:
    """R9: ours is told again, by the platform; what the platform told goes back to it and is closed here."""
    ours = rig.submit(SIMING, notice("TB1")).id
    theirs = rig.submit("padis", notice("TB9", unit="440106001000")).id
    _go(rig)
    rig.submit(YANPING, receipt("TB1", "2", correct=ELSEWHERE))
    rig.submit(YANPING, receipt("TB9", "2", origin_system="PADIS", correct=ELSEWHERE))
    rig.plan()
    partner = Script([Delivered()])
    rig.attempt(partner)
    assert sorted(document[:6] for document, _ in partner.called) == [b"<BYTB>", b"<TBQR>"]
    assert (rig.case(ours).state, rig.case(ours).data["told"], rig.case(theirs).state) == ("2", "PADIS", "6")


def test_found_wrong(rig: Rig) -> None:
    """RT6: receipt 3 closes the obligation uncounted and tells the sender."""
    _until(rig, "2025-03-03")
    told = rig.submit(SIMING, notice("TB1")).id
    _go(rig)
    _until(rig, "2025-03-20")
    rig.submit(YANPING, receipt("TB1", "3"))
    _go(rig)
    assert _owed(rig, told) == [("350702001001", "2025-04-02", False, "wrong")]
    assert _mail(rig, SIMING) == ["notice.contraception_receipt"] and _history(rig, told) == ["1>2", "2>5", "5>6"]


def test_nothing_twice(rig: Rig) -> None:
    """The same notice is answered with the first receipt: by its MessageID, by its number, by its check under another number; another
    content under any of these keys is refused and names the first.
    """
    first = rig.submit(SIMING, notice("TB1", id_no="359901199005100022"), "m1")
    assert rig.submit(SIMING, notice("TB1", id_no="359901199005100022"), "m1").id == first.id
    again = rig.submit(SIMING, notice("TB1", id_no="359901199005100022"), "m2")
    assert again.duplicate and again.receipt == first.receipt
    for other in (
        notice("TB1", id_no="359901199005100022", result="1"),
        notice("TB2", id_no="359901199005100022"),
        notice("TB3", id_no="359901199005100022", unit="350203002000"),
    ):
        with pytest.raises(ClientError, match=r"Client\.Conflict"):
            rig.submit(SIMING, other)
    for fresh in (
        notice("TB4", id_no="359901199005100022", kind="2"),
        notice("TB5", id_no="359901199005100022", checked="2026-02-26"),
        notice("TB6", id_no="359901199005100022", org="426600322"),
    ):
        assert not rig.submit(SIMING, fresh).duplicate
    _go(rig)
    assert len(_mail(rig, YANPING)) == 4


def test_a_check_of_somebody_without_a_number(rig: Rig) -> None:
    """PersonKey is the personId where there is no number; without either only the notice number tells."""
    rig.submit(SIMING, notice("TB1", id_no="-", person_id="P1"))
    with pytest.raises(ClientError, match=r"Client\.Conflict"):
        rig.submit(SIMING, notice("TB2", id_no="-", person_id="P1"))
    assert not rig.submit(SIMING, notice("TB3", id_no="-", person_id="P2")).duplicate
    assert not rig.submit(SIMING, notice("TB4", id_no="-")).duplicate
    assert not rig.submit(SIMING, notice("TB5", id_no="-")).duplicate


def test_a_later_receipt_supersedes(rig: Rig) -> None:
    """A second receipt of the unit with another content is a correction: delivered, and the first answer's moment stands."""
    told = rig.submit(SIMING, notice("TB1")).id
    _go(rig)
    rig.submit(YANPING, receipt("TB1"))
    _go(rig)
    first = [dict(o) for o in rig.whole(told).obligations]
    rig.clock.advance(86_400)
    again = rig.submit(YANPING, receipt("TB1"))
    corrected = rig.submit(YANPING, receipt("TB1", "4"))
    assert again.duplicate and not corrected.duplicate
    _go(rig)
    assert _mail(rig, SIMING) == ["notice.contraception_receipt"] * 2
    assert [dict(o) for o in rig.whole(told).obligations] == first and rig.case(told).data["result"] == "4"
    late = rig.submit(YANPING, receipt("TB1", "2", correct=JIANYANG_UNIT)).id
    _go(rig)
    assert (rig.states(late), rig.whole(late).message["code"]) == (("filtered",), "received-already")


def test_strangers(rig: Rig) -> None:
    """A receipt of a unit that was not told is filtered; to a notice that never was it is unroutable; a foreign place is refused."""
    told = rig.submit(SIMING, notice("TB1")).id
    _go(rig)
    stranger = rig.submit(JIANYANG, receipt("TB1", unit=JIANYANG_UNIT)).id
    nothing = rig.submit(YANPING, receipt("TB7")).id
    _go(rig)
    assert (rig.states(stranger), rig.whole(stranger).message["code"]) == (("filtered",), "not-told")
    assert rig.states(nothing) == ("unroutable",) and rig.case(told).state == "2"
    with pytest.raises(ClientError, match=r"Client\.NotYourPlace"):
        rig.submit(JIANYANG, receipt("TB1", unit=YANPING_UNIT))


def test_refused_or_unknown_at_the_platform(rig: Rig) -> None:
    """A refused notice is closed and owes nothing that could be overdue; an unknown outcome has no base until it is known."""
    refused = rig.submit(SIMING, notice("TB1", hukou=ELSEWHERE)).id
    rig.plan()
    rig.attempt(Script([Rejected("1002")]))
    assert rig.case(refused).state == "6" and _owed(rig, refused)[0][1] is None
    unknown = rig.submit(SIMING, notice("TB2", hukou=ELSEWHERE)).id
    rig.plan()
    rig.attempt(Script([Unknown("cut")]))
    assert _owed(rig, unknown)[0][1] is None


def test_what_the_unit_sees(rig: Rig) -> None:
    """The unit of the place of hukou gets identity, place, check and what the hub filled in: no address, marriage or telephone."""
    rig.submit(SIMING, notice("TB1", id_no="359901199005100022"))
    _go(rig)
    (item,) = rig.store.mailbox(YANPING, 5, 60_000).result(5)
    body = parse(rig.machine.keyring.open(f"delivery_body|body|{item.delivery}", item.body))
    names = {str(e.tag).rpartition("}")[2] for e in body.iter()}
    assert {"idNo", "checkDate", "resolvedToDiv", "originSystem"} <= names
    assert not names & {"hukouAddr", "mobile", "maritalStatus", "personId"}


def test_without_a_basis_no_check_is_told(rig: Rig) -> None:
    """Groups G and H travel only under a declared legal basis: without one neither kind, day, result nor measure leaves the hub."""
    rig.with_flow(lambda flow: replace(flow, basis=BasisNeed()))
    rig.submit(SIMING, notice("TB1", id_no="359901199005100022"))
    _go(rig)
    (item,) = rig.store.mailbox(YANPING, 5, 60_000).result(5)
    body = parse(rig.machine.keyring.open(f"delivery_body|body|{item.delivery}", item.body))
    names = {str(e.tag).rpartition("}")[2] for e in body.iter()}
    assert "idNo" in names
    assert not names & {
        "checkKind",
        "checkDate",
        "pregnancyResult",
        "expectedDate",
        "iudResult",
        "contraception",
        "contraceptionDate",
    }


def test_how_a_notice_stands(rig: Rig) -> None:
    """The unit that tells may ask: state with its label, where it went, by when, the result; a stranger's answer is that of unknown."""
    told = rig.submit(SIMING, notice("TB1")).id
    _go(rig)
    rig.submit(YANPING, receipt("TB1", "4"))
    _go(rig)
    question = '<noticeStatus xmlns="urn:pophub:notice.status:1.0"><noticeNo>TB1</noticeNo></noticeStatus>'
    row = {str(e.tag).rpartition("}")[2]: e.text for e in put(rig, question.encode()).elements("notice")[0]}
    assert (row.pop("hubId") or "").startswith(f"{told}-")
    assert row == {
        "noticeType": "8", "state": "6", "stateTitle": "已关闭", "openedAt": "2026-03-02T09:00:00+08:00",
        "resolvedToDiv": "350702001001", "dueAt": "2026-04-01T23:59:59+08:00", "result": "4",
    }  # fmt: skip
    for answer in (put(rig, question.encode(), spoke=YANPING), put(rig, question.replace("TB1", "TB9").encode())):
        assert not answer.has("notice")
