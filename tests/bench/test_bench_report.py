"""Results and top lists."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench import report, run, stacks, wrk
from bench.cell import Cell

FLOOR = Cell(
    system="floor", connections=64, acknowledged=100, acknowledged_per_second=50.0, p50=1.0, p99=2.0, longest=3.0, errors=0, unanswered=0,
    delivered=100, delivered_per_second=50.0, waiting=0, difference=0, repeated=0, cpu_per_1000=0.2, cpu_seconds={"floor": 0.02},
    pss_mib={"floor": 20.0},
)  # fmt: skip
HUB = replace(
    FLOOR, system="hub", cpu_per_1000=0.5, cpu_seconds={"edge": 0.03, "engine": 0.02}, pss_mib={"edge": 90.0, "engine": 80.0}
)


def test_summary_takes_medians_and_compares_with_the_floor_of_the_run() -> None:
    """Rates are medians of the rounds, counts are summed, CPU is also given as a multiple of the floor's."""
    rounds = [replace(HUB, acknowledged_per_second=rate, cpu_per_1000=cpu) for rate, cpu in ((10.0, 0.9), (30.0, 0.5), (20.0, 0.6))]
    floor, hub = report.summary([FLOOR, *rounds])
    assert (hub["acknowledged_per_second"], hub["cpu_per_1000"], hub["cpu_to_floor"], hub["acknowledged"]) == (20.0, 0.6, 3.0, 300)
    assert floor["cpu_to_floor"] == 1.0


@pytest.mark.parametrize(
    ("difference", "unanswered", "balanced"), [(0, 0, True), (-1, 5, False), (1, 0, False), (5, 5, True), (6, 5, False)]
)
def test_loss_and_invention_are_marked(difference: int, unanswered: int, balanced: bool) -> None:
    """Delivered and waiting may exceed acknowledged by the requests that got no answer, and by nothing else."""
    cell = replace(HUB, difference=difference, unanswered=unanswered)
    assert cell.balanced is balanced
    assert ("(!)" in report.table(report.summary([cell]))) is not balanced


def test_result_files_hold_facts_rounds_and_table(tmp_path: Path) -> None:
    """The JSON has each round, the Markdown the table; both name the circumstances."""
    page = report.write(tmp_path, "2026-11-20-hub", {"cores": 2}, [FLOOR, HUB]).read_text(encoding="utf-8")
    kept = json.loads((tmp_path / "2026-11-20-hub.json").read_text(encoding="utf-8"))
    assert kept["cores"] == 2
    assert [c["system"] for c in kept["cells"]] == ["floor", "hub"]
    assert "- cores: 2" in page
    assert "| hub | 64 |" in page
    lines = [line.count("|") for line in page.splitlines() if line.startswith("|")]
    assert len(set(lines)) == 1


def test_top_list_counts_own_lines_and_functions_once_per_stack() -> None:
    """Own time belongs to the innermost line; a recursive function counts once for a stack."""
    folded = "main (/x/lib/python3.11/site-packages/a/m.py:1);f (f.py:2);f (f.py:3) 3\nmain (/x/lib/python3.11/site-packages/a/m.py:1) 1\n"
    found = stacks.top(folded)
    assert found.samples == 4
    assert found.own == [("f (f.py:3)", 75.0), ("main (a/m.py:1)", 25.0)]
    assert found.below == [("main (a/m.py)", 100.0), ("f (f.py)", 75.0)]


def test_missing_generator_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without wrk nothing starts; the message says how to get it."""
    monkeypatch.setenv("PATH", "")
    assert run.main(["--quick"]) == 2
    assert capsys.readouterr().err.strip() == wrk.MISSING
