"""协查 handed on, taken back and confirmed: who gets what, who owes what until when, over the real store."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from hub.contract.outcome import Delivered
from tests.flows.enquiry.documents import (
    ELSEWHERE,
    JIANYANG_UNIT,
    SIMING_UNIT,
    YANPING_UNIT,
    feedback,
    request,
    returned,
    withdraw,
    withdrawn,
)
from tests.hub.pipeline.rig import CHINA, JIANYANG, PADIS, SIMING, YANPING, Rig, Script


def _ms(day: str, clock: str = "23:59:59.999") -> int:
    return int(datetime.fromisoformat(f"{day}T{clock}+08:00").timestamp() * 1000)


def _day(moment: int | None) -> str | None:
    return datetime.fromtimestamp(moment / 1000, CHINA).date().isoformat() if moment is not None else None


def _go(rig: Rig) -> None:
    rig.plan()
    rig.fill_mailboxes()


def _until(rig: Rig, day: str) -> None:
    """Move the clock to noon of a day."""
    rig.clock.advance((_ms(day, "12:00:00") - rig.clock.now()) / 1000)


def _owed(rig: Rig, message: int) -> list[tuple[Any, ...]]:
    """(kind, by, due day, answered, ended as), in the order in which they came to be."""
    return [
        (o["kind"], o["owed_by"], _day(o["due_at"]), o["answered_at"] is not None, o["ended_as"])
        for o in rig.whole(message).obligations
    ]


def _mail(rig: Rig, spoke: str) -> list[tuple[str, int]]:
    """What comes out of a mailbox: (channel, hub id), taken and acknowledged until it is empty (one in flight per lane)."""
    found: list[tuple[str, int]] = []
    while items := rig.store.mailbox(spoke, 50, 60_000).result(5):
        rig.store.acknowledge(spoke, [(i.message, i.lease) for i in items]).result(5)
        rig.fill_mailboxes()
        found += [(i.channel, i.message) for i in items]
    return found


def _asked(rig: Rig, no: str = "XC1", **more: Any) -> int:
    """An enquiry of Siming's at Yanping on 2025-03-03, effective the same day: due in 30 days, on 2025-04-02."""
    _until(rig, "2025-03-03")
    asked = rig.submit(SIMING, request(no, **more)).id
    _go(rig)
    return asked


RT = {  # requirements, return: 30 days from 2025-03-03; (returned on, new due day, what became of the old)
    "RT1": ("2025-03-07", "2025-04-02", "returned"),
    "RT2": ("2025-03-10", "2025-04-02", "returned"),
    "day six is late": ("2025-03-11", "2025-04-02", "late"),
    "RT3": ("2025-03-31", "2025-04-08", "late"),
}


@pytest.mark.parametrize("name", RT)
def test_return_moves_the_obligation(rig: Rig, name: str) -> None:
    """The next unit is due at the later of the old date and 5 working days; the first is out of it when it returned in time."""
    day, due, old = RT[name]
    asked = _asked(rig)
    _until(rig, day)
    back = rig.submit(YANPING, returned("XC1", suggested=JIANYANG_UNIT)).id
    _go(rig)
    assert _owed(rig, asked) == [
        ("feedback", "350702001001", "2025-04-02", False, old), ("feedback", JIANYANG_UNIT, due, False, None),
    ]  # fmt: skip
    assert rig.states(back) == ("no_recipient",) and rig.whole(back).message["code"] == "return.suggested"


def test_the_enquiry_itself_goes_to_the_next_unit(rig: Rig) -> None:
    """The unit suggested gets the enquiry, as a message of its own, told that it was handed on; its answer closes the case (RT4)."""
    asked = _asked(rig)
    ((_, first),) = _mail(rig, YANPING)
    _until(rig, "2025-03-31")
    rig.submit(YANPING, returned("XC1", suggested=JIANYANG_UNIT))
    _go(rig)
    ((channel, second),) = _mail(rig, JIANYANG)
    assert (channel, first) == ("enquiry.request", asked) and second != asked
    assert rig.rows("SELECT message_id FROM derived_message") == [(second,)]
    assert rig.status(second).receipt is None
    assert [d.recipient for d in rig.status(second).deliveries] == [f"spoke:{JIANYANG}"]
    assert rig.case(asked).data["hops"] == "1" and rig.case(asked).state == "2"
    _until(rig, "2025-04-07")
    rig.submit(JIANYANG, feedback("XC1", unit=JIANYANG_UNIT))
    _go(rig)
    assert rig.case(asked).state == "6"
    assert [(o[3], o[4]) for o in _owed(rig, asked)] == [(False, "late"), (True, None)]
    assert [c for c, _ in _mail(rig, SIMING)] == ["enquiry.feedback"]


def test_the_first_unit_answers_no_more(rig: Rig) -> None:
    """After its return a unit's feedback is a stranger's."""
    _asked(rig)
    rig.submit(YANPING, returned("XC1", suggested=JIANYANG_UNIT))
    late = rig.submit(YANPING, feedback("XC1")).id
    _go(rig)
    assert (rig.states(late), rig.whole(late).message["code"]) == (("filtered",), "not-asked")


def test_returned_to_and_fro(rig: Rig) -> None:
    """RT5: handed back to the first it is a new obligation of the first, counted by itself, and a new message."""
    asked = _asked(rig)
    rig.submit(YANPING, returned("XC1", suggested=JIANYANG_UNIT))
    _go(rig)
    rig.submit(JIANYANG, returned("XC1", unit=JIANYANG_UNIT, suggested="350702001000"))
    _go(rig)
    assert [(o[1], o[4]) for o in _owed(rig, asked)] == [
        ("350702001001", "returned"), (JIANYANG_UNIT, "returned"), ("350702001000", None),
    ]  # fmt: skip
    assert rig.case(asked).data["hops"] == "2"
    assert len({hub for _, hub in _mail(rig, YANPING)}) == 2
    answer = rig.submit(YANPING, feedback("XC1")).id
    _go(rig)
    assert rig.states(answer) == ("planned", "pending")


@pytest.mark.parametrize("suggested", ["", SIMING_UNIT, "350203001009", YANPING_UNIT])
def test_return_without_a_useful_place_goes_to_the_province(rig: Rig, suggested: str) -> None:
    """R9: without a place, or with the applicant's or the returning unit's own, it is for the province queue; nobody serves it here."""
    asked = _asked(rig)
    back = rig.submit(YANPING, returned("XC1", suggested=suggested)).id
    _go(rig)
    assert rig.states(back) == ("unroutable",) and rig.case(asked).data["asked"] == "350000000000"
    assert rig.case(asked).state == "4"


def test_return_across_the_border(rig: Rig) -> None:
    """An enquiry of ours goes out to the platform when the place suggested lies beyond the border, under a new key."""
    asked = _asked(rig)
    rig.submit(YANPING, returned("XC1", suggested=ELSEWHERE))
    rig.plan()
    partner = Script([Delivered()])
    rig.attempt(partner, PADIS)
    ((document, key),) = partner.called
    assert b"<FQXT>FJFPIS</FQXT><XCH>XC1</XCH>" in document and b"<PFDQH>360102001001</PFDQH><PFYJ>4</PFYJ>" in document
    assert rig.case(asked).state == "2" and key.startswith("FJ-")
    answer = rig.submit("padis", feedback("XC1", unit=ELSEWHERE)).id
    _go(rig)
    assert rig.states(answer) == ("planned", "pending")


def test_the_platforms_enquiry_is_handed_back_to_it(rig: Rig) -> None:
    """What the platform asked and does not belong here goes back to it as a return, and the case is closed when it has it."""
    _until(rig, "2025-03-03")
    asked = rig.submit("padis", request("P1", applicant=ELSEWHERE)).id
    _go(rig)
    back = rig.submit(YANPING, returned("P1", origin_system="PADIS", suggested="440106001000")).id
    rig.plan()
    partner = Script([Delivered()])
    rig.attempt(partner, PADIS)
    assert partner.called[0][0].endswith(b"</XCTH>") and b"<JYDQH>440106001</JYDQH>" in partner.called[0][0]
    assert rig.states(back) == ("planned", "delivered") and rig.case(asked).state == "6"
    assert [o[4] for o in _owed(rig, asked)] == ["returned"]


def test_the_platform_returns(rig: Rig) -> None:
    """The other province says that it is not its person; the enquiry goes to the unit of ours it suggests."""
    _until(rig, "2025-03-03")
    asked = rig.submit(SIMING, request("XC1", stated=ELSEWHERE)).id
    rig.plan()
    rig.attempt(Script([Delivered()]), PADIS)
    rig.submit("padis", returned("XC1", unit=ELSEWHERE, suggested=YANPING_UNIT))
    _go(rig)
    assert [c for c, _ in _mail(rig, YANPING)] == ["enquiry.request"] and rig.case(asked).data["answerer"] == "spoke:yanping"


def test_withdrawal(rig: Rig) -> None:
    """R10: the unit asked is told, confirms, and the obligation ends uncounted; the person may be asked about again."""
    asked = _asked(rig, id_no="359901199005100022")
    rig.submit(SIMING, withdraw("XC1"))
    _go(rig)
    assert [c for c, _ in _mail(rig, YANPING)] == ["enquiry.request", "enquiry.withdraw"] and rig.case(asked).state == "5"
    assert _owed(rig, asked)[1] == ("removal", "350702001001", "2025-03-10", False, None)
    rig.submit(YANPING, withdrawn("XC1"))
    _go(rig)
    assert rig.case(asked).state == "6" and [c for c, _ in _mail(rig, SIMING)] == ["enquiry.withdrawn"]
    assert [(o[0], o[3], o[4]) for o in _owed(rig, asked)] == [("feedback", False, "withdrawn"), ("removal", True, None)]
    again = rig.submit(SIMING, request("XC2", id_no="359901199005100022"))
    assert not again.duplicate
    late = rig.submit(YANPING, feedback("XC1")).id
    _go(rig)
    assert (rig.states(late), rig.whole(late).message["code"]) == (("filtered",), "withdrawn-already")


def test_withdrawal_that_is_refused(rig: Rig) -> None:
    """A unit that did not remove the enquiry still owes its answer."""
    asked = _asked(rig)
    rig.submit(SIMING, withdraw("XC1"))
    rig.submit(YANPING, withdrawn("XC1", removed="false"))
    _go(rig)
    assert rig.case(asked).state == "2"
    assert [(o[0], o[3], o[4]) for o in _owed(rig, asked)] == [("feedback", False, None), ("removal", True, None)]


def test_answer_and_withdrawal_cross(rig: Rig) -> None:
    """An answer that was on its way when the enquiry was taken back is delivered; the confirmation then closes the case."""
    asked = _asked(rig)
    rig.submit(SIMING, withdraw("XC1"))
    answer = rig.submit(YANPING, feedback("XC1")).id
    rig.submit(YANPING, withdrawn("XC1"))
    _go(rig)
    assert rig.states(answer) == ("planned", "pending") and rig.case(asked).state == "6"
    assert _owed(rig, asked)[0][3:] == (True, None)


@pytest.mark.parametrize(("sender", "document", "code"), [
    (YANPING, withdraw("XC1"), "not-asker"), (JIANYANG, withdraw("XC1"), "not-asker"), (JIANYANG, withdrawn("XC1"), "not-asked"),
    (YANPING, withdrawn("XC1"), "not-withdrawn"), (JIANYANG, returned("XC1", unit=JIANYANG_UNIT), "not-asked"),
    (SIMING, returned("XC1", unit=SIMING_UNIT), "not-asked"),
])  # fmt: skip
def test_strangers_change_nothing(rig: Rig, sender: str, document: bytes, code: str) -> None:
    """Only who asked takes an enquiry back, only who was asked returns it or confirms, and only what was taken back."""
    asked = _asked(rig)
    sent = rig.submit(sender, document).id
    _go(rig)
    assert (rig.states(sent), rig.whole(sent).message["code"], rig.case(asked).state) == (("filtered",), code, "2")


def test_too_late_to_return_or_withdraw(rig: Rig) -> None:
    """What has been answered is neither given back nor taken back."""
    _asked(rig)
    rig.submit(YANPING, feedback("XC1"))
    sent = [rig.submit(SIMING, withdraw("XC1")).id, rig.submit(YANPING, returned("XC1", suggested=JIANYANG_UNIT)).id]
    _go(rig)
    assert [rig.whole(m).message["code"] for m in sent] == ["answered-already"] * 2


def test_a_repeated_withdrawal_is_the_same(rig: Rig) -> None:
    """Policy "same": a second withdrawal of the enquiry is answered with the first receipt, whatever its reason."""
    _asked(rig)
    first, second = rig.submit(SIMING, withdraw("XC1")), rig.submit(SIMING, withdraw("XC1", reason="1"))
    assert second.duplicate and second.receipt == first.receipt


def test_withdrawal_of_what_nobody_got(rig: Rig) -> None:
    """An enquiry that went nowhere is closed by its withdrawal at once."""
    asked = rig.submit(SIMING, request("XC1", stated="350301001000")).id
    rig.plan()
    rig.submit(SIMING, withdraw("XC1"))
    rig.plan()
    assert rig.case(asked).state == "6"


def test_a_handed_on_enquiry_is_overdue_by_its_last_date(rig: Rig) -> None:
    """The timer of the unit that returned in time marks nothing; that of the next unit does."""
    from routes.enquiry.rules import due
    from tests.flows.enquiry.messages import case

    handed_on = case(hops="1")
    assert due("feedback due", handed_on).data == {} and due("feedback due 1", handed_on).data == {"overdue": "1"}
