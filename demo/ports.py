"""Where the parts of the demo listen, all on 127.0.0.1."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from demo.cast import CAST
from demo.partners import SIMULATORS

_FIRST_PUSH: Final = 8111
_PUSHED: Final = tuple(member.name for member in CAST if member.push)
NAMES: Final = ("edge", "admin", "padis", "push", *(name for name in SIMULATORS if name != "padis"), *_PUSHED[1:])
"""The order of ports given without names: new ones are added at the end."""
_LOWEST, _HIGHEST = 20_000, 32_000


def _defaults() -> dict[str, int]:
    pushes = {"push" if n == 0 else name: _FIRST_PUSH + n for n, name in enumerate(_PUSHED)}
    return {"edge": 8080, "admin": 8081, **{name: simulator.port for name, simulator in SIMULATORS.items()}, **pushes}


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports by name: ``edge``, ``admin``, each simulator, ``push`` and further push spokes."""

    by_name: Mapping[str, int] = field(default_factory=_defaults)

    @property
    def edge(self) -> int:
        """The hub's interface."""
        return self.by_name["edge"]

    @property
    def admin(self) -> int:
        """The hub's readiness and figures."""
        return self.by_name["admin"]

    def push(self, member: str) -> int | None:
        """Where a spoke is pushed to; None when it has a mailbox."""
        if member not in _PUSHED:
            return None
        return self.by_name["push" if member == _PUSHED[0] else member]

    def all(self) -> Iterator[int]:
        """Every port."""
        yield from self.by_name.values()


def read_ports(text: str) -> Ports:
    """``8080,8081`` in the order of `NAMES`, or ``edge=8080,police=8102``; empty for the defaults. What is not named then listens on a
    port that is free now. Raises ValueError for anything else.
    """
    given: dict[str, int] = {}
    for place, part in enumerate(text.split(",") if text else ()):
        name, _, number = part.rpartition("=")
        name = name or NAMES[place] if place < len(NAMES) else name
        if name not in NAMES or name in given or not (number.isascii() and number.isdigit() and 0 < int(number) < 65_536):
            raise ValueError(part)
        given[name] = int(number)
    if not given:
        return Ports()
    free = _free(set(given.values()))
    return Ports({name: given.get(name) or next(free) for name in NAMES})


def _free(taken: set[int]) -> Iterator[int]:
    for port in random.sample(range(_LOWEST, _HIGHEST), 1000):
        with socket.socket() as probe:
            if port not in taken and probe.connect_ex(("127.0.0.1", port)):
                yield port
