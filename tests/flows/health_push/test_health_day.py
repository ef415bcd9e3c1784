"""Deliveries and vaccinations through the real hub: every record ends once, every task is at the unit that must act, nobody else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hub.testkit.checker import check
from hub.testkit.ledger import read_ledger
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
