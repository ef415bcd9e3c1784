"""What the control bus tests share: the real declarations as a subject, and a folder made ready with traffic in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.control_bus.check.gather import gather
from hub.control_bus.check.subject import Subject
from hub.settings import Settings
from tests.hub.control_bus.plants import a_spoke
from tests.hub.control_bus.traffic import Traffic, home_with_traffic

ROOT = Path(__file__).parents[3]
Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """The real tree in the demonstration profile, with one spoke that may do everything."""
    found, _ = gather(Settings(profile="legacy", home=tmp_path_factory.mktemp("nohome")))
    return replace(found, spokes=(a_spoke(),))


@pytest.fixture(scope="session")
def traffic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traffic]:
    """A home with an enquiry asked, fetched and answered, and one refused. Read only: shared by all tests."""
    yield home_with_traffic(tmp_path_factory.mktemp("traffic"))


@pytest.fixture(scope="session")
def cli() -> Cli:
    """Runs the real command line; ``home`` is its folder, further keywords are environment."""

    def run(*words: str, home: Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("POPHUB_")}
        env = {**kept, "POPHUB_HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment}
        return subprocess.run(
            [sys.executable, "-m", "hub", *words], env=env, input=stdin, capture_output=True, text=True, encoding="utf-8", timeout=60, cwd=home, check=False
        )

    return run
