"""The national certificate database, simulated: a real server in its own process. ``main(port, ledger)`` runs it until SIGTERM.

It takes parts of batches, works on them later and tells each record's result when asked; it answers verifications.
"""

from __future__ import annotations

from pathlib import Path

from adapters.ehycert.simulator.database import CertificateDatabase
from hub.testkit.simulator import serve


def main(port: int, ledger: Path) -> None:
    """Serve on 127.0.0.1; ``ledger`` is created or continued, its neighbour folder ``<ledger>.feed`` keeps the parts it took."""
    serve(CertificateDatabase(ledger), port, ledger)
