"""Legal basis at the door: production accepts only what a declared basis in force covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from hub.contract.basis import Basis
from hub.contract.errors import ClientError
from hub.pipeline.authorise import authorise_channel
from routes.enquiry import FLOW

TODAY = datetime.now(UTC).date()
DECLARED = Basis("文号", "协查核实", "省卫生健康委", 1825, TODAY + timedelta(days=30), date(2020, 1, 1))


def _try(basis: Basis | None, *, legacy: bool = False) -> None:
    channel = FLOW.channels[0]
    machine: Any = SimpleNamespace(
        synthetic_only=legacy, basis={"enquiry": basis} if basis else {}, catalogue=SimpleNamespace(flow_of={channel.name: FLOW})
    )
    work: Any = SimpleNamespace(adapter=None, spoke=SimpleNamespace(speaks=None, sends={channel.name}), channel=channel)
    authorise_channel(machine, work)


def test_declared_basis_in_force_passes() -> None:
    """A declared basis that covers today lets the message in; the demonstration profile needs none."""
    _try(DECLARED)
    _try(None, legacy=True)


@pytest.mark.parametrize(
    "basis",
    [None, replace(DECLARED, review_date=TODAY - timedelta(days=3)), replace(DECLARED, valid_from=TODAY + timedelta(days=3))],
    ids=["none", "lapsed", "not yet"],
)
def test_without_basis_in_force_nothing_is_accepted(basis: Basis | None) -> None:
    """No basis, a lapsed review, or one not valid yet: acceptance stops with a clear fault."""
    with pytest.raises(ClientError, match=r"Client\.NoBasis"):
        _try(basis)
