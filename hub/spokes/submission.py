"""Submit by SOAP: one handler for every service; the payload's qualified name says the channel."""

from __future__ import annotations

from pathlib import Path

from hub.contract.channel import Channel
from hub.contract.errors import UNKNOWN_OPERATION, ClientError, HubError
from hub.contract.message import show_hub_id
from hub.contract.xml import Element
from hub.contract.xml_text import element, leaf
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine
from hub.pipeline.order import receive
from hub.ports.records import Accepted
from hub.ports.spoke_registry import Spoke
from hub.spokes.doorkeeper import Doorkeeper
from hub.spokes.moments import on_the_wire
from hub.transports.soap_call import Handler, SoapCall, SoapService
from hub.transports.soap_headers import hub_header, message_id, relates_to

SERVICES = "urn:pophub:services:1.0"


class Submission:
    """Answers SOAP submissions."""

    def __init__(self, machine: Machine, door: Doorkeeper) -> None:
        self._machine, self._door = machine, door
        self._channels = {f"{{{c.namespace}}}{c.root}": c for c in machine.catalogue.channels.values()}

    def __call__(self, call: SoapCall) -> Element:
        """Authenticate, run ACCEPT, answer with the receipt. Raises HubError for everything that is refused."""
        taken = False
        try:
            with self._door.caller(call) as (spoke, received):
                work = self._inbound(call, spoke, received)
                taken = True
                return submit_response(receive(self._machine, work))
        except HubError as fault:
            if not taken:
                self._machine.meter.refused("", "stranger", fault.code)
            raise

    def _inbound(self, call: SoapCall, spoke: Spoke, received: bytes) -> Inbound:
        header = hub_header(call.headers)
        return Inbound(
            correlation_id=call.correlation_id, received=received, document=call.payload, channel=self._channel(call.payload),
            message_id=message_id(call.headers), spoke=spoke, from_div=header.from_div, from_user=header.from_user,
            relates_to=relates_to(call.headers), test=header.test,
        )  # fmt: skip

    def _channel(self, payload: Element) -> Channel:
        found = self._channels.get(str(payload.tag))
        if found is None:
            raise ClientError(UNKNOWN_OPERATION)
        return found


def submit_response(answer: Accepted) -> Element:
    """The ``submitResponse`` of services-1.0.xsd, the answer to a submission in XML."""
    return element([
        f'<submitResponse xmlns="{SERVICES}">',
        leaf("hubId", show_hub_id(answer.id)), leaf("acceptedAt", on_the_wire(answer.accepted_at)),
        leaf("duplicate", "true" if answer.duplicate else "false"), leaf("laneNo", str(answer.lane_no or 0)),
        leaf("receipt", answer.receipt), "</submitResponse>",
    ])  # fmt: skip


def wsdls(machine: Machine, roots: tuple[Path, ...]) -> dict[str, Path]:
    """The WSDL of every flow that has one (``schemas/services/<flow>-1.0.wsdl``), by flow."""
    found = {f.name: [w for r in roots if (w := r / "services" / f"{f.name}-1.0.wsdl").exists()] for f in machine.catalogue.flows}
    return {name: paths[0] for name, paths in found.items() if paths}


def services(machine: Machine, roots: tuple[Path, ...], handler: Handler) -> list[SoapService]:
    """A SOAP service for every flow that has a WSDL."""
    return [SoapService(name, wsdl, handler) for name, wsdl in wsdls(machine, roots).items()]
