"""What operators see beyond single messages: causes and effects, records and their batches, parts, tickets, counts; no value, no ticket."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from hub.contract.message import show_hub_id
from hub.contract.outcome import Pending, PerRecord, RecordResult
from hub.contract.xml import parse
from hub.pipeline.batch_line import Line
from tests.flows.enquiry.documents import feedback, request
from tests.hub.batches.batch_rig import BatchRig, enquiries, wrapped
from tests.hub.control_bus.conftest import Cli
from tests.hub.pipeline.rig import PADIS, SIMING, Rig
from tests.hub.pipeline.sending import Collected, make, records, sending
from tests.hub.pipeline.test_emit import _emitting

TICKET = "T-359901199001011234"


@pytest.fixture
def way(rig: Rig, tmp_path: Path) -> Line:
    return sending(rig, tmp_path / "schemas")


def _told(cli: Cli, rig: Rig, *words: str) -> Any:
    return json.loads(cli(*words, "--json", home=rig.home).stdout)


def _attempt(rig: Rig, partner: Collected) -> None:
    from hub.pipeline.deliver import attempt

    for claimed in rig.store.claim(PADIS, 16, "one", 30_000, tickets=True).result(5):
        outcome, called = attempt(rig.machine, partner, rig.operation(claimed), claimed)
        rig.settle(claimed, outcome, called=called)


def _judged(*, code: str = "2") -> PerRecord:
    return PerRecord((RecordResult(1, "accepted", "0"), RecordResult(2, "rejected", code)))


def test_a_message_of_the_hubs_own_shows_its_cause(rig: Rig, cli: Cli) -> None:
    """Both ways: the cause lists what it made, what was made names its cause, with channels; the trace tells it in the order of time."""
    _emitting(rig, feedback("E-1"), feedback("E-2"), seen=[])
    cause = show_hub_id(rig.submit(SIMING, request("E-1")).id)
    rig.clock.advance(1)
    rig.plan()
    shown = _told(cli, rig, "message", "show", cause)
    assert [(m["channel"], m["state"]) for m in shown["made"]] == [("enquiry.feedback", "filtered")] * 2
    made = shown["made"][0]["hubId"]
    other = _told(cli, rig, "message", "show", made)
    assert (other["cause"]["hubId"], other["cause"]["channel"], other["made"]) == (cause, "enquiry.request", [])
    steps = _told(cli, rig, "message", "trace", cause)["steps"]
    assert [s["at"] for s in steps] == sorted(s["at"] for s in steps)
    assert [s["about"] for s in steps if s["what"] == "made"] == [m["hubId"] for m in shown["made"]]
    assert steps[0]["what"] == "accepted"
    first = _told(cli, rig, "message", "trace", made)["steps"][0]
    assert (first["what"], first["about"], first["result"]) == ("caused", cause, "enquiry.request")
    lines = cli("message", "show", cause, home=rig.home).stdout + cli("message", "trace", made, home=rig.home).stdout
    assert f"产生 made {made} enquiry.feedback 已过滤(filtered)" in lines
    assert "起因(caused)" in lines


def test_a_record_shows_its_batch_and_number(rig: Rig, cli: Cli) -> None:
    """A message that came as the third record of a batch, behind a bad one; one that came alone has none."""
    batch = BatchRig(rig)
    row, _ = batch.receive(wrapped(enquiries(1, 2, 3, bad=(2,))))
    batch.split()
    ((third,),) = rig.rows("select message_id from batch_record where no = 3")
    of = show_hub_id(third)
    assert _told(cli, rig, "message", "show", of)["record"] == {
        "batch": show_hub_id(row.id),
        "name": "enquiry.requests",
        "number": 3,
    }
    assert f"批次记录(record) {show_hub_id(row.id)} enquiry.requests #3" in cli("message", "trace", of, home=rig.home).stdout
    alone = show_hub_id(rig.submit(SIMING, request("A-9")).id)
    assert _told(cli, rig, "message", "show", alone)["record"] is None


def test_parts_tickets_and_counts_of_a_batch_that_went_out(rig: Rig, cli: Cli, way: Line) -> None:
    """Each part with its number, that there is a ticket and when it is asked about; then its records by state; the ticket's text nowhere."""
    batch = make(rig, way, records("A-1", "A-2", "A-3"))
    assert batch is not None
    shown = show_hub_id(batch.message.id)
    partner = Collected(
        deliveries=[Pending(TICKET, poll_after=5)], results=[_judged(code=TICKET), PerRecord((RecordResult(3, "accepted", "0"),))]
    )
    _attempt(rig, partner)
    parts = _told(cli, rig, "message", "show", shown)["deliveries"]
    assert [(p["part"], p["ticket"], p["askAt"][-6:], p["records"]) for p in parts] == [
        (1, True, "+08:00", {}),
        (2, True, "+08:00", {}),
    ]
    said = cli("message", "show", shown, home=rig.home).stdout
    assert "第 1 部分 part，有回执号 ticket，下次查询 asked at 2026-03-02T09:00:05" in said
    assert _told(cli, rig, "batch", "status", shown)["tickets"] == 2
    rig.clock.advance(6)
    _attempt(rig, partner)
    parts = _told(cli, rig, "message", "show", shown)["deliveries"]
    assert [(p["ticket"], p["askAt"], p["records"]) for p in parts] == [
        (False, None, {"accepted": 1, "rejected": 1}),
        (False, None, {"accepted": 1}),
    ]
    judged = [(s["about"], s["result"]) for s in _told(cli, rig, "message", "trace", shown)["steps"] if s["what"] == "judged"]
    assert sorted(judged) == [("#1", "accepted 1"), ("#1", "rejected 1"), ("#2", "accepted 1")]
    everything = "".join(
        cli(*words, shown, *form, home=rig.home).stdout
        for words in (("message", "show"), ("message", "trace"), ("batch", "status"), ("batch", "errors", "--all"))
        for form in ((), ("--json",))
    )
    assert not re.search("T-3599|A-[123]", everything + said)


def test_batches_that_went_out_are_listed_counted_and_told_by_number(rig: Rig, cli: Cli, way: Line) -> None:
    """Kind, period, parts and records by state, codes counted; errors are numbers and codes."""
    bad = parse(request("B-1").replace(b"<sex>1</sex>", b"<sex>7</sex>"))
    batch = make(rig, way, [*records("A-1", "A-2", "A-3"), bad])
    assert batch is not None
    shown = show_hub_id(batch.message.id)
    _attempt(rig, Collected(deliveries=[_judged(), Pending("T", poll_after=60)]))
    (listed,) = _told(cli, rig, "batch", "list")["sent"]
    assert listed == _told(cli, rig, "batch", "status", shown)
    assert (listed["hubId"], listed["batch"], listed["period"], listed["total"]) == (shown, "enquiry.pack", "202605", 4)
    assert listed["parts"] == {"delivered": 1, "pending": 1}
    assert listed["records"] == {"accepted": 1, "rejected": 1, "waiting": 1, "refused": 1}
    assert [(c["state"], c["code"], c["records"]) for c in listed["codes"]] == [
        ("accepted", "0", 1), ("refused", "Client.Schema.Enumeration", 1), ("rejected", "2", 1),
    ]  # fmt: skip
    found = _told(cli, rig, "batch", "errors", shown)["items"]
    assert [(i["number"], i["state"], i["code"]) for i in found] == [
        (2, "rejected", "2"),
        (4, "refused", "Client.Schema.Enumeration"),
    ]
    page = _told(cli, rig, "batch", "errors", shown, "--all", "--limit", "2")
    assert ([i["number"] for i in page["items"]], page["next"]) == ([1, 2], 2)
    said = cli("batch", "list", home=rig.home).stdout + cli("batch", "status", shown, home=rig.home).stdout
    assert "enquiry.pack" in said and "对方拒收(rejected) 1" in said
    assert _told(cli, rig, "batch", "list", "--state", "done")["sent"] == []
