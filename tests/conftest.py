"""A real machine on a temporary SQLite home: real keys, real schemas, real flows, and a clock that only moves when told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import assembly
from hub.settings import Settings
from tests.hub.pipeline.rig import SPOKES, ManualClock, Rig


@pytest.fixture(scope="session")
def fresh_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with keys, database and spokes, made once and copied for each test."""
    home = tmp_path_factory.mktemp("template") / "home"
    assembly.initialise(Settings(home=home, profile="legacy", spokes=SPOKES))
    return home


@pytest.fixture
def home(fresh_home: Path, tmp_path: Path) -> Path:
    """A home of the test's own."""
    return Path(shutil.copytree(fresh_home, tmp_path / "home"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> ManualClock:
    """The hub's clock, moved by hand."""
    manual = ManualClock()
    monkeypatch.setattr(assembly, "SystemClock", lambda: manual)
    return manual


@pytest.fixture
def rig(home: Path, clock: ManualClock) -> Iterator[Rig]:
    """A running machine; closed when the test ends."""
    made = Rig(home, clock)
    yield made
    made.close()
