"""Everything of a demo on its feet: the simulators, the hub, the spokes, ready and waiting for the word."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from demo.cast import CAST, Member
from demo.children import Child, Children, DemoFailedError
from demo.home import FEW_PEOPLE, PEOPLE, DemoHome, families_of
from demo.partners import SIMULATORS, Partner
from demo.spokes.settings import SpokeSettings
from demo.spokes.soap import basic
from demo.spokes.wire import NoAnswerError, Wire, request
from hub.reference.calendar import CHINA

_START_SECONDS: Final = 90.0
_POLL: Final = 0.05
_SMALL: Final = 500
"""A day of fewer enquiries for each spoke has fewer people."""
_KNOWN_TO_SPOKES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs, and where its ledgers are. ``interrupted`` tells whether somebody wants the end."""

    home: DemoHome
    children: Children
    partners: Mapping[str, Partner]
    spokes: Mapping[str, Child]
    interrupted: Callable[[], bool]

    @property
    def ledgers(self) -> Path:
        """The folder of the ledgers."""
        return self.home.folder / "ledgers"

    @property
    def ledger_files(self) -> Mapping[str, tuple[Path, ...]]:
        """The ledgers by who keeps them: each spoke two, each partner and the province one."""
        spokes = {m.name: tuple(self.ledgers / f"{m.name}.{what}.jsonl" for what in ("sent", "received")) for m in CAST}
        partners = {name: (partner.ledger,) for name, partner in self.partners.items()}
        return {**spokes, **partners, **({"province": (self.home.truth,)} if self.home.truth.exists() else {})}

    @property
    def authorizations(self) -> dict[str, str]:
        """The HTTP Authorization of everybody who keeps a ledger and calls the hub: spokes, and partners under the names of simulators."""
        callers = {m.name: m.name for m in CAST} | {n: s.calls.name for n, s in SIMULATORS.items() if s.calls}
        return {n: basic(name, self.home.secret_file(name).read_text(encoding="ascii").strip()) for n, name in callers.items()}

    def idle(self) -> bool:
        """Whether the spokes have nothing left to ask and nothing left to answer."""
        return all(spoke.said.get("idle") for spoke in self.spokes.values())

    def wait(self, seconds: float) -> None:
        """Let time pass, or less when somebody wants the end; raise DemoFailedError when a process is gone."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.interrupted():
            time.sleep(_POLL)
        self.children.must_live()


@contextmanager
def stage(
    home: DemoHome, *, seed: int, each: int | None, per_second: float | None, interrupted: Callable[[], bool]
) -> Iterator[Stage]:
    """Prepare the home, start everything and wait until it is ready; end everything with the block.

    ``each`` enquiries are asked by each spoke, without end when None. Raises DemoFailedError when something does not start.
    """
    home.prepare()
    people = FEW_PEOPLE if each is not None and each < _SMALL else PEOPLE
    home.load_register(seed, people)
    with Children(home.folder / "logs", home.environment) as children:
        partners = {n: Partner(s, home.ports.by_name[n], home.ledger(n), home.seen_by(s)) for n, s in SIMULATORS.items()}
        for name, partner in partners.items():
            simulate = ["-m", "hub", "simulate", name, "--port", str(partner.port), "--ledger", str(partner.ledger)]
            children.start(name, simulate)
        children.start("hub", ["-m", "hub", "serve"])
        spokes = dict[str, Child]()
        standing = Stage(home, children, partners, spokes, interrupted)
        run = f"{datetime.now(CHINA):%y%m%d%H%M%S}"
        for member in CAST:
            file = home.folder / f"{member.name}.json"
            _settings(home, member, run, seed, each, per_second, min(people, _KNOWN_TO_SPOKES)).write(file)
            spokes[member.name] = children.start(member.name, ["-m", "demo.spokes", str(file)])
        for name, partner in partners.items():
            _until(standing, partner.ready, f"the simulator of {name}")
        _until(standing, lambda: _ready(home.ports.admin), "the hub")
        _until(standing, lambda: all(spoke.said for spoke in spokes.values()), "the spokes")
        yield standing


def _settings(
    home: DemoHome, member: Member, run: str, seed: int, each: int | None, per_second: float | None, people: int
) -> SpokeSettings:
    return SpokeSettings(
        name=member.name, system=member.system, secret_file=str(home.secret_file(member.name)), hub_url=home.hub_url,
        places=member.places, ledgers=str(home.folder / "ledgers"), run=run, push_port=home.ports.push(member.name), seed=seed,
        families=tuple(family.name for family in families_of(member.system)), enquiries=each, per_second=per_second,
        senders=4 if per_second is None else 1, people=people,
    )  # fmt: skip


def _until(standing: Stage, ready: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while not ready():
        if standing.interrupted():
            raise DemoFailedError("已中断。 Interrupted.")
        if time.monotonic() > end:
            raise DemoFailedError(f"{what} did not start")
        standing.wait(0.1)


def _ready(port: int) -> bool:
    wire = Wire("127.0.0.1", port, timeout=5.0)
    try:
        return wire.exchange(request("GET", "/readyz", f"127.0.0.1:{port}", {})).status == 200
    except NoAnswerError:
        return False
    finally:
        wire.close()
