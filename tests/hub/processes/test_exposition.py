"""What the parent says by itself: what waits and what is held is told even when no child answers."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.dialects import sqlite

from hub.backends.sql import figures
from hub.processes import exposition
from hub.processes.exposition import Exposition
from tests.flows.enquiry.documents import ELSEWHERE, request
from tests.hub.pipeline.rig import PADIS, SIMING, Rig


@pytest.fixture
def said(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Exposition:
    """The exposition of a home where nothing runs, reading the store at every look."""
    monkeypatch.setattr(exposition, "KEPT_SECONDS", 0.0)
    return Exposition(rig.settings)


def figure(of: Exposition, name: str, **labels: str) -> float | None:
    """The one sample of that name and these labels, None when there is none."""
    text = of.text("")[0].decode()
    found = [s.value for f in text_string_to_metric_families(text) for s in f.samples if s.name == name and s.labels == labels]
    assert len(found) <= 1
    return found[0] if found else None


def test_what_waits_is_told_without_children(rig: Rig, said: Exposition) -> None:
    """A message waits to be planned, then its delivery waits for its partner; both processes are down."""
    assert figure(said, "pophub_messages_waiting") == 0
    assert figure(said, "pophub_messages_waiting_oldest_seconds") == 0
    rig.submit(SIMING, request("XC1", stated=ELSEWHERE))
    assert figure(said, "pophub_messages_waiting") == 1
    rig.write("UPDATE message SET accepted_at = accepted_at - 60000")
    rig.plan()
    assert figure(said, "pophub_messages_waiting") == 0
    assert figure(said, "pophub_deliveries_waiting", outlet=PADIS, state="queued") == 1
    assert figure(said, "pophub_deliveries_waiting", outlet=PADIS, state="released") == 0
    assert figure(said, "pophub_process_up", process="edge") == figure(said, "pophub_process_up", process="engine") == 0
    assert (figure(said, "process_resident_memory_bytes", process="parent") or 0) > 1e6


def test_the_age_of_the_oldest(rig: Rig, said: Exposition) -> None:
    """Of two that wait, the older one's age."""
    for n in range(2):
        rig.submit(SIMING, request(f"XC{n}", stated=ELSEWHERE))
    rig.plan()
    first = rig.rows("SELECT min(id) FROM delivery")[0][0]
    before = figure(said, "pophub_deliveries_waiting_oldest_seconds", outlet=PADIS, state="queued")
    rig.write("UPDATE delivery SET created_at = created_at - 3600000 WHERE id = ?", first)
    after = figure(said, "pophub_deliveries_waiting_oldest_seconds", outlet=PADIS, state="queued")
    assert before is not None and after is not None
    assert 3590 < after - before < 3700


def test_held_lanes(rig: Rig, said: Exposition) -> None:
    """A lane is held by what is dead or unknown, once however much of it is; what is rejected lets it pass."""
    for n in range(4):
        rig.submit(SIMING, request(f"XC{n}", stated=ELSEWHERE))
    rig.plan()
    ids = [row[0] for row in rig.rows("SELECT id FROM delivery ORDER BY id")]
    assert figure(said, "pophub_lanes_held", outlet=PADIS) == 0
    for id_, state in zip(ids, ("dead", "unknown", "rejected", "queued"), strict=True):
        rig.write("UPDATE delivery SET state = ? WHERE id = ?", state, id_)
    assert figure(said, "pophub_lanes_held", outlet=PADIS) == 2
    assert figure(said, "pophub_lanes_held", outlet="plan") == 0
    rig.write("UPDATE message SET state = 'dead' WHERE id = (SELECT max(id) FROM message)")
    assert figure(said, "pophub_lanes_held", outlet="plan") == 1


def test_tickets_that_wait(rig: Rig, said: Exposition) -> None:
    """Counted by the system that gave them, until it has judged; what waits without a ticket is none."""
    for n in range(3):
        rig.submit(SIMING, request(f"XC{n}", stated=ELSEWHERE))
    rig.plan()
    assert figure(said, "pophub_tickets_waiting", system="padis") == 0
    rig.write("UPDATE delivery SET state = 'pending'")
    rig.write("UPDATE delivery SET ticket = 'T-' || id WHERE id > (SELECT min(id) FROM delivery)")
    assert figure(said, "pophub_tickets_waiting", system="padis") == 2
    rig.write("UPDATE delivery SET state = 'delivered' WHERE id = (SELECT max(id) FROM delivery)")
    assert figure(said, "pophub_tickets_waiting", system="padis") == 1


def test_a_store_that_is_away(rig: Rig, said: Exposition, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said plainly, and everything else is still told."""

    def broken(_engine: object) -> object:
        raise OSError("gone")

    monkeypatch.setattr(exposition, "standing", broken)
    assert figure(said, "pophub_store_up") == 0
    assert figure(said, "pophub_messages_waiting") is None
    assert figure(said, "pophub_process_up", process="edge") == 0


def test_reads_of_the_store_grow_with_the_queue_not_the_history(rig: Rig) -> None:
    """Each read walks an index: nothing scans the table of deliveries or messages."""
    bound = {"after": "a", "outlet": "mailbox", "state": "queued", "delivery": 1, "message": 1}
    queries = (
        figures._NEXT_OUTLET, figures._OF_OUTLET, figures._CREATED, figures._HELD, figures._UNPLANNED, figures._ACCEPTED_AT, figures._DEAD,
        figures._TICKETS,
    )  # fmt: skip
    for query in queries:
        filled = query.params(**{name: value for name, value in bound.items() if f":{name}" in str(query)})
        sql = str(filled.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
        steps = [row[3] for row in rig.rows(f"EXPLAIN QUERY PLAN {sql}")]
        assert steps and not [s for s in steps if s.startswith(("SCAN delivery", "SCAN message"))], (sql, steps)
