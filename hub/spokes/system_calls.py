"""What external systems call at the hub, in their own vocabulary: documents handed over, and how their batches stand."""

from __future__ import annotations

import copy
from datetime import datetime
from pathlib import Path

from hub.batches.accepting import accept_batch
from hub.batches.look import look_at
from hub.contract.adapter import Adapter
from hub.contract.errors import FORBIDDEN, MESSAGE_ID, UNKNOWN_OPERATION, ClientError, HubError
from hub.contract.message import show_hub_id
from hub.contract.service import Answered, Ask, BatchSeen, Push
from hub.contract.xml import Element, canonical_form, local_name, serialise
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine
from hub.pipeline.order import receive
from hub.ports.records import Accepted
from hub.ports.spoke_registry import Spoke
from hub.reference.calendar import CHINA
from hub.spokes.doorkeeper import Doorkeeper
from hub.transports.soap_call import SoapCall, SoapService


class SystemCalls:
    """Answers the services that adapters declare; the caller must speak the adapter's vocabulary."""

    def __init__(self, machine: Machine, door: Doorkeeper) -> None:
        self._machine, self._door = machine, door

    def __call__(self, call: SoapCall) -> Element:
        """Authenticate, take the document, answer in the own vocabulary. Raises HubError for everything that is refused."""
        taken = False
        try:
            with self._door.caller(call) as (spoke, received):
                adapter, service = self._machine.catalogue.services[call.service]
                if spoke.speaks != adapter.name:
                    raise ClientError(FORBIDDEN, channel=call.service)
                operation = service.operations.get(call.operation)
                if operation is None:
                    raise ClientError(UNKNOWN_OPERATION)
                if isinstance(operation, Ask):
                    return self._asked(call, operation, spoke)
                if operation.batch:
                    return self._batch(call, adapter, operation, spoke)
                work = self._inbound(call, adapter, operation, spoke, received)
                taken = True
                return operation.answer(call.payload, answered(receive(self._machine, work)))
        except HubError as fault:
            if not taken:
                self._machine.meter.refused("", "stranger", fault.code)
            raise

    def _batch(self, call: SoapCall, adapter: Adapter, push: Push, spoke: Spoke) -> Element:
        """A document of many records, taken whole: its outcomes are asked for later."""
        message_id, document = stated_id(push, call.payload), canonical_form(call.payload)
        taken: Answered = self._machine.elsewhere(
            lambda: accept_batch(self._machine, spoke, adapter, push.channel, message_id, document)
        )
        return push.answer(call.payload, taken)

    def _asked(self, call: SoapCall, ask: Ask, spoke: Spoke) -> Element:
        """How a batch of this very caller stands; another's looks like none. The question is validated first."""
        self._machine.schemas.validate(ask.schema, call.payload)
        key, (first, most) = ask.key(call.payload) or "", ask.page(call.payload)
        found: BatchSeen | None = self._machine.elsewhere(lambda: look_at(self._machine, spoke.name, ask.batch, key, first, most))
        return ask.answer(call.payload, found)

    def _inbound(self, call: SoapCall, adapter: Adapter, push: Push, spoke: Spoke, received: bytes) -> Inbound:
        channel = self._machine.catalogue.channels.get(push.channel)
        if channel is None:
            raise ClientError(UNKNOWN_OPERATION)
        if push.drops:
            received = _without(call.payload, push.drops)
        return Inbound(
            correlation_id=call.correlation_id, received=received, document=call.payload, channel=channel,
            message_id=stated_id(push, call.payload), spoke=spoke, adapter=adapter, own_schema=push.schema,
        )  # fmt: skip


def _without(document: Element, names: frozenset[str]) -> bytes:
    """The document without the elements of these local names, wherever they stand."""
    kept = copy.deepcopy(document)
    for element in [e for e in kept.iterdescendants() if local_name(e) in names]:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return serialise(kept)


def stated_id(push: Push, document: Element) -> str:
    """The sender's idempotency key. Raises ClientError ``Client.MessageId`` when the document states none that can be one."""
    given = push.message_id(document) or ""
    if not (1 <= len(given) <= 128 and given.isprintable() and " " not in given):
        raise ClientError(MESSAGE_ID)
    return given


def answered(answer: Accepted, records: int = 0) -> Answered:
    """What TX1 answered, as an adapter's service tells it."""
    at = datetime.fromtimestamp(answer.accepted_at / 1000, CHINA)
    return Answered(show_hub_id(answer.id), at, answer.duplicate, answer.receipt, records)


def system_services(machine: Machine, roots: tuple[Path, ...], handler: SystemCalls) -> list[SoapService]:
    """A SOAP service for every one that an adapter declares and whose WSDL is there."""
    found = [(s, [w for r in roots if (w := r / s.wsdl).exists()]) for _, s in machine.catalogue.services.values()]
    return [SoapService(service.name, paths[0], handler) for service, paths in found if paths]
