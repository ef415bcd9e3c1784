"""What one demo spoke is told: who it is, where the hub is, how much traffic of which mixture. A JSON file, mode 0600."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Literal

Way = Literal["once", "again", "at_once", "unheard", "zeep"]
"""How a document is sent: once; twice, one after the other; twice at the same time; twice, the first answer not waited
for; once by an ordinary SOAP toolkit."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Shares (0..1) of a spoke's enquiries and answers.

    Of the enquiries ``invalid`` are spoiled, ``cross`` go to another province. Of all valid documents ``again`` are sent
    twice one after the other, ``at_once`` twice at the same time on two connections, ``unheard`` twice since the first
    answer is not waited for, ``zeep`` by an ordinary SOAP toolkit. Of the enquiries received ``answered`` get a feedback, of
    those ``corrected`` a second one. Of the enquiries within the province ``misstated`` name a wrong place; of those received
    ``returned`` are given back once; ``withdrawn`` are taken back right after they were asked.
    """

    invalid: float = 0.3
    cross: float = 0.45
    again: float = 0.04
    at_once: float = 0.04
    unheard: float = 0.04
    zeep: float = 0.01
    answered: float = 0.55
    corrected: float = 0.1
    misstated: float = 0.12
    returned: float = 0.06
    withdrawn: float = 0.1

    def way(self, rng: Random) -> Way:
        """How the next valid document is sent."""
        shares = (self.again, self.at_once, self.unheard, self.zeep)
        return rng.choices(("again", "at_once", "unheard", "zeep", "once"), (*shares, 1 - sum(shares)))[0]


@dataclass(frozen=True, slots=True)
class SpokeSettings:
    """Settings of one spoke.

    ``secret_file`` holds its secret. ``places`` are division prefixes. With ``push_port`` (on 127.0.0.1) it is pushed to,
    without it polls its mailbox. ``people`` synthetic people of ``seed`` are known to it. ``enquiries`` are sent as fast as
    they go, or without end when None; ``per_second`` limits how many start. ``families`` are the families of
    traffic in which it takes part; enquiries are the measure of the others. ``run`` is part of every number that it gives.
    """

    name: str
    system: str
    secret_file: str
    hub_url: str
    places: tuple[str, ...]
    ledgers: str
    run: str
    push_port: int | None = None
    families: tuple[str, ...] = ("enquiry",)
    people: int = 20_000
    seed: int = 1
    enquiries: int | None = None
    per_second: float | None = None
    senders: int = 4
    answerers: int = 3
    attempts: int = 40
    mixture: Mixture = Mixture()

    def write(self, path: Path) -> None:
        """Keep the settings where only the owner reads them."""
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")


def read_settings(path: Path) -> SpokeSettings:
    """Settings written by `SpokeSettings.write`. Raises OSError, ValueError or TypeError for anything else."""
    given = json.loads(path.read_text(encoding="utf-8"))
    given["mixture"] = Mixture(**given["mixture"])
    given["places"], given["families"] = tuple(given["places"]), tuple(given["families"])
    return SpokeSettings(**given)
