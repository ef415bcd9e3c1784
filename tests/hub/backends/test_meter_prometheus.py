"""The meter: bounded labels whatever it is told, groups counted as a whole, repeats of an acknowledgement counted once."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from hub.backends.meter_prometheus import MeterPrometheus
from hub.backends.sql.mailbox import Acknowledgement
from hub.ports.batch_store import BatchClaim, Group, Left, Opened, RecordRow, Sorted, Whole
from hub.ports.records import Acceptance, Accepted, Claimed, Conflict, Conflicting, Plan, RecordSettled, Refusal, Sealed, Settle
from hub.ports.sending import NewBatchSent, NewRecord, ScheduleRun

EVIL = 'XC"\n3599 fjfpis 359901199001011234'


def meter() -> MeterPrometheus:
    return MeterPrometheus(
        ["enquiry.request"],
        ["padis"],
        ["enquiry.case"],
        ["enquiry.requests"],
        sent={"ecert.pack": "ecert.monthly"},
        schedules=["ecert.monthly"],
    )


def samples(of: MeterPrometheus, name: str) -> dict[tuple[str, ...], float]:
    """Label values (in the order of their names) to value."""
    text = generate_latest(of.registry).decode()
    found = (s for f in text_string_to_metric_families(text) for s in f.samples if s.name == name)
    return {tuple(v for _, v in sorted(s.labels.items())): s.value for s in found}


def acceptance(channel: str, sender: str) -> Acceptance:
    nothing = Sealed(1, b"")
    return Acceptance(
        id=1, channel=channel, version="1.0", sender=sender, from_system="X", from_div=None, from_user=None, test=False,
        message_id_hash=b"", correlation_hash=None, content_digest=b"", received_digest=b"", received=nothing, canonical=nothing,
        policy="same", keys=(), lane=None, search=(),
    )  # fmt: skip


def settle(recipient: str, operation: str, state: str, outcome: str) -> Settle:
    claimed = cast("Claimed", SimpleNamespace(recipient=recipient, operation=operation))
    return Settle(
        claimed=claimed, state=cast("Any", state), outcome=outcome, code=None, at=0, not_before=None, doubt=False, effective_at=None,
        due_at={}, called_at=None, case=None, timers=(),
    )  # fmt: skip


def sent(wrapper: str) -> NewBatchSent:
    """Two records that go out and one that was refused."""
    records = (NewRecord(1, 7, b""), NewRecord(2, 7, b""), NewRecord(3, 0, b"", None, "Flow.RuleFailed"))
    run = ScheduleRun("ecert.monthly", "202605", 1, "", done=True)
    return NewBatchSent(acceptance(wrapper, "system:hub"), "ecert.monthly", "202605", (), records, run)


def plan(channel: str) -> Plan:
    """A message that made two of the hub's own."""
    emitted = (acceptance(channel, "system:hub"), acceptance(channel, "system:hub"))
    return Plan(cast("Any", SimpleNamespace(channel=channel)), "no_recipient", None, None, emitted=emitted)


def test_nothing_told_makes_a_label() -> None:
    """Names that were never declared become ``other``, whoever says them."""
    made = meter()
    for n in range(300):
        made.refused(f"{EVIL}{n}", "spoke", f"{EVIL}{n}")
        made.called(f"system:{EVIL}{n}", 0.1)
        made.answered(f"{EVIL}{n}", 0.1)
        made.asked(f"{EVIL}{n}", "shed", 0.1)
        made.committed([(acceptance(f"{EVIL}{n}", f"spoke{n}"), Accepted(1, 1, 1, ""))], 0.1)
        made.committed([(Refusal(1, f"system:{n}", f"{EVIL}{n}", f"{EVIL}{n}", None, None, Sealed(1, b"")), None)], 0.1)
        made.ran(f"{EVIL}{n}", "failed")
        made.committed([(sent(f"{EVIL}{n}"), None), (plan(f"{EVIL}{n}"), None)], 0.1)
        made.committed([(settle(f"spoke:{n}", "push", "delivered", "delivered"), None)], 0.1)
    text = generate_latest(made.registry).decode()
    assert "3599" not in text and "fjfpis" not in text
    assert samples(made, "pophub_messages_accepted_total") == {("other", "spoke"): 300}
    assert samples(made, "pophub_messages_refused_total") == {("other", "other", "spoke"): 300, ("other", "other", "system"): 300}
    assert samples(made, "pophub_deliveries_settled_total") == {("other", "delivered"): 300}
    assert samples(made, "pophub_queries_total") == {("shed", "other"): 300}
    assert samples(made, "pophub_schedule_runs_total") == {("failed", "other"): 300}
    assert samples(made, "pophub_records_sent_total") == {("other", "waiting"): 600, ("other", "refused"): 300}
    assert samples(made, "pophub_messages_emitted_total") == {("other",): 600}
    made.asked("enquiry.case", "missed", 0.1)
    assert samples(made, "pophub_queries_total")["missed", "enquiry.case"] == 1
    assert samples(made, "pophub_query_seconds_count") == {("other",): 300, ("enquiry.case",): 1}


def test_a_group_is_counted_as_a_whole() -> None:
    """New ones, repeats, conflicts and failures of one group each go where they belong."""
    made, one = meter(), acceptance("enquiry.request", "east")
    fresh, again = Accepted(1, 1, 1, ""), Accepted(1, 1, 1, "", duplicate=True)
    results = (fresh, fresh, again, Conflicting(1, same_id=True), Conflict("message"))
    made.committed([(one, result) for result in results], 0.02)
    assert samples(made, "pophub_messages_accepted_total") == {("enquiry.request", "spoke"): 2}
    assert samples(made, "pophub_messages_duplicate_total") == {("enquiry.request", "spoke"): 1}
    assert samples(made, "pophub_messages_refused_total") == {}
    assert samples(made, "pophub_commit_group_size_sum") == {(): 5}


def test_an_outlet_is_known_once_it_is_there() -> None:
    """A push outlet counts under its own name from the moment it is watched; what is not final settles nothing."""
    made = meter()
    made.watch("outlet_slots", "push:west", lambda: 8)
    made.committed([
        (settle("spoke:west", "push", "delivered", "delivered"), None), (settle("spoke:west", "push", "released", "unknown"), None),
        (settle("system:padis", "submit_request", "rejected", "rejected"), None), (settle("spoke:east", "mailbox", "pending", "pending"), None),
        (Acknowledgement("east", ((1, "l"), (2, "l")), [2]), [1, 2]),
    ], 0.1)  # fmt: skip
    assert samples(made, "pophub_outlet_slots") == {("push:west",): 8}
    assert samples(made, "pophub_deliveries_settled_total") == {
        ("push:west", "delivered"): 1, ("system:padis", "rejected"): 1, ("mailbox", "delivered"): 1,
    }  # fmt: skip
    assert samples(made, "pophub_delivery_attempts_total")[("unknown", "push:west")] == 1


def test_a_batch_that_goes_out_is_counted_by_its_records() -> None:
    """When it is made, and as its partner judges: each record under the state it came to; steps of runs by how they ended."""
    made = meter()
    judged = replace(
        settle("system:padis", "upload", "delivered", "perrecord"),
        claimed=cast("Claimed", SimpleNamespace(recipient="system:padis", operation="upload", channel="ecert.pack")),
        records=(RecordSettled(1, "accepted", "0", None), RecordSettled(2, "rejected", "359901199001011234", None)),
    )
    made.committed([(sent("ecert.pack"), None), (judged, None), (sent("ecert.pack"), Conflict("run"))], 0.1)
    assert samples(made, "pophub_records_sent_total") == {
        ("ecert.monthly", "waiting"): 2, ("ecert.monthly", "refused"): 1, ("ecert.monthly", "accepted"): 1, ("ecert.monthly", "rejected"): 1,
    }  # fmt: skip
    for outcome in ("batch", "empty", "empty", "failed"):
        made.ran("ecert.monthly", cast("Any", outcome))
    assert samples(made, "pophub_schedule_runs_total") == {
        ("batch", "ecert.monthly"): 1, ("empty", "ecert.monthly"): 2, ("failed", "ecert.monthly"): 1,
    }  # fmt: skip
    assert samples(made, "pophub_schedule_failed_timestamp_seconds")[("ecert.monthly",)] > 1e9


def test_what_a_message_makes_is_counted_by_its_channel() -> None:
    """Messages of the hub's own, with the plan that makes them."""
    made = meter()
    made.committed([(plan("enquiry.request"), None)], 0.1)
    assert samples(made, "pophub_messages_emitted_total") == {("enquiry.request",): 2}


def test_batches_are_counted_by_record_and_outcome() -> None:
    """Each record once by its outcome, those that became messages as such too; a batch accepted once; unknown kinds are ``other``."""
    made = meter()
    new = Sorted(RecordRow(1, "accepted"), acceptance("enquiry.request", "fjfpis"))
    rows = [RecordRow(1, "accepted", message=1), RecordRow(2, "refused", "Client.Malformed")]
    for name in ("enquiry.requests", EVIL):
        claim = BatchClaim(1, name, "fjfpis", None, 1, 1, 0, 2)
        made.committed(
            [(Group(claim, 0, (new, Sorted(rows[1])), 1), rows), (Left(claim, "done"), None), (Left(claim, "accepted"), None)], 0.1
        )
        row = cast("Any", SimpleNamespace(name=name))
        made.committed([(Whole(1, 2), Opened(row, known=False)), (Whole(1, 2), Opened(row, known=True)), (Whole(1, 2), None)], 0.1)
    assert samples(made, "pophub_batch_records_total") == {
        (batch, outcome): 1 for batch in ("enquiry.requests", "other") for outcome in ("accepted", "refused")
    }  # fmt: skip
    assert samples(made, "pophub_batches_total") == {
        (batch, state): 1 for batch in ("enquiry.requests", "other") for state in ("accepted", "done")
    }  # fmt: skip
    assert samples(made, "pophub_messages_accepted_total") == {("enquiry.request", "spoke"): 2}
