"""The national certificate base (电子婚育证库) of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from demo.partners.partner import Simulator
from hub.reference.calendar import CHINA

_PARTS: Final = ("UploadPart", "QueryResult")


def issued_file(ledgers: Path) -> Path:
    """Where the spokes find who holds a certificate already (JSON list of name and number)."""
    return ledgers / "ehycert.jsonl.issued"


def _toml(port: int, _ledger: Path) -> Iterator[str]:
    first = datetime.now(CHINA).date().replace(day=1)
    yield f'url = "http://127.0.0.1:{port}/services/ecert"'
    yield '[schedules."ecert.monthly"]'
    yield f'since = "{first - timedelta(days=1):%Y%m}"'


EHYCERT: Final = Simulator(
    "ehycert", "电子婚育证库", 8104, _toml,
    faults={
        "lose_answer_after_work": {"probability": 0.05, "on": _PARTS}, "500": {"probability": 0.03, "on": _PARTS},
        "reset_before_work": {"probability": 0.02, "on": _PARTS}, "slow": {"probability": 0.05, "ms": 200},
    },
)  # fmt: skip
