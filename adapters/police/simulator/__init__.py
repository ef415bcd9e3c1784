"""The police platform, simulated: a real server in its own process. ``main(port, ledger)`` runs it until SIGTERM.

It answers case queries, and on order it calls the hub by itself: it pushes batches and asks how their records fared.
"""

from __future__ import annotations

from pathlib import Path

from adapters.police.simulator.platform import PolicePlatform
from hub.testkit.simulator import serve


def main(port: int, ledger: Path) -> None:
    """Serve on 127.0.0.1; ``ledger`` is created or continued, its neighbour ``<ledger>.people`` is whom the platform knows."""
    serve(PolicePlatform(ledger), port, ledger)
