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
    """Without its simulator an adapter has at most 600 lines, and no file of it more than 300."""
    folder = bench.subject.folder
    lines = {path: _lines(path) for path in sorted(folder.rglob("*.py"))}
    own = {path: count for path, count in lines.items() if "simulator" not in path.relative_to(folder).parts[0]}
    longest = max(lines, key=lambda path: lines[path])
    demand(sum(own.values()) <= MOST_LINES, f"{sum(own.values())} lines without the simulator")
    demand(lines[longest] <= MOST_LINES_OF_A_FILE, f"{longest.name} has {lines[longest]} lines")
    return f"{sum(own.values())} lines in {len(own)} files, {sum(lines.values()) - sum(own.values())} of the simulator"


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
