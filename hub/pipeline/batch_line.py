"""The way of a kind of batch: everything that its declaration names, found once."""

from __future__ import annotations

from dataclasses import dataclass

from hub.contract.adapter import Adapter
from hub.contract.batch import BatchOut, Framing
from hub.contract.channel import Channel
from hub.contract.decision import HUB, HUB_SENDER
from hub.contract.flow import Flow, Route, SystemRecipient
from hub.contract.message import Header
from hub.contract.operation import Operation
from hub.pipeline.machine import Machine


@dataclass(frozen=True, slots=True)
class Line:
    """Where a kind of batch goes: everything that its declaration names, found."""

    batch: BatchOut
    flow: Flow
    route: Route
    adapter: Adapter
    operation: Operation
    channel: Channel
    wrapper: Channel


def line(machine: Machine, batch: BatchOut) -> Line:
    """The way of a batch. Raises LookupError when its declaration does not hold (which `pophub check` reports)."""
    catalogue = machine.catalogue
    flow = catalogue.flow_of_batch[batch.name]
    route = flow.route(batch.route)
    adapter = catalogue.adapter.get(route.to.name) if route and isinstance(route.to, SystemRecipient) else None
    operation = adapter.operation_for(batch.record) if adapter else None
    if route is None or adapter is None or operation is None or not isinstance(adapter.translator, Framing):
        raise LookupError(batch.name)
    return Line(batch, flow, route, adapter, operation, catalogue.channels[batch.record], catalogue.channels[batch.wrapper])


def own_header(channel: Channel, message_id: str) -> Header:
    """The header of what the hub itself says in a channel."""
    return Header(message_id, channel.name, channel.version, HUB_SENDER, HUB)
