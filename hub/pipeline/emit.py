"""Emit: what a decision says beside its sends becomes messages of the hub's own, valid, and accepted with the plan."""

from __future__ import annotations

from dataclasses import replace

from hub.contract.decision import HUB, HUB_SENDER, Emit
from hub.contract.errors import EMIT_INVALID, FlowError, HubError
from hub.contract.message import Document, Header, Message, show_hub_id
from hub.contract.xml import canonical_form, plain
from hub.pipeline.acceptance import acceptance
from hub.pipeline.machine import Machine
from hub.pipeline.planning import Planning
from hub.ports.records import Acceptance


def emit(machine: Machine, work: Planning) -> None:
    """Fill ``work.emitted``. Raises FlowError ``Flow.EmitInvalid`` for a document that its channel's schema refuses."""
    work.emitted = tuple(_emitted(machine, work, one) for one in work.decision.emits)


def _emitted(machine: Machine, work: Planning, one: Emit) -> Acceptance:
    channel = machine.catalogue.channels[one.channel]
    try:
        machine.schemas.validate(channel.schema, one.document)
    except HubError as fault:
        raise FlowError(EMIT_INVALID, path=fault.path) from fault
    document, cause = plain(one.document), show_hub_id(work.stored.id)
    header = Header(
        f"{cause}/{one.name}", channel.name, channel.version, HUB_SENDER, HUB, from_div=one.from_div, caused_by=cause,
        test=work.stored.test,
    )  # fmt: skip
    message = Message(0, header, Document(document), work.message.accepted_at)
    return replace(acceptance(machine, channel, message, canonical_form(document)), cause=work.stored.id)
