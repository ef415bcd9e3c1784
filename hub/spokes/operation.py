"""Delivering to a spoke is an operation like any other: idempotent by hub id, which the interface demands of spokes."""

from __future__ import annotations

from dataclasses import dataclass

from hub.contract.message import ChannelName
from hub.contract.operation import Operation, OperationClass
from hub.ports.records import Claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokeOperation(Operation):
    """Carries what the delivery header says beside the document."""

    claimed: Claimed


def spoke_operation(claimed: Claimed) -> SpokeOperation:
    """The operation of one claimed delivery to a spoke."""
    return SpokeOperation("spoke", ChannelName(claimed.channel), OperationClass.IDEMPOTENT, "", claimed=claimed)
