"""pophub schedule: how each stands, and a rehearsal that counts what the next run would draw, writes nothing and says no value."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Gauge

from hub import assembly
from hub.processes.figures import Speaker
from hub.processes.schedules import Schedules
from hub.settings import load
from tests.flows.ehycert.test_monthly_real import entry
from tests.hub.control_bus.conftest import Cli
from tests.hub.pipeline.rig import wait_for

LAST = date.today().replace(day=1) - timedelta(days=1)
"""The last day of the month before this one; the first month of the schedule is the one before that."""
FIRST = LAST.replace(day=1) - timedelta(days=1)
FIRST_NAME, LAST_NAME = f"{FIRST:%Y%m}", f"{LAST:%Y%m}"
TABLES = ("message", "delivery", "record_sent", "batch_sent", "schedule_run", "case_file")


def people() -> list[dict[str, Any]]:
    """Five women who may get a certificate, a man and a girl who get none."""
    rng, out = Random(3), FIRST - timedelta(days=40)
    made = [entry(rng, n, "2", 30, out) for n in range(5)]
    return [*made, entry(rng, 5, "1", 30, out), entry(rng, 6, "2", 12, out)]


@pytest.fixture
def scheduled(home: Path, cli: Cli) -> Path:
    """A home with a register and the schedule on; of one woman the register has a status that no certificate takes."""
    (home / "pophub.toml").write_text(
        f'profile = "legacy"\n[adapters.register]\nurl = "sqlite:///{home / "register.db"}"\n'
        f'[schedules."ecert.monthly"]\nsince = "{FIRST_NAME}"\n', encoding="utf-8",
    )  # fmt: skip
    file = home / "people.jsonl"
    file.write_text("".join(json.dumps(person, ensure_ascii=False) + "\n" for person in people()), encoding="utf-8")
    done = cli("register", "load", str(file), home=home)
    assert done.returncode == 0, done.stderr
    spoilt = sqlite3.connect(home / "register.db")
    with spoilt:
        spoilt.execute("UPDATE register_person SET entry = replace(entry, '\"10\"', '\"1?\"') WHERE person_id = 'E000000004'")
    spoilt.close()
    return home


def _told(cli: Cli, home: Path, *words: str) -> Any:
    done = cli("schedule", *words, "--json", home=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _listed(cli: Cli, home: Path) -> Any:
    return next(s for s in _told(cli, home, "list")["schedules"] if s["name"] == "ecert.monthly")


def _counts(home: Path) -> list[int]:
    connection = sqlite3.connect(home / "data" / "pophub.db")
    found = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]
    connection.close()
    return found


def _run_for_real(home: Path) -> None:
    """Both months, as an engine does."""
    settings = load(home)
    found = assembly.find(settings)
    machine = assembly.machine(settings, found, "test", pytest.fail)
    adapter = found.catalogue.adapter["register"]
    partner = adapter.connect(settings.adapters["register"])
    schedules = Schedules(machine, {"register": (adapter, partner)}, {"ecert.monthly": FIRST_NAME}, lambda: None)
    try:
        wait_for(lambda: {p for p, run in machine.sending.runs("ecert.monthly").items() if run.done} == {FIRST_NAME, LAST_NAME})
    finally:
        schedules.stop()
        machine.store.close()
        partner.close()


def test_a_schedule_is_listed_with_its_next_period(scheduled: Path, cli: Cli) -> None:
    """On since the month before last, nothing done, the register connected; once both months are done the next is this one, not due."""
    one = _listed(cli, scheduled)
    assert (one["since"], one["lastDone"], one["next"], one["due"]) == (FIRST_NAME, None, FIRST_NAME, True)
    assert (one["source"], one["sourceConnected"], one["extract"], one["batch"]) == (
        "register", True, "people.certifiable", "ecert.monthly",
    )  # fmt: skip
    _run_for_real(scheduled)
    one = _listed(cli, scheduled)
    assert (one["lastDone"], one["next"], one["due"]) == (LAST_NAME, f"{date.today():%Y%m}", False)
    assert "ecert.monthly" in cli("schedule", "list", home=scheduled).stdout


def test_a_schedule_that_is_off_or_without_a_source(home: Path, cli: Cli) -> None:
    """Without settings nothing is due and no source is there; a rehearsal says which of the two is missing."""
    (home / "pophub.toml").write_text('profile = "legacy"\n', encoding="utf-8")
    one = _listed(cli, home)
    assert (one["since"], one["next"], one["due"], one["sourceConnected"]) == (None, None, False, False)
    assert "停用 off" in cli("schedule", "list", home=home).stdout
    off = cli("schedule", "run", "ecert.monthly", "--dry-run", home=home)
    assert (off.returncode, off.stdout) == (1, "") and "off" in off.stderr
    alone = cli("schedule", "run", "ecert.monthly", "--period", "202601", "--dry-run", home=home)
    assert alone.returncode == 1 and "people.certifiable" in alone.stderr


def test_a_rehearsal_counts_and_changes_nothing(scheduled: Path, cli: Cli) -> None:
    """Four are made, one is refused with its code, what the extract gives and the rules leave out is counted; no row, no value."""
    before = _counts(scheduled)
    told = _told(cli, scheduled, "run", "ecert.monthly", "--dry-run")
    assert (told["period"], told["made"], told["failed"], told["taken"], told["more"]) == (FIRST_NAME, 4, 1, 0, False)
    assert sum(told["codes"].values()) == 1
    assert _counts(scheduled) == before == [0] * len(TABLES)
    done = cli("schedule", "run", "ecert.monthly", "--dry-run", home=scheduled)
    for person in people():
        for value in (str(person["idNo"]), str(person["name"]), str(person["personId"])):
            assert value not in done.stdout + done.stderr + json.dumps(told, ensure_ascii=False)
    assert "将送出 made" in done.stdout and "nothing was sent" in done.stderr


def test_what_was_sent_is_taken(scheduled: Path, cli: Cli) -> None:
    """After the real run the same month draws the same women and would send none of them again."""
    _run_for_real(scheduled)
    told = _told(cli, scheduled, "run", "ecert.monthly", "--period", FIRST_NAME, "--dry-run")
    assert (told["made"], told["taken"], told["failed"]) == (0, 4, 1)
    not_over = cli("schedule", "run", "ecert.monthly", "--dry-run", home=scheduled)
    assert not_over.returncode == 1 and "not over yet" in not_over.stderr


def test_a_source_that_is_away_is_told(scheduled: Path, cli: Cli) -> None:
    """The register's table is gone: exit 2, the kind of fault, no trace."""
    (scheduled / "register.db").write_bytes(b"")
    done = cli("schedule", "run", "ecert.monthly", "--dry-run", home=scheduled)
    assert (done.returncode, done.stdout) == (2, "")
    assert "away" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("ecert.montly", "--dry-run"), 1, "Did you mean ecert.monthly?"),
        (("ecert.monthly",), 2, "run by the engine"),
        (("ecert.monthly", "--period", "2026", "--dry-run"), 2, "YYYYMM"),
        (("ecert.monthly", "--period", "202613", "--dry-run"), 2, "YYYYMM"),
    ],
)
def test_what_cannot_be_rehearsed(scheduled: Path, cli: Cli, words: tuple[str, ...], code: int, said: str) -> None:
    """An unknown name, a run that is none of ours, a period that is none."""
    done = cli("schedule", "run", *words, home=scheduled)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


@pytest.fixture
def failing(scheduled: Path) -> Iterator[float]:
    """An engine that says when the schedule failed last."""
    registry = CollectorRegistry()
    Gauge("pophub_schedule_failed_timestamp_seconds", "x", ["schedule"], registry=registry).labels("ecert.monthly").set(
        1_780_000_000
    )
    (scheduled / "run").mkdir(exist_ok=True)
    speaker = Speaker(scheduled, "engine", registry)
    yield 1_780_000_000
    speaker.close()


def test_the_running_engine_tells_the_last_failure(scheduled: Path, cli: Cli, failing: float) -> None:
    """In +08:00; without an engine it is not known, and that is said."""
    told = _told(cli, scheduled, "list")
    assert (told["engineAnswers"], told["schedules"][0]["failedAt"]) == (True, "2026-05-29T04:26:40.000+08:00")


def test_without_an_engine_the_last_failure_is_not_known(scheduled: Path, cli: Cli) -> None:
    """It is said on the other stream."""
    assert _told(cli, scheduled, "list")["engineAnswers"] is False
    assert "No engine answers" in cli("schedule", "list", home=scheduled).stderr
