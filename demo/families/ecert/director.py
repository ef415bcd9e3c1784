"""What the certificate base is told: how long its work takes, what it forgets, who holds a certificate already."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from demo.partners.ehycert import issued_file
from demo.partners.partner import Partner

_ISSUED: Final = 40


class EcertDirector:
    """Implements `demo.families.family.Director`. The batch itself is the hub's own work, by its calendar."""

    def __init__(self, partners: Mapping[str, Partner], _enquiries: int) -> None:
        self._base = partners["ehycert"]

    def begin(self, seed: int) -> None:
        """Have some women found, work slowly, forget a ticket."""
        orders = {"work": {"after_ms": 300}, "forget": 1, "issued": {"count": _ISSUED, "seed": seed}}
        file = issued_file(self._base.ledger.parent)
        file.touch(mode=0o600)
        file.write_text(json.dumps(self._base.order(orders)["issued"], ensure_ascii=False), encoding="utf-8")

    def go_on(self, _share: float) -> None:
        """Nothing."""

    def steady(self, _turn: int) -> None:
        """Nothing."""

    def done(self) -> bool:
        """Whether no part waits for its work."""
        return not self._base.state()["waiting"]
