"""A home for a hub under faults: its settings, its one spoke, and the simulated national platform beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.testkit.conformance.simulated import SimulatorProcess, free_port

SPOKE: Final = "fjfpis"
_SETTINGS: Final = """
profile = "legacy"
edge_port = {edge}
admin_port = {admin}
retry_first_seconds = 0.2
retry_cap_seconds = 1.0

[adapters.padis]
url = "http://127.0.0.1:{padis}/services/exchange"

[[spokes]]
name = "{spoke}"
title = "流动人口系统"
system = "FJFPIS"
sends = ["enquiry.request", "enquiry.feedback", "enquiry.return", "enquiry.withdraw", "enquiry.withdrawn"]
receives = ["enquiry.request", "enquiry.feedback", "enquiry.withdraw", "enquiry.withdrawn"]
places = ["35"]
"""


@dataclass(frozen=True)
class FaultHome:
    """A folder with pophub.toml, the ports of edge and admin, and the platform's process."""

    folder: Path
    edge: int
    admin: int
    padis: SimulatorProcess

    @property
    def ledgers(self) -> Path:
        """Where the callers' and receivers' ledgers stand."""
        return self.folder / "ledgers"

    @property
    def secret(self) -> str:
        """The spoke's secret, once the hub is set up."""
        return (self.folder / "keys" / "spokes" / SPOKE).read_text(encoding="ascii").strip()


def make_home(folder: Path) -> FaultHome:
    """Write the settings and start the platform."""
    padis = SimulatorProcess("padis", (), folder / "padis")
    edge, admin = free_port(), free_port()
    (folder / "pophub.toml").write_text(_SETTINGS.format(edge=edge, admin=admin, padis=padis.port, spoke=SPOKE), encoding="utf-8")
    return FaultHome(folder, edge, admin, padis)
