"""What the doctor says of work that should be moving: each thing that stands still is a warning with what to do, and no value."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from hub.contract.outcome import Pending
from hub.control_bus.diagnosis.finding import Finding
from hub.control_bus.diagnosis.work import DAY_MS, HOUR_MS, callers, feeds, lookups, schedule, stuck, work
from hub.control_bus.engine_figures import EngineFigures
from hub.control_bus.schedule_standing import Standing
from hub.discovery import Found
from hub.processes.periods import endless
from hub.reference.calendar import CHINA
from hub.settings import Settings, load
from tests.hub.batches.batch_rig import BatchRig, enquiries, wrapped
from tests.hub.control_bus.traffic import Traffic
from tests.hub.pipeline.rig import PADIS, Rig
from tests.hub.pipeline.sending import Collected, make, records, sending

NOW = 1_780_000_000.0
TICKET = "T-359901199001011234"


def told(**samples: float) -> EngineFigures:
    """An engine that says this of the one feed of the platform, or of the register's first lookup."""
    labels = {
        "polled": ("feed_polled_timestamp_seconds", {"adapter": "padis", "feed": "download"}),
        "away": ("lookup_away", {"lookup": "people.managed"}),
    }
    return EngineFigures({(f"pophub_{labels[n][0]}", frozenset(labels[n][1].items())): v for n, v in samples.items()})


def levels(findings: Any, what: str) -> list[str]:
    return [f.level for f in findings if f.what.startswith(what)]


@pytest.mark.parametrize(("figures", "level"), [(told(polled=NOW - 30), "ok"), (told(polled=NOW - 61), "warn"), (told(), "warn")])
def test_a_feed_must_have_answered(rig: Rig, figures: EngineFigures, level: str) -> None:
    """Not long ago; never, or long ago, is a warning."""
    assert levels(feeds(rig.settings, rig.found, figures, NOW), "feed padis/download") == [level]


def test_a_feed_that_lacks_its_setting_is_off(rig: Rig) -> None:
    """That is no fault; with the setting it is looked at like any."""
    assert levels(feeds(rig.settings, rig.found, told(), NOW), "feed health/vaccinations") == ["ok"]
    on = Settings(home=rig.home, profile="legacy", adapters={"health": {"vaccinations": "sqlite:///x"}})
    assert levels(feeds(on, rig.found, told(), NOW), "feed health/vaccinations") == ["warn"]


def test_a_source_that_is_away(rig: Rig) -> None:
    """Only while the engine says so."""
    assert levels(lookups(rig.found, told(away=1)), "lookup people.managed") == ["warn"]
    assert list(lookups(rig.found, told(away=0))) == list(lookups(rig.found, told())) == []


def standing(rig: Rig, **changes: Any) -> Standing:
    """The monthly schedule, on since May 2026, nothing done."""
    flow, declared = rig.found.catalogue.schedules["ecert.monthly"]
    may = next(endless("month", "202605"))
    given = Standing(flow, declared, "202605", None, may, due=True, after="", source="register", failed_at=None)
    return replace(given, **changes)


BEGUN = datetime(2026, 6, 1, tzinfo=CHINA)


@pytest.mark.parametrize(("after", "changes", "level", "said"), [
    (timedelta(minutes=59), {}, "ok", ""),
    (timedelta(minutes=61), {}, "warn", "Does the engine run"),
    (timedelta(days=3), {"source": None}, "warn", "nobody gives people.certifiable"),
    (timedelta(days=3), {"failed_at": NOW}, "warn", "failed at 2026-05-29T04:26:40.000+08:00"),
    (timedelta(days=3), {"due": False}, "ok", ""),
])  # fmt: skip
def test_a_schedule_that_is_due(rig: Rig, after: timedelta, changes: dict[str, Any], level: str, said: str) -> None:
    """It has an hour; then it is told with its reason."""
    (finding,) = schedule(standing(rig, **changes), BEGUN + after)
    assert finding.level == level
    assert said in f"{finding.zh} {finding.en} {finding.advice}"


def test_a_schedule_that_is_off_is_not_missed(rig: Rig) -> None:
    """Off is a choice."""
    assert list(schedule(standing(rig, since=None, next=None, due=False), BEGUN)) == []


def _stuck(rig: Rig, ms: int) -> list[Finding]:
    return list(stuck(rig.found, rig.store.engine, rig.clock.now() + ms))


def test_a_ticket_older_than_a_day(rig: Rig, tmp_path: Path) -> None:
    """Told by system and number, without the ticket."""
    make(rig, sending(rig, tmp_path / "schemas"), records("A-1", "A-2", "A-3"))
    from hub.pipeline.deliver import attempt

    partner = Collected(deliveries=[Pending(TICKET, poll_after=60)])
    for claimed in rig.store.claim(PADIS, 16, "one", 30_000, tickets=True).result(5):
        outcome, called = attempt(rig.machine, partner, rig.operation(claimed), claimed)
        rig.settle(claimed, outcome, called=called)
    assert [f.level for f in _stuck(rig, DAY_MS)] == ["ok"]
    (finding,) = _stuck(rig, DAY_MS + 1)
    assert (finding.level, finding.what) == ("warn", "tickets padis")
    assert "2 parts" in finding.en
    assert "3599" not in repr(finding)


def test_batches_that_stand_still(rig: Rig, tmp_path: Path) -> None:
    """One that came in and nobody splits, one that stopped, one that went out with a part nobody knows of: each by its id."""
    batch = BatchRig(rig)
    batch.receive(wrapped(enquiries(1, 2)))
    assert [f.level for f in _stuck(rig, HOUR_MS)] == ["ok"]
    (waits,) = _stuck(rig, HOUR_MS + 1)
    assert "停在 accepted" in waits.zh and "pophub batch resume" in waits.advice
    rig.write("UPDATE batch SET state = 'failed', code = 'Flow.Unreadable'")
    (stopped,) = _stuck(rig, 0)
    assert "Flow.Unreadable" in stopped.zh
    rig.write("UPDATE batch SET state = 'done'")
    make(rig, sending(rig, tmp_path / "schemas"), records("A-1", "A-2", "A-3"))
    assert levels(_stuck(rig, 0), "batch ") == []
    rig.write("UPDATE delivery SET state = 'unknown', code = 'Flow.OutcomeUnknown' WHERE part = 2")
    (part,) = _stuck(rig, 0)
    assert "unknown Flow.OutcomeUnknown" in part.zh and "pophub message show" in part.advice


def test_a_caller_that_has_nothing_to_call(traffic: Traffic) -> None:
    """It speaks the vocabulary of a system without a service; one with a service is fine."""
    from hub import assembly
    from hub.backends.sql.engine import open_engine

    settings = load(traffic.home)
    found, engine = assembly.find(settings), open_engine(settings.store_url)
    assert list(callers(found, engine)) == []
    mute = SimpleNamespace(
        catalogue=SimpleNamespace(
            adapter={**found.catalogue.adapter, "police": replace(found.catalogue.adapter["police"], services=(), batches=None)}
        )
    )
    assert [f.what for f in callers(cast("Found", mute), engine)] == ["spoke police"]
    engine.dispose()


def test_the_whole_is_quiet_of_values_and_of_what_is_not_there(traffic: Traffic, tmp_path: Path) -> None:
    """Without an engine nothing is said of feeds; without a store nothing at all."""
    found = list(work(load(traffic.home)))
    assert levels(found, "feed") == [] and levels(found, "batches") == ["ok"]
    assert list(work(Settings(home=tmp_path / "none"))) == []
