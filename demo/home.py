"""The home of a demo hub: a folder with its ``pophub.toml``, its keys and its data, and where everything of it listens."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from demo.children import DemoFailedError
from demo.province import generate
from demo.spokes.facts import CHANNELS

KNOWN: Final = ".people"
"""Beside the platform's ledger: whom it knows."""
_ROOT: Final = Path(__file__).resolve().parents[1]
_RECEIVES: Final = tuple(channel for channel in CHANNELS if channel != "enquiry.return")
_QUERIES: Final = ("enquiry.status", "enquiry.case")
SYSTEM: Final = "FJFPIS"
PEOPLE: Final = 50_000
"""How many people the register of the demo knows; the spokes know the first of them."""
EAST, WEST = "fjfpis-east", "fjfpis-west"
PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    EAST: ("3501", "3502", "3503", "3505", "3509"),
    WEST: ("3504", "3506", "3507", "3508"),
}
"""The prefectures of each demo spoke: together the whole of Fujian."""
_TITLES: Final = {EAST: "流动人口系统（福州、厦门、莆田、泉州、宁德）", WEST: "流动人口系统（三明、漳州、南平、龙岩）"}


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the parts of the demo listen, all on 127.0.0.1."""

    edge: int = 8080
    admin: int = 8081
    padis: int = 8101
    push: int = 8111

    def all(self) -> Iterator[int]:
        """Every port."""
        yield from (self.edge, self.admin, self.padis, self.push)


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

    def load_register(self, seed: int, people: int = PEOPLE) -> None:
        """Load the people of a seed into the register, and show those who live across the border to the national platform.

        Raises DemoFailedError when that fails.
        """
        everybody = self.folder / "people.jsonl"
        (self.folder / "ledgers").mkdir(exist_ok=True)
        afar = self.folder / "ledgers" / f"padis.jsonl{KNOWN}"
        for file in (everybody, afar):
            file.touch(mode=0o600)
        with everybody.open("w", encoding="utf-8") as all_, afar.open("w", encoding="utf-8") as some:
            for person in generate(people, seed):
                line = person.to_json() + "\n"
                all_.write(line)
                if person.cross_province:
                    some.write(line)
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
            "[adapters.padis]", f'url = "http://127.0.0.1:{self.ports.padis}/services/exchange"',
        ]  # fmt: skip
        for name, places in PLACES.items():
            spoke: dict[str, object] = {
                "name": name, "title": _TITLES[name], "system": SYSTEM, "sends": CHANNELS, "receives": _RECEIVES, "asks": _QUERIES,
                "places": places,
            }  # fmt: skip
            if name == WEST:
                spoke["push_url"] = f"http://127.0.0.1:{self.ports.push}/soap/enquiry-delivery"
            lines += ["[[spokes]]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in spoke.items())]
        return "\n".join(lines) + "\n"
