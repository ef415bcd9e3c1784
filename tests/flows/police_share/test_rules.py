"""The rules of 公安信息共享: candidates, filtered rows, versions, cancellations, handlings. Rows of PF by hand."""

from __future__ import annotations

import pytest

from hub.contract.case import Case
from hub.contract.decision import ToPlace, ToSpoke
from routes.police_share.states import CLOSED
from tests.flows.police_share.records import CANGSHAN_UNIT, SIMING, case, decided, floating_at, handling, record

LATER = "2026-03-05T09:30:00+08:00"
EARLIER = "2026-02-01T09:30:00+08:00"


def test_pf1_a_candidate_goes_to_its_place() -> None:
    """Complete, premises 01: sent to the residence with 0 and the division it was resolved to."""
    (send,) = decided(record()).sends
    assert (send.route, send.to, send.fill) == (
        "record-to-unit",
        ToPlace(SIMING),
        {"resolvedDiv": SIMING, "filterResult": "0"},
    )


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"premisesKind": "07"}, "filter.1"), ({"premisesKind": "06", "idNo": None}, "filter.2"), ({"idNo": None}, "filter.3")],
)
def test_pf2_to_4_filtered_rows_end_silently(changed: dict[str, str | None], why: str) -> None:
    """No send, no timer, no obligation, no case: nothing that anybody could be prompted by."""
    decision = decided(record(**changed))
    assert (decision.ended, decision.reason) == ("filtered", why)
    assert not (decision.sends or decision.moves or decision.timers or decision.emits or decision.data)


def test_pf5_an_unknown_code_waits_for_somebody() -> None:
    """Unknown but present: unroutable with a reason of its own, not filtered."""
    decision = decided(record(residenceDiv="350203690000"))
    assert (decision.ended, decision.reason, decision.sends) == ("unroutable", "unmapped", ())


def test_a_stations_code_becomes_its_township() -> None:
    """The candidate goes to the township of the table; the code itself stays in the record."""
    (send,) = decided(record(residenceDiv="350203610000")).sends
    assert (send.to, send.fill["resolvedDiv"]) == (ToPlace("350203001000"), "350203001000")


def test_pf8_managed_there_already() -> None:
    """4."""
    assert decided(record(), floating_at(SIMING)).reason == "filter.4"


def test_pf9_between_districts_of_one_city() -> None:
    """Hukou 350102, residence 350104: 5. Where the hukou is not told, nothing is judged."""
    assert decided(record(hukouDiv="350102000000", residenceDiv=CANGSHAN_UNIT)).reason == "filter.5"
    assert decided(record(hukouDiv=None, residenceDiv=CANGSHAN_UNIT)).sends


@pytest.mark.parametrize("state", ["0", *sorted(CLOSED)])
def test_pf11_a_cancellation_follows_the_candidate(state: str) -> None:
    """OpType 3: to the very spoke that has it, whatever became of it; an open candidate is closed."""
    decision = decided(record(opType="3", cancelKind="3", updateTime=LATER), known=case(state))
    (send,) = decision.sends
    assert send.to == ToSpoke("siming")
    assert [move.to for move in decision.moves] == (["4"] if state == "0" else [])


def test_a_cancellation_of_nothing_ends_silently() -> None:
    """The record was filtered, or never came."""
    assert decided(record(opType="3", cancelKind="3")).reason == "no-candidate"


def test_an_older_version_is_not_used() -> None:
    """UpdateTime orders versions: an older one changes nothing, an equal or newer one does."""
    for op in ("1", "2", "3", "4"):
        assert decided(record(opType=op, updateTime=EARLIER), known=case()).reason == "older"
    assert decided(record(opType="2", updateTime=LATER), known=case()).data["updated"] == LATER


def test_a_change_that_is_filtered_ends_the_candidate() -> None:
    """Moved into a hotel: nobody is told, the candidate is none any more; one that was handled stays as it was."""
    decision = decided(record(opType="2", premisesKind="06", updateTime=LATER), known=case())
    assert (decision.ended, [move.to for move in decision.moves], decision.sends) == ("filtered", ["5"], ())
    assert decided(record(opType="2", premisesKind="06", updateTime=LATER), known=case("1")).moves == ()


@pytest.mark.parametrize("what", ["1", "2"])
def test_the_unit_closes_its_candidate(what: str) -> None:
    """1 registered, 2 given up: the case moves there and remembers it."""
    decision = decided(handling(what=what), known=case(), sender="siming")
    assert ([move.to for move in decision.moves], decision.data) == ([what], {"handling": what})
    assert decision.sends == ()


def test_pf12_giving_up_in_bulk_needs_its_number() -> None:
    """3 with bulkNo moves each of 500 candidates; without it nothing changes."""
    for n in range(500):
        document = handling(f"GA-{n}", what="3", bulk="PL-1", reason="已搬离")
        assert [move.to for move in decided(document, known=case(), sender="siming").moves] == ["3"]
    assert decided(handling(what="3"), known=case(), sender="siming").reason == "no-bulk-number"


@pytest.mark.parametrize(
    ("document", "known", "sender", "why"),
    [
        (handling(), None, "siming", "no-record"),
        (handling(), case(), "jinjiang", "not-yours"),
        (handling(), case("1"), "siming", "closed-already"),
        (handling(), case("4"), "siming", "closed-already"),
        (handling(what="0"), case(), "siming", "undecided"),
    ],
)
def test_a_handling_that_changes_nothing_says_why(document: bytes, known: Case | None, sender: str, why: str) -> None:
    """Unknown, another unit's, closed, or no decision at all."""
    decision = decided(document, known=known, sender=sender)
    assert (decision.ended, decision.reason, decision.moves) == ("filtered", why, ())
