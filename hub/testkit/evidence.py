"""What the ledgers say of each business document: how often sent, how answered, where applied. Reading only, no judging."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hub.testkit.ledger import read_ledger

Line = Mapping[str, Any]
Ledgers = Mapping[str, Sequence[Line]]
"""The lines of each ledger in file order, under the ledger's name."""

INVALID: Final = "invalid:"
"""A caller that spoils a document on purpose writes ``kind`` as this and the kind of fault."""


@dataclass(slots=True)
class Entry:
    """Everything written about one id. ``effects`` are (ledger, position in its lines, line), ``causes`` what senders of
    other documents expect of this one: (id of the cause, item of its ``expects``).
    """

    id: str
    sent: list[Line] = field(default_factory=list)
    acked: list[Line] = field(default_factory=list)
    faults: list[Line] = field(default_factory=list)
    noanswers: list[Line] = field(default_factory=list)
    calls: list[Line] = field(default_factory=list)
    effects: list[tuple[str, int, Line]] = field(default_factory=list)
    causes: list[tuple[str, Line]] = field(default_factory=list)

    @property
    def expects(self) -> tuple[Line, ...] | None:
        """What shall come of it under other ids; None when it shall be applied itself."""
        named = [line["expects"] for line in self.sent if "expects" in line]
        return tuple(item for items in named for item in items) if named else None

    @property
    def awaited(self) -> bool:
        """Whether somebody's ledger lets it be applied under its own id."""
        return bool(self.causes) or (bool(self.sent) and self.expects is None)

    @property
    def invalid(self) -> bool:
        """Whether a caller spoiled it on purpose."""
        return any(str(line.get("kind", "")).startswith(INVALID) for line in self.sent)

    @property
    def refused(self) -> bool:
        """Whether the hub refused it for good: a fault that the sender must mend."""
        return any(str(line.get("code", "")).startswith("Client.") for line in self.faults)

    @property
    def route(self) -> str:
        """The route that its sender, or that of its cause, expects; ``-`` when nobody does."""
        lines = (*self.sent, *(item for _, item in self.causes))
        return str(lines[0].get("route", "-")) if lines else "-"

    @property
    def hub_ids(self) -> frozenset[str]:
        """The hub ids under which callers and receivers know it."""
        lines = (*self.acked, *(line for _, _, line in self.effects))
        return frozenset(str(line["hub"]) for line in lines if line.get("hub"))


def entries(ledgers: Ledgers) -> dict[str, Entry]:
    """The entries of all ledgers by id. Lines of an unknown ``t`` count for the chain alone."""
    found: dict[str, Entry] = {}
    for name, lines in ledgers.items():
        for position, line in enumerate(lines):
            if "id" not in line:
                continue
            entry = found.setdefault(str(line["id"]), Entry(str(line["id"])))
            kept = {"sent": entry.sent, "acked": entry.acked, "fault": entry.faults, "noanswer": entry.noanswers,
                    "call": entry.calls}.get(str(line.get("t")))  # fmt: skip
            if kept is not None:
                kept.append(line)
                for item in line.get("expects", ()):
                    found.setdefault(str(item["id"]), Entry(str(item["id"]))).causes.append((entry.id, item))
            elif line.get("t") == "effect":
                entry.effects.append((name, position, line))
    return found


def read_ledgers(paths: Iterable[Path]) -> dict[str, list[Line]]:
    """The ledgers at the paths, each once. Raises ValueError for a line that is no JSON, FileNotFoundError for no file."""
    found: dict[str, list[Line]] = {}
    for path in dict.fromkeys(p.resolve() for p in paths):
        if not path.is_file():
            raise FileNotFoundError(path)
        found[str(path)] = list(read_ledger(path))
    return found


def read_states(path: Path) -> dict[str, Line]:
    """The hub's public states by hub id, from JSON Lines of answers of ``/api/v1/messages/<hubId>``."""
    with path.open(encoding="utf-8") as file:
        return {str(state["hubId"]): state for state in map(json.loads, file)}
