"""What the control bus tests share: the real declarations as a subject, and a folder made ready with traffic in it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from hub.__main__ import main
from hub.catalogue import Catalogue
from hub.control_bus.check.gather import gather
from hub.control_bus.check.subject import Subject
from hub.settings import Settings
from tests.hub.control_bus.plants import a_spoke
from tests.hub.control_bus.traffic import Traffic, home_with_traffic

ROOT = Path(__file__).parents[3]
Cli = Callable[..., "Done"]


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """The real tree in the demonstration profile, without spokes."""
    found, _ = gather(Settings(profile="legacy", home=tmp_path_factory.mktemp("nohome")))
    return found


@pytest.fixture(scope="session")
def subject(whole: Subject) -> Subject:
    """The enquiry flow with its systems in the demonstration profile, and one spoke that may do everything in it."""
    adapters = tuple(a for a in whole.catalogue.adapters if a.name in ("padis", "register"))
    flows = tuple(f for f in whole.catalogue.flows if f.name == "enquiry")
    return replace(whole, spokes=(a_spoke(),), catalogue=Catalogue(adapters, flows))


@pytest.fixture(scope="session")
def traffic(tmp_path_factory: pytest.TempPathFactory) -> Traffic:
    """A home with an enquiry asked, fetched and answered, and one refused. Read only: shared by all tests."""
    return home_with_traffic(tmp_path_factory.mktemp("traffic"))


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def environment(home: Path, more: dict[str, str]) -> dict[str, str]:
    """This environment with the hub's own settings replaced."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("POPHUB_")}
    return {**kept, "POPHUB_HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **more}


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line in this process, from its entry to its exit code; ``home`` is its folder, further keywords are environment."""

    def run(*words: str, home: Path, stdin: str = "", **more: str) -> Done:
        with monkeypatch.context() as patch, io.StringIO() as out, io.StringIO() as err:
            patch.setattr(os, "environ", environment(home, more))
            for name, value in (("argv", ["pophub", *words]), ("stdin", io.StringIO(stdin)), ("stdout", out), ("stderr", err)):
                patch.setattr(sys, name, value)
            try:
                main()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
            return Done(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def program() -> Cli:
    """The same as a program of its own."""

    def run(*words: str, home: Path, stdin: str = "", **more: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "hub", *words], env=environment(home, more), input=stdin, capture_output=True, text=True, encoding="utf-8",
            timeout=60, cwd=home, check=False,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    return run
