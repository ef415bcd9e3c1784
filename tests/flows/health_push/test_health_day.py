"""Deliveries and vaccinations through the real hub: every record ends once, every task is at the unit that must act, nobody else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hub.contract.xml import parse
from hub.testkit.checker import check
from hub.testkit.ledger import read_ledger
from tests.flows.health_comparison.comparisons import handling
from tests.flows.health_push.births import texts
from tests.flows.health_push.health_home import HOSPITAL, ROOT, HealthDay, health_day

PLANT = ROOT / "tests" / "faults" / "plants" / "die_before_confirming"


def _settled(day: HealthDay, rows: int) -> bool:
    """Whether every row is read and everything that is expected was applied."""
    if day.health.shown()["read"] < rows:
        return False
    verdict = check(_ledgers(day))
    return not verdict.faults["lost"] and not verdict.undecided


def _ledgers(day: HealthDay) -> dict[str, list[dict[str, object]]]:
    files = {"health": day.health.ledger, **{name: day.folder / f"{name}.jsonl" for name in day.ledgers}}
    return {name: list(read_ledger(file)) for name, file in files.items()}


def test_a_day(tmp_path: Path) -> None:
    """Deliveries (some sent twice, some corrected) and rows (some bad): the checker finds every promise kept, at either register."""
    with health_day(tmp_path) as day:
        assert day.health.order({"push": {"count": 25, "seed": 3, "places": [HOSPITAL], "twice": 0.3, "corrected": 0.3}})
        assert day.health.order({"vaccinate": {"count": 25, "seed": 4, "place": HOSPITAL, "bad": 0.2}})
        day.until(lambda: _settled(day, 25))
        lines = _ledgers(day)
        codes = [line["code"] for line in lines["health"] if line["t"] == "fault"]
    verdict = check(lines)
    assert {name: ids for name, ids in verdict.faults.items() if ids} == {}
    assert codes and set(codes) == {"Client.Schema.Pattern"}
    assert Counter(line["t"] for line in lines["health"])["effect"] > 25
    assert lines["fjpis"] and lines["fjfpis"]


def test_who_sees_what(tmp_path: Path) -> None:
    """Tasks hold what the allow-list grants and no more: no findings, no father and no place where the mother is in the register."""
    with health_day(tmp_path) as day:
        assert day.health.order({"push": {"count": 20, "seed": 5, "places": [HOSPITAL]}})
        day.until(lambda: _settled(day, 0))
        seen = [document for documents in day.seen.values() for document in documents]
        log = (tmp_path / "serve.log").read_text(encoding="utf-8", errors="replace")
    assert seen
    for document in seen:
        assert "Weight" not in document and "3250" not in document and "ZY0001" not in document
        if "<outcome>Z<" not in document:
            assert "<father>" not in document and "<hukouDiv>" not in document and "<residenceDiv>" not in document
        for value in ("<name>", "<idNo>"):
            assert document.partition(value)[2].partition("<")[0] not in log


def test_killed_between_acceptance_and_confirmation(tmp_path: Path) -> None:
    """The engine dies three times after rows were accepted and before they were confirmed: none is lost, none is taken twice."""
    with health_day(tmp_path, planted=PLANT, POPHUB_PLANTED_DEATHS="3") as day:
        for seed in (1, 2, 3):
            assert day.health.order({"vaccinate": {"count": 15, "seed": seed, "place": HOSPITAL, "bad": 0.2}})
        day.until(lambda: _settled(day, 45))
        lines = _ledgers(day)
    assert (tmp_path / "deaths").read_bytes() == b"xxx"
    verdict = check(lines)
    assert {name: ids for name, ids in verdict.faults.items() if ids} == {}
    ends = Counter(str(line["id"]) for line in lines["health"] if line["t"] in ("acked", "fault"))
    assert len(ends) == 45 and set(ends.values()) == {1}


def test_a_task_is_handled_once(tmp_path: Path) -> None:
    """A register handles what it got: the task ends, a second handling changes nothing, and the other register may not handle it."""
    with health_day(tmp_path) as day:
        assert day.health.order({"push": {"count": 12, "seed": 6, "places": [HOSPITAL]}})
        day.until(lambda: _settled(day, 0))
        tasks = [texts(parse(document.encode())) for document in day.seen["fjpis"] if "<outcome>Z<" in document]
        assert tasks
        number, ended = tasks[0]["comparisonId"], []
        for name, key in (("fjfpis", "1"), ("fjpis", "2"), ("fjpis", "3")):
            document = handling("6", ref="DJ1", number=number, seq=int(key), unit=HOSPITAL)
            fields = {"Content-Type": "application/xml", "Idempotency-Key": f"urn:h:{name}:{key}"}
            hub_id = day.call(name, "POST", "/api/v1/messages/health.handling", document, **fields)["hubId"]
            day.until(lambda name=name, hub_id=hub_id: _state(day, name, hub_id) != "accepted")  # type: ignore[misc]
            ended.append(_state(day, name, hub_id))
    assert ended == ["filtered", "no_recipient", "filtered"]


def _state(day: HealthDay, name: str, hub_id: str) -> str:
    return str(day.call(name, "GET", f"/api/v1/messages/{hub_id}")["state"])
