"""The README tells the truth: its commands exist and answer, its settings load, its names stand in the tree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hub.settings import Settings

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", ROOT / "README.en.md"]


def _blocks(file: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL)


def _commands() -> list[str]:
    lines = {line.partition("#")[0].strip() for file in READMES for block in _blocks(file, "sh") for line in block.splitlines()}
    return sorted(line for line in lines if line)


@pytest.mark.parametrize("command", [c for c in _commands() if c.startswith("pophub ")])
def test_every_command_is_known(command: str) -> None:
    """Each pophub command line of the README is one the program knows, options included."""
    words = command.split()[1:]
    asked = [*words, "--help"] if "--help" not in words else words
    done = subprocess.run([sys.executable, "-m", "hub", *asked], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    for option in (w for w in words if w.startswith("--")):
        assert option in done.stdout


@pytest.mark.parametrize("command", [c for c in _commands() if c.startswith("make ")])
def test_every_make_target_exists(command: str) -> None:
    """Each make target of the README can be made."""
    done = subprocess.run(["make", "-n", command.split()[1]], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_the_settings_example_starts_a_hub(tmp_path: Path) -> None:
    """The settings printed in the README initialise a home, and check, routes, doctor's spokes answer from it."""
    (example,) = _blocks(READMES[0], "toml")
    Settings(**tomllib.loads(example))
    (tmp_path / "pophub.toml").write_text(example, encoding="utf-8")
    env = {**os.environ, "POPHUB_HOME": str(tmp_path)}
    for words in (["init"], ["check"], ["routes"], ["spoke", "list"]):
        done = subprocess.run(
            [sys.executable, "-m", "hub", *words], capture_output=True, text=True, timeout=120, check=False, env=env
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    assert (tmp_path / "keys" / "spokes" / "fjfpis-east").stat().st_mode & 0o077 == 0


FIGURES = {ROOT / "README.md": ("--format", "flows"), ROOT / "docs/routes.md": ()}
"""Where a figure of the routes stands, and how it is asked for; ``make figures`` draws them again."""


@pytest.mark.parametrize("file", FIGURES, ids=lambda f: f.name)
def test_the_figure_is_what_the_command_draws(tmp_path: Path, file: Path) -> None:
    """The figure is the output of `pophub routes --graph` in the demonstration profile: of the flows in the README, whole in docs/routes.md."""
    env = {**os.environ, "POPHUB_HOME": str(tmp_path), "POPHUB_PROFILE": "legacy", "PYTHONIOENCODING": "utf-8"}
    asked = [sys.executable, "-m", "hub", "routes", "--graph", *FIGURES[file]]
    drawn = subprocess.run(asked, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True, env=env, cwd=ROOT)
    if os.environ.get("POPHUB_WRITE_FIGURES"):
        before = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"(?<=```mermaid\n).*?(?=```)", lambda _: drawn.stdout, before, flags=re.DOTALL), encoding="utf-8")
    assert _blocks(file, "mermaid") == [drawn.stdout], "run 'make figures'"


@pytest.mark.parametrize("file", READMES, ids=lambda f: f.name)
def test_short_enough_to_read(file: Path) -> None:
    """A README stays under 200 lines."""
    assert len(file.read_text(encoding="utf-8").splitlines()) < 200


def test_every_adapter_and_route_has_a_readme() -> None:
    """Each adapter and each route package says what it is."""
    folders = [f for room in ("adapters", "routes") for f in (ROOT / room).iterdir() if (f / "__init__.py").exists()]
    assert folders
    assert [f.name for f in folders if not (f / "README.md").exists()] == []


def test_decisions_are_numbered_once() -> None:
    """Numbers of decisions are unique and without gaps."""
    numbers = sorted(int(p.name[:4]) for p in (ROOT / "hub" / "decisions").glob("0*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_figure_is_in_the_list() -> None:
    """docs/metrics.md names each figure that the product makes, and none else."""
    from hub.backends.meter_prometheus import MeterPrometheus

    own = re.findall(r'_(?:gauge|queues)\("(\w+)"', (ROOT / "hub/processes/exposition.py").read_text(encoding="utf-8"))
    made = {f"pophub_{name}" for name in own} | {
        f.name for f in MeterPrometheus([], []).registry.collect() if f.name.startswith("pophub")
    }
    text = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(pophub_\w+)`", text)) == made
