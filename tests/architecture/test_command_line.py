"""The command line as a whole: nouns then verbs, help in Chinese first, --json everywhere, --dry-run where something changes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from hub.__main__ import EPILOG, app

ROOT = Path(__file__).parents[2]
CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile("[A-Za-z]{2,}")
CHANGES = {
    "init", "simulate", "spoke add", "spoke rotate", "spoke key add", "spoke key revoke", "batch submit", "batch resume", "batch cancel",
    "schedule run",
}  # fmt: skip
RUNS_ON = {"serve", "demo"}
"""Commands that serve until told to stop."""
NOUNS = {
    "message": {"find", "show", "trace"},
    "batch": {"submit", "list", "status", "errors", "resume", "cancel"},
    "schedule": {"list", "run"},
    "spoke": {"list", "add", "rotate", "show-secret-path"},
    "spoke key": {"add", "list", "revoke"},
    "contracts": {"list"},
}
VERBS = {"init", "serve", "check", "routes", "doctor", "simulate", "demo"}


def commands() -> dict[str, object]:
    """Every command by its words."""
    return below(typer.main.get_command(app), "")


def below(group: object, words: str) -> dict[str, object]:
    """The commands of a group and of the groups in it."""
    found: dict[str, object] = {}
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        found.update(below(command, f"{words}{name} ") if hasattr(command, "commands") else {words + name: command})
    return found


def options(command: object) -> dict[str, object]:
    """The options of a command by their names."""
    return {name: p for p in command.params for name in p.opts}  # type: ignore[attr-defined]


COMMANDS = commands()


def test_the_commands_are_the_listed_ones() -> None:
    """Scripts rely on these words; a new one is added here on purpose."""
    assert set(COMMANDS) == VERBS | {f"{noun} {verb}" for noun, verbs in NOUNS.items() for verb in verbs}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_is_chinese_first_and_english_too(name: str) -> None:
    """The first line of each command and every option speak Chinese first, then English."""
    command = COMMANDS[name]
    summary = (command.help or "").strip().splitlines()[0]  # type: ignore[attr-defined]
    texts = [summary, *(p.help for o, p in options(command).items() if o != "--help" and o.startswith("-"))]  # type: ignore[attr-defined]
    for text in texts:
        assert text, name
        assert CHINESE.search(text), text
        assert ENGLISH.search(text), text
    assert CHINESE.match(summary)


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"serve"}))
def test_every_command_speaks_json(name: str) -> None:
    """Whatever prints data prints it as JSON when asked."""
    assert "--json" in options(COMMANDS[name])


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_what_changes_something_can_be_tried_dry(name: str) -> None:
    """--dry-run stands exactly on the commands that change something."""
    assert ("--dry-run" in options(COMMANDS[name])) == (name in CHANGES)


def test_exit_codes_are_told() -> None:
    """The help says what 0, 1 and 2 mean."""
    assert all(f"{code} " in EPILOG for code in "012")


@pytest.mark.parametrize("words", [(), ("message",), ("spoke", "add"), ("demo",)])
def test_help_comes_from_the_real_program(words: tuple[str, ...]) -> None:
    """--help answers on stdout with exit code 0 and no colour when NO_COLOR is set."""
    done = subprocess.run(
        [sys.executable, "-m", "hub", *words, "--help"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
        env={"PATH": "/usr/bin", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "pophub" in done.stdout
    assert "\x1b[" not in done.stdout


@pytest.mark.parametrize(
    "words", [("mesage",), ("message", "fnd"), ("serve", "--role", "edg"), ("simulate", "padis"), ("check", "--jsn")]
)
def test_wrong_usage_ends_with_two(words: tuple[str, ...]) -> None:
    """A word that is not understood gives exit code 2, nothing on stdout and no stack trace."""
    done = subprocess.run(
        [sys.executable, "-m", "hub", *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr
