"""A machine whose spokes share with the police: two units, and the police platform itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import assembly
from hub.settings import Settings, SpokeSettings
from tests.flows.police_share.records import POLICE
from tests.hub.pipeline import rig as machine
from tests.hub.pipeline.rig import ManualClock, Rig

_UNIT = {"system": "FJFPIS", "sends": ["police.handling"], "receives": ["police.record"], "asks": ["police.case"]}
SPOKES = [
    SpokeSettings(name="siming", title="思明", places=["350203"], **_UNIT),  # type: ignore[arg-type]
    SpokeSettings(name="fuzhou", title="福州", places=["3501"], **_UNIT),  # type: ignore[arg-type]
    SpokeSettings(name="clinic", title="技术服务", system="FJTSS", asks=["police.case"], places=["3502"]),
    SpokeSettings(name=POLICE, title="公安", system="GONGAN", sends=["police.record"], places=["35"]),
]


@pytest.fixture(scope="session")
def fresh_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with these spokes, made once and copied for each test."""
    home = tmp_path_factory.mktemp("police") / "home"
    assembly.initialise(Settings(home=home, profile="legacy", spokes=SPOKES))
    return home


@pytest.fixture
def rig(home: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """A running machine; closed when the test ends."""
    monkeypatch.setattr(machine, "SPOKES", SPOKES)
    made = Rig(home, clock)
    yield made
    made.close()
