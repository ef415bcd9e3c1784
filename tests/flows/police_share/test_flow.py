"""公安信息共享 through the hub: who gets a record, who never does, what is found again, and how a case query is answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.police.outbound import PolicePartner
from hub.contract.errors import ClientError, HubError
from hub.contract.message import Document
from hub.contract.query import Caps
from hub.contract.xml import parse, serialise
from hub.pipeline.query import ask
from hub.pipeline.questioning import Questioning
from hub.ports.records import Sealed
from hub.processes.query_desk import QueryDeskPooled
from tests.adapters.police.police_platform import Platform, platform
from tests.flows.police_share.records import (
    EMPLOYER,
    GULOU_UNIT,
    ID_NO,
    LANDLORD,
    NAME,
    POLICE,
    PREMISES,
    SIMING_UNIT,
    handling,
    record,
)
from tests.hub.pipeline.rig import Rig, wait_for

USER = "350203001L001"


def go(rig: Rig) -> None:
    """Plan everything and fill the mailboxes."""
    rig.plan()
    rig.fill_mailboxes()


def mailbox(rig: Rig, spoke: str) -> list[Document]:
    """The documents that lie in a spoke's mailbox."""
    keyring = rig.machine.keyring
    found = rig.rows(
        "SELECT d.id, b.body_key, b.body FROM delivery d JOIN delivery_body b ON b.delivery_id = d.id WHERE d.recipient = ? ORDER BY d.id",
        f"spoke:{spoke}",
    )
    return [Document(parse(keyring.open(f"delivery_body|body|{row[0]}", Sealed(row[1], row[2])))) for row in found]


def found_by(rig: Rig, key: str, value: str) -> int:
    """How many messages a search by the exact value finds."""
    hashes = rig.machine.keyring.indexes(f"search:{key}", value)
    marks = ", ".join("?" for _ in hashes)
    return int(rig.rows(f"SELECT count(*) FROM search_key WHERE name = ? AND hash IN ({marks})", key, *hashes)[0][0])


def test_a_candidate_reaches_its_unit_and_is_registered(rig: Rig) -> None:
    """PF1 and #36: the unit sees its view, and what it did closes the case."""
    pushed = rig.submit(POLICE, record(residenceDiv="350203610000")).id
    go(rig)
    (seen,) = mailbox(rig, "siming")
    assert (seen.text("resolvedDiv"), seen.text("filterResult"), seen.text("landlord")) == (SIMING_UNIT, "0", LANDLORD)
    assert not {"ethnicity", "permitNo", "updateTime", "policeOrgCode"} & {str(e.tag).rpartition("}")[2] for e in seen.root}
    assert rig.case(pushed).state == "0"
    handled = rig.submit("siming", handling()).id
    go(rig)
    assert rig.case(pushed).state == "1"
    assert rig.status(handled).state == "no_recipient"
    assert mailbox(rig, "fuzhou") == []


def test_a_filtered_record_reaches_nobody_and_is_found_by_its_number(rig: Rig) -> None:
    """PF2, PF3, PF10: no delivery, no case, no obligation, no timer; found by exact number or record number, not by name."""
    silent = rig.submit(POLICE, record(premisesKind="07", premisesName=None, landlord=None, employer=None)).id
    other = rig.submit(POLICE, record(policeRecordId="GA-2", premisesKind="06", idNo=None)).id
    go(rig)
    assert rig.states(silent) == rig.states(other) == ("filtered",)
    for table in ("delivery", "obligation", "timer", "cases"):
        names = [row[0] for row in rig.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE ?", f"{table}%")]
        assert [name for name in names if rig.rows(f"SELECT count(*) FROM {name}") != [(0,)]] == []
    assert found_by(rig, "idNo", ID_NO) == 1
    assert found_by(rig, "policeRecordId", "GA-2") == 1
    assert found_by(rig, "name", NAME) == found_by(rig, "idNo", ID_NO[:-1]) == 0


def test_pf5_an_unmapped_place_is_unroutable(rig: Rig) -> None:
    """It waits under its reason, and no unit gets it."""
    lost = rig.submit(POLICE, record(residenceDiv="350203690000")).id
    go(rig)
    assert rig.states(lost) == ("unroutable",)
    assert rig.whole(lost).message["code"] == "unmapped"


def test_pf6_the_same_record_again_runs_nothing(rig: Rig) -> None:
    """Same number and operation, equal content, another MessageID: the first answer, one delivery."""
    first = rig.submit(POLICE, record())
    again = rig.submit(POLICE, record())
    go(rig)
    assert (again.id, again.duplicate) == (first.id, True)
    assert len(mailbox(rig, "siming")) == 1


def test_pf7_two_numbers_for_one_stay_are_one_candidate(rig: Rig) -> None:
    """Another record number, the same person, place and day: one case, the newer version goes to the unit, either number closes it."""
    first = rig.submit(POLICE, record()).id
    other = rig.submit(POLICE, record(policeRecordId="GA-2", updateTime="2026-03-01T10:00:00+08:00")).id
    elsewhere = rig.submit(POLICE, record(policeRecordId="GA-3", registerDate="2026-03-02")).id
    go(rig)
    assert rig.case(first).id == rig.case(other).id != rig.case(elsewhere).id
    assert rig.rows("SELECT count(*) FROM case_file") == [(2,)]
    assert [d.text("policeRecordId") for d in mailbox(rig, "siming")] == ["GA-1", "GA-2", "GA-3"]
    rig.submit("siming", handling("GA-2"))
    go(rig)
    late = rig.submit("siming", handling("GA-1", what="2")).id
    go(rig)
    assert (rig.case(first).state, rig.case(elsewhere).state, rig.states(late)) == ("1", "0", ("filtered",))


def test_the_older_of_two_numbers_is_not_used(rig: Rig) -> None:
    """UpdateTime orders versions of one stay across numbers, too."""
    rig.submit(POLICE, record())
    older = rig.submit(POLICE, record(policeRecordId="GA-2", updateTime="2026-02-01T10:00:00+08:00")).id
    go(rig)
    assert rig.states(older) == ("filtered",)
    assert len(mailbox(rig, "siming")) == 1


def test_pf11_a_cancellation_closes_the_candidate(rig: Rig) -> None:
    """The unit that has it is told; the case is closed; a handling comes too late."""
    pushed = rig.submit(POLICE, record()).id
    go(rig)
    rig.submit(POLICE, record(opType="3", cancelKind="3", updateTime="2026-03-09T08:00:00+08:00"))
    go(rig)
    assert [d.text("opType") for d in mailbox(rig, "siming")] == ["1", "3"]
    assert rig.case(pushed).state == "4"
    late = rig.submit("siming", handling()).id
    go(rig)
    assert rig.states(late) == ("filtered",)


def test_only_the_unit_that_has_it_decides(rig: Rig) -> None:
    """Another unit's handling changes nothing, nor takes the sequence number away; a place beyond its own is refused at the door."""
    pushed = rig.submit(POLICE, record()).id
    go(rig)
    stranger = rig.submit("fuzhou", handling(unit=GULOU_UNIT)).id
    go(rig)
    assert (rig.states(stranger), rig.case(pushed).state) == (("filtered",), "0")
    with pytest.raises(ClientError, match="NotYourPlace"):
        rig.submit("fuzhou", handling(seq=2))
    rig.submit("siming", handling())
    go(rig)
    assert rig.case(pushed).state == "1"


def test_nothing_of_a_filtered_record_stands_in_clear(rig: Rig) -> None:
    """Neither the person nor the number of the record is in the database."""
    rig.submit(POLICE, record(premisesKind="07"))
    go(rig)
    rig.close()
    kept = b"".join(p.read_bytes() for p in (rig.home / "data").iterdir())
    for value in (NAME, ID_NO, LANDLORD, EMPLOYER, PREMISES):
        assert value.encode() not in kept


# -- the case query ------------------------------------------------------------------------------------------------


@pytest.fixture
def police(tmp_path: Path) -> Iterator[Platform]:
    """A platform."""
    with platform(tmp_path / "police.jsonl") as running:
        yield running


def asked(rig: Rig, url: str, name: str, number: str, spoke: str = "siming", **more: Any) -> str:
    """A case query over the wire; the answer as the spoke gets it."""
    desk = QueryDeskPooled(rig.machine.catalogue.adapters, lambda _a: PolicePartner({"url": url}), rig.machine.tap)
    rig.machine = replace(rig.machine, desk=desk)
    document = parse(
        f'<policeCase xmlns="urn:pophub:police.case:1.0"><name>{name}</name><idNo>{number}</idNo><purpose>2</purpose></policeCase>'.encode()
    )
    found = rig.machine.directory.named(spoke)
    assert found is not None
    work = Questioning("test", rig.machine.catalogue.queries["police.case"], document, found, **{"from_user": USER, **more})
    try:
        return serialise(ask(rig.machine, work)).decode()
    finally:
        desk.close()


def test_a_case_query_is_answered_masked(rig: Rig, police: Platform) -> None:
    """The real adapter over the wire: name and birth date masked, sex and places as they are, nothing else; it was on record first."""
    ((name, number),) = police.tell(people={"count": 1, "seed": 3})["people"]
    answer = parse(asked(rig, police.url, name, number).encode())
    (row,) = answer.findall("{*}record")
    told = {str(e.tag).rpartition("}")[2]: e.text or "" for e in row}
    assert set(told) == {"name", "sex", "birthDate", "hukouDiv", "residenceDiv"}
    assert (told["name"], told["birthDate"]) == (f"{name[0]}**", number[6:10])
    wait_for(lambda: rig.rows("SELECT state, rows, from_user, purpose FROM query") == [("answered", 1, USER, "2")])
    assert next(a for (a,) in rig.rows("SELECT action FROM audit WHERE action LIKE 'query%' ORDER BY segment, no")) == "query"


def test_it_is_on_record_before_the_police_are_asked(rig: Rig, police: Platform) -> None:
    """When the platform refuses, or nobody answers, the look is on record all the same; the refusal has no value in it."""
    police.fault("reject", code="12")
    with pytest.raises(HubError) as refusal:
        asked(rig, police.url, NAME, ID_NO)
    assert refusal.value.code == "Server.PartnerRefused"
    police.fault("hang")
    with pytest.raises(HubError) as late:
        asked(rig, police.url, NAME, ID_NO)
    assert late.value.code == "Server.Busy.Late"
    assert not [v for v in (NAME, ID_NO) if v in f"{refusal.value} {late.value} {refusal.value.zh} {late.value.zh}"]
    assert len(rig.rows("SELECT id FROM query")) == 2


def test_looks_are_capped_and_misses_count(rig: Rig, police: Platform) -> None:
    """Three looks a day at one person: the fourth is refused, although nobody was found."""
    rig.with_flow(
        lambda f: replace(
            f, queries=tuple(replace(q, caps=Caps(subject_day=3)) if q.name == "police.case" else q for q in f.queries)
        )
    )
    for _ in range(3):
        assert "<found>false</found>" in asked(rig, police.url, NAME, ID_NO)
    with pytest.raises(ClientError, match="QueryCap"):
        asked(rig, police.url, NAME, ID_NO)


def test_only_those_who_may_ask(rig: Rig, police: Platform) -> None:
    """The police's own spoke may not, nor a system that is no asker although it was granted the query, nor anybody without a user."""
    for more, code in (
        ({"spoke": POLICE}, "Client.Forbidden"),
        ({"spoke": "clinic"}, "Client.Forbidden"),
        ({"from_user": None}, "Client.Header"),
    ):
        with pytest.raises(ClientError, match=code):
            asked(rig, police.url, NAME, ID_NO, **more)
    assert police.tell(people={"count": 0})["people"] == []
