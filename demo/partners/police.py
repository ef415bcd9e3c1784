"""The police platform (公安) of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from demo.partners.partner import Calls, Simulator


def _toml(port: int, _ledger: Path) -> Iterator[str]:
    yield f'url = "http://127.0.0.1:{port}/services/query"'


POLICE: Final = Simulator(
    "police", "公安平台", 8102, _toml,
    faults={"slow": {"probability": 0.05, "ms": 200}, "500": {"probability": 0.02}, "garbage": {"probability": 0.02}, "hang": {"probability": 0.01, "count": 2}},
    knows=lambda person: person.residence_div.startswith("35"),
    calls=Calls("police", "POLICE", ("police.bulk_push",)),
)  # fmt: skip
