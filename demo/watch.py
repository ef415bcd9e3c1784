"""Follows the ledgers while they grow: what was sent, accepted, refused and applied so far, by route."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from demo.families import FAMILIES, RECORDS, ROUTES


class Watch:
    """A running count over ledger files that others write. Call `look` to read on."""

    def __init__(self, ledgers: Iterable[Path]) -> None:
        self._read = dict.fromkeys(ledgers, 0)
        self._sent: set[str] = set()
        self._records = 0
        self._routes: dict[str, str] = {}
        self._expected: dict[str, tuple[str, ...]] = {}
        self._accepted: set[str] = set()
        self._refused: set[str] = set()
        self._applied: set[str] = set()

    def look(self) -> None:
        """Read the lines written since the last look."""
        for path, position in self._read.items():
            if path.exists():
                with path.open("rb") as file:
                    file.seek(position)
                    data = file.read()
                whole = data[: data.rfind(b"\n") + 1]
                self._read[path] = position + len(whole)
                for line in whole.splitlines():
                    self._note(json.loads(line))

    @property
    def sent(self) -> int:
        """How many documents were sent so far, outside batches."""
        return len(self._sent) - self._records

    @property
    def waiting(self) -> int:
        """How many are accepted and not yet applied anywhere, though somebody might."""
        return len(self.pending)

    @property
    def pending(self) -> frozenset[str]:
        """Their ids. Some may be filtered by the hub and never be applied: only its own word tells."""
        due = self._accepted - self._applied - self._expected.keys()
        return frozenset(id_ for id_ in due if not self._kept(id_))

    @property
    def undecided(self) -> int:
        """How many were sent and are neither accepted nor refused."""
        return len(self._sent - self._accepted - self._refused)

    def answered(self, family: str) -> bool:
        """Whether what is news of the family has reached somebody: of the enquiries, an answer."""
        start = FAMILIES[family].news or f"{family}."
        return any(id_.startswith(start) for id_ in self._applied)

    def routes(self) -> dict[str, Counter[str]]:
        """Counts by route: sent, accepted, refused, applied."""
        counts: dict[str, Counter[str]] = {}
        for id_, route in self._routes.items():
            counts.setdefault(route, Counter()).update(
                sent=1, accepted=int(id_ in self._accepted), refused=int(id_ in self._refused), applied=int(id_ in self._applied)
            )
        return dict(sorted(counts.items()))

    def _kept(self, id_: str) -> bool:
        route = ROUTES.get(self._routes.get(id_, ""))
        return route is not None and route.kept

    def _note(self, line: Mapping[str, Any]) -> None:
        match line["t"]:
            case "sent":
                self._records += line["id"] not in self._sent and line["id"].startswith(RECORDS)
                self._sent.add(line["id"])
                self._routes[line["id"]] = line["route"]
                if "expects" in line:
                    self._expected[line["id"]] = tuple(item["id"] for item in line["expects"])
                    self._routes |= {item["id"]: item.get("route", "-") for item in line["expects"]}
            case "acked":
                self._accepted |= {line["id"], *self._expected.get(line["id"], ())}
            case "fault" if str(line["code"]).startswith("Client."):
                self._refused.add(line["id"])
            case "effect":
                self._applied.add(line["id"])
            case _:
                pass
