"""The home of a demo hub: a folder with its ``pophub.toml``, its keys and its data, and where everything of it listens."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from demo.cast import CAST, Member
from demo.children import DemoFailedError
from demo.families import FAMILIES, Family
from demo.partners import KNOWN, SIMULATORS, HubSeen, Simulator
from demo.ports import Ports
from demo.province import generate
from hub.testkit.ledger import Ledger

_ROOT: Final = Path(__file__).resolve().parents[1]
PEOPLE, FEW_PEOPLE = 50_000, 8_000
"""How many people the register of the demo knows, on a small day; the spokes know the first of them."""


@dataclass(frozen=True, slots=True)
class DemoHome:
    """A prepared folder. ``environment`` is what the hub's own commands are given."""

    folder: Path
    ports: Ports

    @property
    def hub_url(self) -> str:
        """Where spokes find the hub."""
        return f"http://127.0.0.1:{self.ports.edge}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process of the demo: this home, no other setting of the hub."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("POPHUB_")}
        path = os.pathsep.join(filter(None, (str(_ROOT), kept.get("PYTHONPATH"))))
        return {**kept, "POPHUB_HOME": str(self.folder), "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}

    def secret_file(self, spoke: str) -> Path:
        """Where the hub left the spoke's secret."""
        return self.folder / "keys" / "spokes" / spoke

    def prepare(self) -> None:
        """Write ``pophub.toml`` and run ``pophub init``. The register is loaded apart.

        Raises DemoFailedError when a port is taken, when a demo used the folder before (its people have been asked about
        already), or when init fails.
        """
        if (self.folder / "ledgers").exists():
            raise DemoFailedError(f"{self.folder} 已用于先前的演示，请另指定目录。 An earlier demo used this folder; name another.")
        for port in self.ports.all():
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    raise DemoFailedError(f"端口 {port} 已被占用。 Port {port} is taken.") from None
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / "pophub.toml").write_text(self._toml(), encoding="utf-8")
        self._hub("init")

    def ledger(self, partner: str) -> Path:
        """The ledger of a simulator."""
        return self.folder / "ledgers" / f"{partner}.jsonl"

    @property
    def truth(self) -> Path:
        """The ledger of what must come of the register alone."""
        return self.folder / "ledgers" / "province.jsonl"

    def seen_by(self, simulator: Simulator) -> HubSeen:
        """The hub as the partner is told of it."""
        name = simulator.calls.name if simulator.calls else simulator.name
        return HubSeen(self.hub_url, name, self.secret_file(name))

    def load_register(self, seed: int, people: int = PEOPLE) -> None:
        """Load the people of a seed into the register, show each simulator those whom it knows, and write down what must come of them.

        Raises DemoFailedError when that fails.
        """
        everybody = self.folder / "people.jsonl"
        (self.folder / "ledgers").mkdir(exist_ok=True)
        known = {name: self.folder / "ledgers" / f"{name}.jsonl{KNOWN}" for name in SIMULATORS}
        for file in (everybody, *known.values()):
            file.touch(mode=0o600)
        with ExitStack() as stack:
            all_ = stack.enter_context(everybody.open("w", encoding="utf-8"))
            files = {name: stack.enter_context(file.open("w", encoding="utf-8")) for name, file in known.items()}
            province = Ledger(self.truth)
            stack.callback(province.close)
            for person in generate(people, seed):
                for told in (told for family in FAMILIES.values() if family.truth for told in family.truth(person)):
                    province.add(told)
                line = person.to_json() + "\n"
                all_.write(line)
                for name, output in files.items():
                    if SIMULATORS[name].knows(person):
                        output.write(line)
        if not self.truth.stat().st_size:
            self.truth.unlink()
        self._hub("register", "load", str(everybody))
        everybody.unlink()

    def _hub(self, *words: str) -> None:
        made = subprocess.run(
            [sys.executable, "-m", "hub", *words], env=self.environment, capture_output=True, timeout=300, check=False
        )
        if made.returncode:
            raise DemoFailedError(f"pophub {words[0]}: {made.stderr.decode(errors='replace')[-1500:]}")

    def _toml(self) -> str:
        lines = [
            'profile = "legacy"', f"edge_port = {self.ports.edge}", f"admin_port = {self.ports.admin}",
            "retry_first_seconds = 0.2", "retry_cap_seconds = 5.0",
            "[adapters.register]", f"url = {json.dumps(f'sqlite:///{self.folder}/data/register.db')}",
        ]  # fmt: skip
        for name, simulator in SIMULATORS.items():
            lines += [f"[adapters.{name}]", *simulator.toml(self.ports.by_name[name], self.ledger(name))]
        for simulator in SIMULATORS.values():
            lines += _caller(simulator)
        for member in CAST:
            lines += ["[[spokes]]", *_spoke(member, self.ports.push(member.name))]
        return "\n".join(lines) + "\n"


def families_of(system: str) -> tuple[Family, ...]:
    """The families in which spokes of a system take part."""
    return tuple(family for family in FAMILIES.values() if system in family.grants)


def _caller(simulator: Simulator) -> Iterator[str]:
    """The partner as one who calls the hub in its own vocabulary."""
    if simulator.calls:
        told = {"name": simulator.calls.name, "title": simulator.title, "system": simulator.calls.system, "sends": simulator.calls.sends,
                "places": ("35",), "speaks": simulator.name}  # fmt: skip
        yield "[[spokes]]"
        yield from (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in told.items())


def _spoke(member: Member, push: int | None) -> Iterator[str]:
    grants = [family.grants[member.system] for family in families_of(member.system)]
    told: dict[str, object] = {
        "name": member.name, "title": member.title, "system": member.system, "places": member.places,
        "sends": [channel for one in grants for channel in one.sends],
        "receives": [channel for one in grants for channel in one.receives],
        "asks": [query for one in grants for query in one.asks],
    }  # fmt: skip
    if push:
        told["push_url"] = f"http://127.0.0.1:{push}/soap/delivery"
    yield from (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in told.items())
