"""The health information system (卫生) of the demo, with its table of vaccinations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from demo.partners.partner import Calls, Simulator

_RESULTS: Final = ("PushResult",)


def _toml(port: int, ledger: Path) -> Iterator[str]:
    yield f'url = "http://127.0.0.1:{port}/services/result"'
    yield f'vaccinations = "sqlite:///{ledger}.vaccinations.db"'


HEALTH: Final = Simulator(
    "health", "卫生信息系统", 8103, _toml,
    faults={
        "lose_answer_after_work": {"probability": 0.04, "on": _RESULTS}, "500": {"probability": 0.02, "on": _RESULTS},
        "reset_before_work": {"probability": 0.01, "on": _RESULTS}, "slow": {"probability": 0.02, "ms": 150},
    },
    knows=lambda person: person.kept.side == "2" or int(person.person_id[1:]) // 6 % 5 == 0,
    calls=Calls("phc", "PHC", ("health.delivery",)),
)  # fmt: skip
"""It knows the families of the floating register, and one in five or so of the others: both registers have work then."""
