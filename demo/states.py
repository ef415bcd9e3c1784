"""The hub's own word: the public state of every message, asked by the spoke that sent it or received it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Container, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from typing import Any, Final

from demo.spokes.wire import NoAnswerError, Wire, request
from hub.testkit.evidence import Ledgers

State = Mapping[str, Any]
FINAL: Final = frozenset({"delivered", "rejected", "dead", "unknown", "cancelled"})
_UNSENT: Final = frozenset({"dead", "filtered", "unroutable", "no_recipient"})
_ASKERS: Final = 4
_PAUSE: Final = 0.3


def known_ids(callers: Mapping[str, Iterable[str]], ledgers: Ledgers, partners: Container[str] = ()) -> dict[str, str]:
    """Every hub id that the ledgers of the callers name, and who may ask for it. ``callers``: name → its ledgers.

    A spoke may ask for what it sent and for what it got; one of the ``partners`` for what it sent.
    """
    found: dict[str, str] = {}
    for caller, names in callers.items():
        events = ("acked",) if caller in partners else ("acked", "effect")
        for line in (line for name in names for line in ledgers[name]):
            if line["t"] in events and line.get("hub"):
                found.setdefault(str(line["hub"]), caller)
    return found


def is_final(state: State) -> bool:
    """Whether nothing waits: each delivery has ended, or there is none and will be none."""
    deliveries = state.get("deliveries", ())
    ended = all(delivery["state"] in FINAL for delivery in deliveries)
    return ended and (bool(deliveries) or state.get("state") in _UNSENT)


class States:
    """Asks ``GET /api/v1/messages/<hubId>`` with the Authorization of each spoke, over a few kept-alive connections."""

    def __init__(self, address: tuple[str, int], authorizations: Mapping[str, str]) -> None:
        self._address, self._authorizations = address, authorizations
        self._local = local()

    def final(self, wanted: Mapping[str, str], deadline: float, go_on: Callable[[], bool]) -> dict[str, State]:
        """The states by hub id, asked again until all are final, the deadline (monotonic seconds) passes or ``go_on`` says no."""
        found: dict[str, State] = {}
        with ThreadPoolExecutor(_ASKERS) as pool:
            open_ = list(wanted.items())
            while open_ and go_on():
                found |= dict(zip((hub for hub, _ in open_), pool.map(self._ask, open_), strict=True))
                open_ = [pair for pair in open_ if not is_final(found[pair[0]])]
                if not open_ or time.monotonic() > deadline:
                    break
                time.sleep(_PAUSE)
        return found

    def _ask(self, pair: tuple[str, str]) -> State:
        hub, spoke = pair
        host = f"{self._address[0]}:{self._address[1]}"
        asked = request("GET", f"/api/v1/messages/{hub}", host, {"Authorization": self._authorizations[spoke]})
        try:
            reply = self._wire().exchange(asked)
            state: State = json.loads(reply.body) if reply.status == 200 else {}
        except (NoAnswerError, ValueError):
            return {"hubId": hub}
        return {"hubId": hub, **state}

    def _wire(self) -> Wire:
        wire: Wire | None = getattr(self._local, "wire", None)
        if wire is None:
            wire = self._local.wire = Wire(*self._address)
        return wire


def write_states(path: Path, states: Iterable[State]) -> None:
    """Keep the states as the checker reads them, one JSON object a line."""
    path.write_text("".join(json.dumps(state, ensure_ascii=False) + "\n" for state in states), encoding="utf-8")
