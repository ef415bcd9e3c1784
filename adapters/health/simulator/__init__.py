"""A health information system, simulated: a real server in its own process. ``main(port, ledger)`` runs it until SIGTERM.

It is not idempotent and says so: the same Key sent twice is worked twice. What it has worked it tells when asked.
"""

from __future__ import annotations

from pathlib import Path

from adapters.health.simulator.clinic import Clinic
from hub.testkit.simulator import serve


def main(port: int, ledger: Path) -> None:
    """Serve on 127.0.0.1; ``ledger`` is created or continued, its neighbour ``<ledger>.vaccinations.db`` holds the middle table."""
    serve(Clinic(ledger), port, ledger)
