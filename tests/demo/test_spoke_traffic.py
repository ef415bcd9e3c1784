"""What a spoke does by itself: a reproducible mixture, and a whole run against a small edge that keeps every promise."""

import time
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from demo.cast import PLACES
from demo.families.enquiry.submissions import Enquiries
from demo.province import Person, generate
from demo.spokes.settings import Mixture, SpokeSettings, read_settings
from demo.spokes.spoke import Spoke
from hub.reference.division_code import Level
from hub.reference.division_files import load_divisions
from hub.testkit.checker import check
from hub.testkit.evidence import entries, read_ledgers
from tests.demo.fake_edge import SECRET, FakeHub, edge


@pytest.fixture(scope="module")
def people() -> tuple[Person, ...]:
    """People enough for several thousand questions."""
    return tuple(generate(20_000, seed=1))


def settings(name: str = "fjfpis-east", **more: object) -> SpokeSettings:
    """Settings of one of the demo's spokes."""
    said = {"secret_file": "-", "hub_url": "http://h", "ledgers": "-", "run": "T", "places": PLACES[name], **more}
    return SpokeSettings(name=name, system="FJFPIS", **said)  # type: ignore[arg-type]


def test_the_spokes_share_the_province() -> None:
    """Every township of Fujian lies in the places of exactly one demo spoke."""
    from demo.province.places import TODAY

    townships = load_divisions().under("35", Level.TOWNSHIP, TODAY)
    owners = Counter(sum(place.code.startswith(places) for places in PLACES.values()) for place in townships)

    assert owners == {1: len(townships)}


@pytest.mark.parametrize("name", list(PLACES))
def test_the_mixture_is_what_a_day_must_try(people: tuple[Person, ...], name: str) -> None:
    """2,300 enquiries of a spoke hold enough of every fault, type, border crossing and way, each under its own key."""
    work = list(Enquiries(settings(name, enquiries=2300), people))
    valid = [one for one in work if one.kind == "valid"]

    assert len({one.facts.id for one in work}) == len({one.message_id for one in work}) == 2300
    assert 0.27 < 1 - len(valid) / 2300 < 0.33
    assert len({one.kind for one in work}) > 25
    assert sum(one.route == "request-to-padis" for one in work) > 0.4 * 2300
    assert {one.type for one in work} == {"1", "2", "3", "4"}
    assert sum(one.way in ("again", "at_once", "unheard") for one in valid) > 0.07 * len(valid)
    assert {one.version for one in work} == {"1.1", "1.2"}
    assert all(one.from_div.startswith(PLACES[name]) for one in work)


def test_the_same_seed_asks_the_same(people: tuple[Person, ...]) -> None:
    """Two spokes of one seed and run ask the same questions in the same order; another seed asks others."""
    first, again, other = (
        [(one.facts, one.kind, one.way, one.document) for one in Enquiries(settings(enquiries=50, seed=seed), people)]
        for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other


def test_steady_traffic_never_asks_twice() -> None:
    """An endless spoke goes on with new people when it has asked everything about the known ones."""
    small = settings(people=300, mixture=Mixture(invalid=0.0))
    work = list(islice(Enquiries(small, tuple(generate(300, seed=1))), 900))

    assert len({one.facts.id for one in work}) == 900
    questions = {
        one.document.split(b"</enquiryNo>")[1].split(b"<origin>")[0] + one.document.split(b"<idNo>")[1][:18] for one in work
    }
    assert len(questions) == 900


def test_settings_survive_their_file(tmp_path: Path) -> None:
    """Settings written for a process read back equal, and only the owner can read the file."""
    given = settings(push_port=8111, mixture=Mixture(zeep=0.5))
    given.write(tmp_path / "s.json")

    assert read_settings(tmp_path / "s.json") == given
    assert (tmp_path / "s.json").stat().st_mode & 0o077 == 0


def test_a_whole_run_keeps_its_promises(tmp_path: Path) -> None:
    """A spoke at work: asks, is not answered now and then, repeats, receives, answers; its ledgers show no broken promise
    of a hub that kept them all.
    """
    (tmp_path / "secret").write_text(SECRET)
    hub = FakeHub(busy=lambda number: number % 11 == 0)
    with edge(hub) as url:
        spoke = Spoke(
            SpokeSettings(
                "demo-east", "FJFPIS", str(tmp_path / "secret"), url, ("3501", "3502"), str(tmp_path / "ledgers"), "T", people=1500, enquiries=80,
                mixture=Mixture(zeep=0.05, again=0.1, at_once=0.1, unheard=0.1, answered=0.0, returned=0.0, withdrawn=0.0),
            )
        )  # fmt: skip
        spoke.start()
        until(lambda: spoke.status()["idle"] and not hub.mail and len(hub.settled) == len(hub.accepted))
        spoke.stop()

    ledgers = read_ledgers((tmp_path / "ledgers").glob("*.jsonl"))
    verdict, found = check(ledgers, closed=True), entries(ledgers)
    assert verdict.ok, verdict.faults
    assert not verdict.undecided
    assert len(found) == 80
    assert sum(entry.refused for entry in found.values()) == sum(entry.invalid for entry in found.values()) > 0
    assert sum(len(entry.sent) > 1 for entry in found.values()) > 10


def test_a_spoke_answers_what_it_is_asked(tmp_path: Path) -> None:
    """Every enquiry that arrives is answered when the share says all, and the feedback is valid for the hub."""
    (tmp_path / "secret").write_text(SECRET)
    hub = FakeHub()
    with edge(hub) as url:
        spoke = Spoke(
            SpokeSettings(
                "demo-east", "FJFPIS", str(tmp_path / "secret"), url, ("3501", "3502"), str(tmp_path / "ledgers"), "T", people=1500, enquiries=20,
                mixture=Mixture(invalid=0.0, again=0.0, at_once=0.0, unheard=0.0, zeep=0.0, answered=1.0, corrected=0.5, returned=0.0, withdrawn=0.0),
            )
        )  # fmt: skip
        spoke.start()
        until(lambda: spoke.status()["idle"] and len(hub.settled) == 20)
        spoke.stop()

    found = entries(read_ledgers((tmp_path / "ledgers").glob("*.jsonl")))
    feedback = [entry for entry in found.values() if entry.route == "feedback-to-unit"]
    assert len({entry.sent[0]["lane"] for entry in feedback}) == 20
    assert 20 < len(feedback) < 40
    assert all(entry.acked for entry in feedback)


def until(condition: object, seconds: float = 60.0) -> None:
    """Wait for a condition."""
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come to rest"
        time.sleep(0.02)
