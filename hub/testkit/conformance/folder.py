"""The folder: what a reader finds in it, and how much there is to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hub.testkit.conformance.bench import Bench
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.verdict import demand

MOST_LINES: Final = 600
MOST_LINES_OF_A_FILE: Final = 300
_LIMITS: Final = re.compile(r"^#+\s.*(?:Limits|限制|局限|边界)", re.MULTILINE)


def checks() -> Iterator[Check]:
    """The checks of this theme."""
    yield Check("folder-readme", readme)
    yield Check("folder-size", size)


def readme(bench: Bench) -> None:
    """README.md exists and has a section "Limits": what the adapter does not do is said, not found out."""
    file = bench.subject.folder / "README.md"
    demand(file.is_file(), "there is no README.md")
    demand(_LIMITS.search(file.read_text(encoding="utf-8")), "README.md has no section Limits")


def size(bench: Bench) -> str:
    """Without its simulator and its loader an adapter has at most 600 lines, the loader as many, and no file more than 300."""
    folder = bench.subject.folder
    lines = {path: _lines(path) for path in sorted(folder.rglob("*.py"))}
    parts = {name: [lines[path] for path in lines if path.relative_to(folder).parts[0] == name] for name in ("simulator", "loader")}
    own = [count for path, count in lines.items() if path.relative_to(folder).parts[0] not in parts]
    longest = max(lines, key=lambda path: lines[path])
    demand(sum(own) <= MOST_LINES, f"{sum(own)} lines without simulator and loader")
    demand(sum(parts["loader"]) <= MOST_LINES, f"{sum(parts['loader'])} lines of the loader")
    demand(lines[longest] <= MOST_LINES_OF_A_FILE, f"{longest.name} has {lines[longest]} lines")
    aside = ", ".join(f"{sum(counts)} of the {name}" for name, counts in parts.items() if counts)
    return f"{sum(own)} lines in {len(own)} files, {aside or 'nothing beside'}"


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
