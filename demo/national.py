"""The national platform of the demo: its simulator as a process, told by ``/_control`` which calls to spoil and what to ask."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from demo.spokes.wire import NoAnswerError, Wire, request
from hub.reference.division_code import Level, div6
from hub.reference.division_files import load_divisions

SUBMISSIONS: Final = ("XC01", "XC02", "XC03", "XC04", "XC05")
RETURNED, WITHDRAWN = 0.05, 0.06
FAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "lose_answer_after_work": {"probability": 0.04, "on": SUBMISSIONS},
    "500": {"probability": 0.02, "on": SUBMISSIONS},
    "reset_before_work": {"probability": 0.01, "on": SUBMISSIONS},
    "garbage": {"probability": 0.01, "on": SUBMISSIONS},
    "answer_twice": {"probability": 0.005, "on": SUBMISSIONS},
    "hang": {"probability": 0.01, "count": 2, "on": SUBMISSIONS},
    "slow": {"probability": 0.01, "ms": 150},
    "truncated": {"probability": 0.03, "on": ("CX01", "XZ01")},
}
"""What goes wrong on the demo day: some 9 of 100 submissions, nearly half of them after the work was done."""

_NOMINAL_COUNTY: Final = "350527"
_EACH: Final = 37


class National:
    """Gives orders to the simulator on a port of 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self._wire, self._host = Wire("127.0.0.1", port, timeout=10.0), f"127.0.0.1:{port}"
        townships = load_divisions().under("35", Level.TOWNSHIP, date(2025, 3, 1))
        self._places = [place.code for place in townships if div6(place.code) != _NOMINAL_COUNTY][::_EACH]
        self._orders = 0

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            self.state()
        except NoAnswerError:
            return False
        return True

    def state(self) -> dict[str, Any]:
        """Its counts and faults. Raises NoAnswerError."""
        return self._ask("GET")

    def quiet(self) -> bool:
        """Whether the hub has fetched everything it published and it owes no answer."""
        state = self.state()
        return state["published"] == state["acked"] and not state["answers_due"]

    def misbehave(self, seed: int) -> None:
        """Spoil calls from now on as `FAULTS` says."""
        self._ask("POST", {"faults": FAULTS, "seed": seed})

    def answer(self, share: float) -> None:
        """Answer this share of the enquiries that reach it, give some back first, and take some of its own back."""
        self._ask("POST", {"answer": {"share": share, "after_ms": 300, "returned": RETURNED}, "withdrawn": WITHDRAWN})

    def originate(self, count: int, seed: int) -> None:
        """Let other provinces ask so many townships of Fujian."""
        self._orders += 1
        self._ask("POST", {"originate": {"count": count, "seed": seed * 1000 + self._orders, "places": self._places}})

    def _ask(self, method: str, order: Mapping[str, Any] | None = None) -> dict[str, Any]:
        body = json.dumps(order).encode() if order else b""
        reply = self._wire.exchange(request(method, "/_control", self._host, {"Content-Type": "application/json"}, body))
        if reply.status != 200:
            raise NoAnswerError(f"the simulator refused: {reply.body.decode(errors='replace')}")
        answer: dict[str, Any] = json.loads(reply.body)
        return answer


if __name__ == "__main__":
    from adapters.padis.simulator import main

    main(int(sys.argv[1]), Path(sys.argv[2]))
