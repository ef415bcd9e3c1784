"""The outside checker: a good day passes, and no line of its evidence can be touched without being named."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.testkit.checker import MEANING, check, main
from tests.hub.testkit.checker_day import (
    E1,
    E2,
    E3,
    E4,
    F1,
    F1B,
    PROMISES,
    REQUEST,
    Day,
    applied,
    blamed,
    chained,
    change,
    ended,
    faulty,
    good_day,
    names,
    state,
    touched,
    written,
)


def test_a_good_day_has_no_fault(tmp_path: Path) -> None:
    """Ledgers of a day on which every promise was kept pass, with and without a chain, and are counted by route."""
    verdict = check(chained(good_day(), tmp_path), closed=True)

    assert verdict.ok, verdict.faults
    assert check(good_day()).ok
    assert set(verdict.faults) == set(MEANING)
    assert verdict.undecided == ()
    assert {type(count) for route in verdict.routes.values() for count in route.values()} == {int}
    assert verdict.routes["request-to-unit"] == {"accepted": 3, "refused": 1, "applied": 3, "duplicates": 0, "lost": 0}
    assert verdict.routes["delivery-to-hub"] == {"accepted": 4, "refused": 1, "applied": 0, "duplicates": 0, "lost": 0}
    assert verdict.routes["task-to-unit"] == {"accepted": 0, "refused": 0, "applied": 4, "duplicates": 0, "lost": 0}


def test_no_promise_can_be_deleted_doubled_or_swapped(tmp_path: Path) -> None:
    """Each acked and effect line that is taken out, doubled or exchanged with another in its file is named by its id."""
    tried = list(touched(chained(good_day(), tmp_path), PROMISES))

    assert len(tried) > 60
    for what, ids, day in tried:
        assert ids <= blamed(day), what


def test_no_line_at_all_can_be_touched(tmp_path: Path) -> None:
    """The same for every other line: something is named, even where the change does no harm."""
    for what, _, day in touched(chained(good_day(), tmp_path), ("sent", "acked", "fault", "noanswer", "call", "effect")):
        assert blamed(day, closed=True), what


def test_a_deleted_or_doubled_promise_shows_without_a_chain() -> None:
    """Plain ledgers without numbers and chain still name a missing or doubled acked or effect line."""
    for what, ids, day in touched(good_day(), PROMISES):
        if not what.startswith("swap"):
            assert ids <= blamed(day), what


@pytest.mark.parametrize("field", ["id", "hub", "digest", "lane", "kind", "duplicate"])
def test_no_value_can_be_changed(tmp_path: Path, field: str) -> None:
    """A changed value in any line breaks the chain at that line."""
    day = chained(good_day(), tmp_path)
    for name, lines in day.items():
        for n, line in enumerate(lines):
            if field in line:
                altered = day | {name: [*lines[:n], line | {field: "changed"}, *lines[n + 1 :]]}
                assert check(altered).faults["broken"] == ("changed" if field == "id" else line["id"],)


def test_a_cut_off_end_shows(tmp_path: Path) -> None:
    """A ledger that lacks its closing line is named when an orderly end is demanded, and only then."""
    day = chained(good_day(), tmp_path)
    day["padis"].pop()

    assert check(day, closed=True).faults["unclosed"] == ("padis",)
    assert check(day).ok


@pytest.mark.parametrize(
    ("fault", "named", "harm"),
    [
        ("lost", E1, lambda day: [day["west-received"].pop(0) for _ in range(2)]),
        ("duplicates", E1, lambda day: day["padis"].extend(applied(1, **E1))),
        ("ghosts", E3, lambda day: day["east-received"].extend(applied(9, **names(REQUEST, "FJFPIS", "XC9")))),
        ("altered", E1, change("west-received", 1, digest="f" * 32)),
        ("altered", E4, change("west-received", 4, digest="f" * 32)),
        ("order", F1, lambda day: day["east-received"].sort(key=lambda line: str(line.get("hub")), reverse=True)),
        ("false_ok", E2, change("east-sent", 3, t="acked", hub="99-0", duplicate=False)),
        ("false_fault", E1, change("east-sent", 1, t="fault", code="Client.Schema")),
        ("stuck", E2, lambda day: day["east-sent"].pop(3)),
        ("twice_accepted", E4, change("east-sent", 10, duplicate=False)),
        ("twice_accepted", E4, change("east-sent", 10, hub="98-0")),
        ("receipt_bad", E4, change("east-sent", 10, receipt="another")),
    ],
)
def test_each_broken_promise_has_its_name(fault: str, named: dict[str, str], harm: Callable[[Day], object]) -> None:
    """Every kind of broken promise, planted into a good day without a chain, is found under its own name."""
    day = good_day()
    harm(day)

    found = check(day).faults[fault]

    assert found
    assert named["id"] in found or fault == "ghosts"


def test_an_invalid_document_must_not_be_applied() -> None:
    """An effect of a document that was made invalid is a false acceptance, even when its caller was told the fault."""
    day = good_day()
    day["west-received"].extend(applied(9, **E2))

    assert check(day).faults["false_ok"] == (E2["id"],)


def test_order_holds_for_each_receiver_alone() -> None:
    """An answer applied by one receiver before its enquiry by another is no fault; the lane is kept per receiver."""
    day = good_day()
    day = {name: day[name] for name in ("padis", "east-received", "west-received", "health", "west-sent", "east-sent")}

    assert check(day).ok


def test_order_is_that_of_the_lane_not_of_the_ids() -> None:
    """Where the answers state a number in the lane it decides; hub ids are given before and may overtake each other."""
    day = good_day()
    for name, number, lane_no in (("west-sent", 1, 3), ("west-sent", 3, 2)):
        day[name][number]["laneNo"] = lane_no

    assert check(day).faults["order"] == tuple(sorted((F1["id"], F1B["id"])))


def test_a_valid_document_nobody_answered_for_is_undecided() -> None:
    """A caller that gave up without an answer proves no broken promise, and the id is shown."""
    day = good_day()
    day["east-sent"][1] = ended("noanswer", **E1)
    del day["west-received"][:2]

    verdict = check(day)

    assert verdict.ok
    assert verdict.undecided == (E1["id"],)


@pytest.mark.parametrize("said", ["rejected", "dead", "unknown", "cancelled"])
def test_a_stated_end_accounts_for_a_missing_effect(said: str) -> None:
    """An acknowledged message without effect is not lost when the hub shows its end."""
    day = good_day()
    del day["west-received"][:2]

    assert faulty(day) == {"lost"}
    assert faulty(day, states={"1-0": state("1-0", said)}) == set()
    assert faulty(day, states={"1-0": state("1-0", "delivered")}) == {"lost", "contradicted"}
    assert faulty(day, states={"1-0": state("1-0", None, "filtered")}) == set()


@pytest.mark.parametrize(("said", "wrong"), [("rejected", True), ("dead", True), ("delivered", False), ("unknown", False)])
def test_a_state_against_an_effect_is_a_fault(said: str, wrong: bool) -> None:
    """What was applied cannot be called rejected or dead; unknown is honest."""
    assert ("contradicted" in faulty(good_day(), states={"1-0": state("1-0", said)})) is wrong


def test_the_program_says_so_by_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The program ends with 0 on a good day, with 1 naming the id on a bad one, with 2 when it cannot read its evidence."""
    paths = [str(path) for path in written(good_day(), tmp_path).values()]
    arguments = ["--callers", *paths, "--receivers", paths[-1], "--closed", "--json"]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True

    padis = Path(paths[-1])
    lines = padis.read_text().splitlines(keepends=True)
    padis.write_text("".join(line for line in lines if not ('"effect"' in line and E3["id"] in line)))
    assert main(arguments) == 1
    assert json.loads(capsys.readouterr().out)["faults"]["lost"] == [E3["id"]]

    assert main([*arguments, "--states", str(tmp_path / "none")]) == 2
    assert main(["--callers", str(tmp_path / "none"), "--receivers", paths[0]]) == 2
