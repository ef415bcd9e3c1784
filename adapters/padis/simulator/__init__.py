"""The national platform, simulated: a real server in its own process. ``main(port, ledger)`` runs it until SIGTERM.

It is not idempotent and says so: the same SerialNo sent twice is worked twice. What it has worked it tells when asked.
"""

from __future__ import annotations

from pathlib import Path

from adapters.padis.simulator.platform import NationalPlatform
from hub.testkit.simulator import serve


def main(port: int, ledger: Path) -> None:
    """Serve on 127.0.0.1; ``ledger`` is created or continued, its neighbour ``<ledger>.feed`` keeps what is to be downloaded."""
    serve(NationalPlatform(ledger), port, ledger)
