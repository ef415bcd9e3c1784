"""Queries: who may ask, what is on record before anybody looks, how much, what is shown, and what becomes of a partner's nonsense."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import generate_latest

from hub.backends.meter_prometheus import MeterPrometheus
from hub.contract.errors import ClientError, HubError, ServerError
from hub.contract.outcome import Rejected
from hub.contract.query import Asker, Caps
from hub.contract.xml import parse, serialise
from hub.ports.promise import Promise
from hub.ports.spoke_registry import Spoke
from tests.flows.enquiry.documents import ELSEWHERE, SIMING_UNIT, YANPING_UNIT, feedback, request
from tests.hub.pipeline.asking import ID_NO, NAME, OTHER, USER, Platform, case_question, known, put, status_question, with_desk
from tests.hub.pipeline.rig import SIMING, YANPING, Rig, wait_for


def refused(rig: Rig, question: bytes, **more: Any) -> HubError:
    """The error of a question; it says nothing that was asked or answered."""
    with pytest.raises(HubError) as found:
        put(rig, question, **more)
    said = f"{found.value.code} {found.value.zh} {found.value.en} {found.value.path} {found.value.facts} {found.value}"
    assert not [value for value in (NAME, ID_NO, OTHER, "XC1", "19900510") if value in said]
    return found.value


def records(rig: Rig) -> list[tuple[Any, ...]]:
    """What is on record of queries: state, code, rows, user, purpose."""
    return rig.rows("SELECT state, code, rows, from_user, purpose FROM query ORDER BY id")


def audited(rig: Rig) -> list[tuple[str, str]]:
    """Audit records of queries: action and result."""
    return rig.rows("SELECT action, result FROM audit WHERE action LIKE 'query%' ORDER BY segment, no")


def change(rig: Rig, name: str, **changes: Any) -> None:
    """Run with another declaration of a query."""
    rig.with_flow(lambda f: replace(f, queries=tuple(replace(q, **changes) if q.name == name else q for q in f.queries)))


def spoke(rig: Rig, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Let Siming's spoke be registered otherwise."""
    found = rig.machine.directory.named(SIMING)
    assert isinstance(found, Spoke)
    other = replace(found, **changes)
    monkeypatch.setattr(rig.machine.directory, "named", lambda _name: other)


# -- the case query ------------------------------------------------------------------------------------------------


def test_a_case_query_is_answered_masked(rig: Rig) -> None:
    """The platform is asked in its words for no more than its view; the asking unit sees the minimum, name and birth date masked."""
    with_desk(rig, platform := Platform())
    answer = put(rig, case_question(div="350102001000"))
    assert platform.asked == [f"<GACX><XM>{NAME}</XM><ZJHM>{ID_NO}</ZJHM><CXMD>LR</CXMD></GACX>".encode()]
    assert serialise(answer.root).decode() == (
        '<enquiryCaseReply xmlns="urn:pophub:enquiry.case_reply:1.0"><found>true</found><more>false</more><person><name>阿**</name>'
        "<sex>2</sex><birthDate>1990</birthDate><hukouDiv>350102001000</hukouDiv><residenceDiv>310104000000</residenceDiv>"
        "<maritalStatus>21</maritalStatus><ecertStatus>1</ecertStatus></person></enquiryCaseReply>"
    )
    wait_for(lambda: records(rig) == [("answered", None, 1, USER, "2")])
    assert audited(rig) == [("query", f"enquiry.case {USER}"), ("query end", "answered 1")]


def test_nothing_of_question_or_answer_is_kept(rig: Rig) -> None:
    """Neither the person asked about nor the answer stands anywhere in the database, only a keyed hash."""
    with_desk(rig, Platform())
    put(rig, case_question())
    wait_for(lambda: records(rig)[0][0] == "answered")
    rig.close()
    kept = b"".join(p.read_bytes() for p in (rig.home / "data").iterdir())
    for value in (NAME, ID_NO, "19900510", "1990-05-10"):
        assert value.encode() not in kept


def test_it_is_on_record_before_the_partner_is_asked(rig: Rig) -> None:
    """When the partner hears of it, another connection to the database sees the record and its audit, committed."""
    seen: list[Any] = []

    def look() -> None:
        with sqlite3.connect(rig.home / "data" / "pophub.db") as beside:
            seen.append(beside.execute("SELECT state FROM query").fetchall())
            seen.append(beside.execute("SELECT count(*) FROM audit WHERE action = 'query'").fetchone())

    with_desk(rig, Platform(before=look))
    put(rig, case_question())
    assert seen == [[("asked",)], (1,)]


def test_nobody_looks_without_a_record(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that cannot be written, or not in time, ends the query before the partner hears of it."""
    with_desk(rig, platform := Platform())
    failed: Promise[str | None] = Promise()
    failed.set_exception(RuntimeError("disk"))
    monkeypatch.setattr(type(rig.machine.queries), "ask", lambda *_: failed)
    assert refused(rig, case_question()).code == "Server.Unavailable"
    monkeypatch.setattr(type(rig.machine.queries), "ask", lambda *_: Promise())
    change(rig, "enquiry.case", budget=0.05)
    assert refused(rig, case_question()).code == "Server.Busy"
    assert platform.asked == []


def test_the_store_is_not_read_without_a_record(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub's own cases are looked at only after the record, too."""
    failed: Promise[str | None] = Promise()
    failed.set_exception(RuntimeError("disk"))
    monkeypatch.setattr(type(rig.machine.queries), "ask", lambda *_: failed)
    monkeypatch.setattr(type(rig.machine.queries), "cases", lambda *_: pytest.fail("looked"))
    assert refused(rig, status_question("XC1")).code == "Server.Unavailable"


def test_a_crash_between_record_and_end_leaves_the_record(rig: Rig) -> None:
    """Whatever breaks while the partner is asked, that it was asked stays on record and counts."""

    def crash() -> None:
        raise SystemExit

    with_desk(rig, Platform(before=crash))
    with pytest.raises(SystemExit):
        put(rig, case_question())
    assert [state for state, *_ in records(rig)] in (["asked"], ["failed"])
    assert rig.rows("SELECT DISTINCT n FROM query_count") == [(1,)]


# -- who may ask ---------------------------------------------------------------------------------------------------


def test_who_may_not_ask(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """No grant, a system that the query does not serve, a unit elsewhere, no user: refused, unrecorded, unasked."""
    with_desk(rig, platform := Platform())
    assert refused(rig, case_question(), from_div=YANPING_UNIT).code == "Client.NotYourPlace"
    assert refused(rig, case_question(), from_user=None).code == "Client.Header"
    spoke(rig, monkeypatch, asks=frozenset({"enquiry.status"}))
    assert refused(rig, case_question()).code == "Client.Forbidden"
    spoke(rig, monkeypatch, system="PHC")
    assert refused(rig, case_question()).code == "Client.Forbidden"
    assert (platform.asked, records(rig)) == ([], [])


def test_production_needs_a_basis(rig: Rig) -> None:
    """Without a declared legal basis in force no query is answered in production."""
    with_desk(rig, platform := Platform())
    rig.machine = replace(rig.machine, synthetic_only=False)
    assert refused(rig, case_question()).code == "Client.NoBasis"
    assert platform.asked == []


@pytest.mark.parametrize("question", [
    case_question(id_no="110101199003070017"), case_question(purpose="9"), case_question(name=""), case_question(name=" "),
    status_question(since="2026-02-30"), status_question(state="9"),
    b'<enquiryStatus xmlns="urn:pophub:enquiry.status:1.0"/>',
])  # fmt: skip
def test_wrong_questions(rig: Rig, question: bytes) -> None:
    """A question that its schema or the profile refuses is nobody's look."""
    with_desk(rig, platform := Platform())
    assert isinstance(refused(rig, question), ClientError)
    assert (platform.asked, records(rig)) == ([], [])


def test_each_asker_gets_its_own_view(rig: Rig) -> None:
    """The view follows the asker's kind; a view that does not exist shows nothing rather than everything."""
    with_desk(rig, Platform())
    change(rig, "enquiry.case", askers=(Asker("nobody_yet", frozenset({"FJFPIS"})),))
    assert refused(rig, case_question()).code == "Server.Internal"


# -- how much ------------------------------------------------------------------------------------------------------


def cap(rig: Rig, name: str = "enquiry.case", **caps: int) -> None:
    """Run with these caps, as the settings would say."""
    rig.machine = replace(rig.machine, caps={name: replace(Caps(), **caps)})


def test_a_user_has_a_cap_and_misses_count(rig: Rig) -> None:
    """Misses use the cap up like hits; another user of the spoke has one of its own; tomorrow is another day."""
    with_desk(rig, platform := Platform([known()]))
    cap(rig, user_day=2)
    for _ in range(2):
        assert put(rig, case_question()).text("found") == "false"
    assert refused(rig, case_question(id_no=OTHER)).code == "Client.QueryCap"
    assert put(rig, case_question(), from_user="350203001L002").text("found") == "false"
    rig.clock.advance(86_400)
    assert put(rig, case_question()).text("found") == "false"
    assert len(platform.asked) == 4
    assert ("query", f"enquiry.case {USER} cap user") in audited(rig)


def test_a_spoke_has_a_cap_over_all_its_users(rig: Rig) -> None:
    """What a spoke asserts of its users does not get round its own cap; another spoke is not touched."""
    with_desk(rig, Platform([known()]))
    cap(rig, spoke_day=3)
    for n in range(3):
        put(rig, case_question(), from_user=f"U{n}")
    assert refused(rig, case_question(), from_user="U9").code == "Client.QueryCap"
    put(rig, case_question(), spoke=YANPING)


def test_a_person_has_a_cap_over_all_askers(rig: Rig) -> None:
    """One person is looked at so often a day and no more, under whatever name; others are not touched."""
    with_desk(rig, Platform([known()]))
    cap(rig, subject_day=2)
    put(rig, case_question())
    put(rig, case_question(name="别名"), spoke=YANPING)
    assert refused(rig, case_question()).code == "Client.QueryCap"
    put(rig, case_question(id_no=OTHER))


def test_a_look_counts_as_its_rows(rig: Rig) -> None:
    """Five rows are five of the day's looks."""
    with_desk(rig, Platform([known(*[(f"人{n}", "3") for n in range(5)])]))
    cap(rig, user_day=5)
    put(rig, case_question())
    wait_for(lambda: records(rig)[0][0] == "answered")
    assert refused(rig, case_question()).code == "Client.QueryCap"


def test_rows_beyond_the_cap_are_cut_and_said(rig: Rig) -> None:
    """No more rows than the cap; ``more`` says that there are."""
    with_desk(rig, Platform([known(*[(f"人{n}", "3") for n in range(5)])]))
    cap(rig, rows=3)
    answer = put(rig, case_question())
    assert (len(answer.elements("person")), answer.text("more")) == (3, "true")


def test_a_cap_holds_when_many_ask_at_once(rig: Rig) -> None:
    """Counted and refused in one transaction: of a group of ten in one commit exactly the cap passes."""
    cap(rig, "enquiry.status", user_day=4)
    from concurrent.futures import ThreadPoolExecutor

    def one(_: int) -> str:
        try:
            put(rig, status_question())
        except ClientError as fault:
            return fault.code
        return "ok"

    with ThreadPoolExecutor(10) as pool:
        ends = list(pool.map(one, range(10)))
    assert sorted(ends) == ["Client.QueryCap"] * 6 + ["ok"] * 4


# -- what a partner may do -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "code"), [
    (OSError("reply.malformed"), "Server.PartnerFailed"),
    (ValueError(NAME), "Server.PartnerFailed"),
    (Rejected("1002"), "Server.PartnerRefused"),
    (parse(f"<GAJG><SFCZ>1</SFCZ><SFYG>0</SFYG><RY><XM>{NAME}</XM></RY></GAJG>".encode()), "Server.PartnerFailed"),
    (parse(b"<XCHZ/>"), "Server.PartnerFailed"),
    (known((NAME + "\u3000", "3")), None),
    (None, "Server.PartnerFailed"),
    ("text", "Server.PartnerFailed"),
])  # fmt: skip
def test_a_partner_that_answers_nonsense(rig: Rig, answer: Any, code: str | None, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing a partner answers reaches the asker unless it satisfies the partner's schema, ours and the view; nothing leaks."""
    with_desk(rig, Platform([answer]))
    if code is None:
        assert put(rig, case_question()).text("person/name") == "阿**"
        return
    assert refused(rig, case_question()).code == code
    wait_for(lambda: records(rig) == [("failed", code, 0, USER, "2")])
    assert NAME not in caplog.text


def test_a_day_that_is_none(rig: Rig) -> None:
    """A date that the partner's schema takes and ours does not is the partner's failure, not ours to pass on."""
    wrong = known((NAME, "3"))
    wrong[2][2].text = "19900230"
    with_desk(rig, Platform([wrong]))
    assert refused(rig, case_question()).code == "Server.PartnerFailed"


def test_without_a_desk_nobody_is_asked(rig: Rig) -> None:
    """A process that does not answer queries says busy."""
    fault = refused(rig, case_question())
    assert (fault.code, isinstance(fault, ServerError), records(rig)) == ("Server.Busy.Query", True, [])


# -- the status query ----------------------------------------------------------------------------------------------


def opened(rig: Rig, no: str, **more: Any) -> int:
    """An enquiry of Siming's, planned and in the asked unit's mailbox; its hub id."""
    message = rig.submit(SIMING, request(no, **more)).id
    rig.plan()
    rig.fill_mailboxes()
    return message


def test_how_an_enquiry_stands(rig: Rig) -> None:
    """From dispatch to the answer: state with its label, where it went, by when, and the result; nothing about the person."""
    opened(rig, "XC1")
    rows = [put(rig, status_question("XC1"))]
    rig.submit(YANPING, feedback("XC1"))
    rig.plan()
    rig.fill_mailboxes()
    rows.append(put(rig, status_question("XC1")))
    told = [{e.tag.rpartition("}")[2]: e.text for e in row.elements("enquiry")[0]} for row in rows]
    hub_id = told[0].pop("hubId")
    assert hub_id == told[1].pop("hubId")
    assert told[0] == {
        "enquiryType": "1", "state": "2", "stateTitle": "已派发", "openedAt": "2026-03-02T09:00:00+08:00",
        "resolvedToDiv": "350702001001", "dueAt": "2026-04-01T23:59:59+08:00",
    }  # fmt: skip
    assert told[1] == {**told[0], "state": "6", "stateTitle": "已关闭", "result": "4"}


def test_the_hub_id_is_that_of_the_receipt(rig: Rig) -> None:
    """The asker knows its enquiry by the hub id it got when it submitted."""
    message = opened(rig, "XC1")
    (shown,) = put(rig, status_question("XC1")).texts("enquiry/hubId")
    assert shown.startswith(f"{message}-")


@pytest.mark.parametrize("more", [{"spoke": YANPING}, {"spoke": YANPING, "from_div": YANPING_UNIT}, {"from_div": "350203002000"}])
def test_somebody_elses_enquiry_looks_like_unknown(rig: Rig, more: Any) -> None:
    """The unit that was asked, another unit, and a number that nobody used: the same empty answer."""
    opened(rig, "XC1")
    answers = [serialise(put(rig, status_question(no), **more).root) for no in ("XC1", "XC9")]
    assert answers[0] == answers[1]
    assert b"<enquiry>" not in answers[0]
    days = put(rig, status_question(), **more)
    assert days.texts("enquiry/hubId") == ()


def test_another_system_of_the_same_place_sees_nothing(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """An enquiry is its asking system's; a neighbour application with the same places does not see it."""
    opened(rig, "XC1")
    spoke(rig, monkeypatch, system="FJPIS")
    assert put(rig, status_question("XC1")).texts("enquiry/hubId") == ()
    assert put(rig, status_question()).texts("enquiry/hubId") == ()


def test_the_enquiries_of_some_days(rig: Rig) -> None:
    """By the day of opening in Beijing, the last day included; by state; by unit; newest first; cut at the cap."""
    first = opened(rig, "XC1")
    rig.clock.advance(14.9 * 3600)
    second = opened(rig, "XC2", applicant="350203002000", stated=ELSEWHERE)
    rig.clock.advance(0.2 * 3600)
    third = opened(rig, "XC3")

    def ids(*question: Any, **more: Any) -> list[int]:
        return [int(i.partition("-")[0]) for i in put(rig, status_question(*question), **more).texts("enquiry/hubId")]

    assert ids("", "2026-03-02", "2026-03-02") == [second, first]
    assert ids("", "2026-03-02", "2026-03-03") == [third, second, first]
    assert ids("", "2026-03-03", "2026-03-03") == [third]
    assert ids("", "2026-03-04", "2026-03-02") == []
    assert ids("", "2026-03-02", "2026-03-03", "1") == [second]
    assert ids("", "2026-03-02", "2026-03-03", from_div=SIMING_UNIT) == [third, first]
    cap(rig, "enquiry.status", rows=2)
    answer = put(rig, status_question("", "2026-03-02", "2026-03-03"))
    assert (len(answer.elements("enquiry")), answer.text("more")) == (2, "true")


@pytest.mark.parametrize(("answers", "question", "outcome"), [
    ((known((NAME, "3")),), case_question(), "answered"), ((known(),), case_question(), "missed"),
    ((OSError(),), case_question(), "failed"), ((known(),), case_question(purpose="9"), "refused"), (None, case_question(), "shed"),
])  # fmt: skip
def test_every_end_is_counted(rig: Rig, answers: Any, question: bytes, outcome: str) -> None:
    """Each query once, by how it ended; the system's places are free again afterwards."""
    if answers:
        with_desk(rig, Platform(answers))
    meter = MeterPrometheus([], ["padis"], rig.machine.catalogue.queries)
    rig.machine = replace(rig.machine, meter=meter)
    with contextlib.suppress(HubError):
        put(rig, question)
    assert f'pophub_queries_total{{outcome="{outcome}",query="enquiry.case"}} 1.0' in generate_latest(meter.registry).decode()
