"""The national platform (PADIS) of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from demo.partners.partner import Simulator

SUBMISSIONS: Final = ("XC01", "XC02", "XC03", "XC04", "XC05", "XC06", "XC07")


def _toml(port: int, _ledger: Path) -> Iterator[str]:
    yield f'url = "http://127.0.0.1:{port}/services/exchange"'


PADIS: Final = Simulator(
    "padis", "国家平台", 8101, _toml,
    faults={
        "lose_answer_after_work": {"probability": 0.04, "on": SUBMISSIONS},
        "500": {"probability": 0.02, "on": SUBMISSIONS},
        "reset_before_work": {"probability": 0.01, "on": SUBMISSIONS},
        "garbage": {"probability": 0.01, "on": SUBMISSIONS},
        "answer_twice": {"probability": 0.005, "on": SUBMISSIONS},
        "hang": {"probability": 0.01, "count": 2, "on": SUBMISSIONS},
        "slow": {"probability": 0.01, "ms": 150},
        "truncated": {"probability": 0.03, "on": ("CX01", "XZ01")},
    },
    knows=lambda person: person.cross_province,
)  # fmt: skip
"""What goes wrong on the demo day: some 9 of 100 submissions, nearly half of them after the work was done."""
