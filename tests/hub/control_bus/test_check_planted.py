"""Each planted fault is reported: the right code, at the right place, in both languages, with a hint where a name is unknown."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.control_bus import check
from hub.control_bus.check.fault import Fault
from hub.control_bus.check.run import THEMES, prove
from hub.control_bus.check.subject import Subject
from tests.hub.control_bus.plants import PLANTS as OTHER_PLANTS
from tests.hub.control_bus.plants_batches import BATCH_PLANTS
from tests.hub.control_bus.plants_privacy import PRIVACY_PLANTS
from tests.hub.control_bus.plants_systems import SYSTEM_PLANTS

PLANTS = (*OTHER_PLANTS, *PRIVACY_PLANTS, *SYSTEM_PLANTS, *BATCH_PLANTS)
CHINESE = re.compile("[\u4e00-\u9fff]")
NOT_PLANTED = {"check.broken"}


Found = Callable[[int], dict[str, set[Fault]]]


@pytest.fixture(scope="module")
def found(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """The faults that a plant adds, by theme; each plant is tried once."""
    before = {theme: set(theme(subject)) for theme in THEMES}
    done: dict[int, dict[str, set[Fault]]] = {}

    def added(number: int) -> dict[str, set[Fault]]:
        if number not in done:
            changed = PLANTS[number].plant(subject, tmp_path_factory.mktemp("planted"))
            done[number] = {theme.__name__: set(theme(changed)) - before[theme] for theme in THEMES}
        return done[number]

    return added


@pytest.mark.parametrize("number", range(len(PLANTS)), ids=lambda n: f"{n}-{PLANTS[n].code}")
def test_a_planted_fault_is_reported(number: int, found: Found) -> None:
    """A planted fault is reported with its code, its place, two sentences and its hint; no theme breaks on it."""
    planted, new = PLANTS[number], set().union(*found(number).values())
    right = [
        f for f in new if f.code == planted.code and planted.place in f.place and planted.en in f.en and planted.hint in f.hint
    ]
    assert right, "\n".join(map(str, sorted(new)))
    assert all(CHINESE.search(f.zh) for f in new)


def test_every_code_is_planted() -> None:
    """No code of a fault goes untried."""
    source = "".join(p.read_text(encoding="utf-8") for p in Path(check.__file__).parent.glob("*.py"))
    codes = set(re.findall(r'"((?:package|name|need|channel|schema|view|route|operation|answer|source|feed|key|filled|case|sample|rule|privacy|basis'
                           r'|path|field|batch|query|type|grant|contract|spoke|settings|legacy|check|service|emit|sending|schedule|push)\.[a-z]+)"', source))  # fmt: skip
    assert codes - NOT_PLANTED == {p.code for p in PLANTS}


def test_every_theme_finds_something(found: Found) -> None:
    """Each check is red for at least one planted fault of its own: none is there for show."""
    busy = {
        name
        for number, planted in enumerate(PLANTS)
        for name, faults in found(number).items()
        if planted.code in {f.code for f in faults}
    }
    assert {theme.__name__ for theme in THEMES} - busy == set()


def test_a_broken_check_is_a_fault_of_its_own(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that raises is reported and takes no other with it."""

    def broken(_: Subject) -> object:
        raise LookupError("some value")

    monkeypatch.setattr("hub.control_bus.check.run.THEMES", (broken, *THEMES))
    (fault,) = set(prove(subject).faults) - _without(monkeypatch, subject)
    assert (fault.code, fault.place) == ("check.broken", "check broken")
    assert "some value" not in fault.en + fault.zh


def _without(monkeypatch: pytest.MonkeyPatch, subject: Subject) -> set[object]:
    monkeypatch.setattr("hub.control_bus.check.run.THEMES", THEMES)
    return set(prove(subject).faults)
