"""Messages over REST: submit in XML or JSON, look at the state, fetch the receipt again."""

from __future__ import annotations

from typing import Any

import falcon

from hub.contract.channel import Channel
from hub.contract.errors import NOT_FOUND, UNKNOWN_OPERATION, ClientError, HubError
from hub.contract.message import read_hub_id, show_hub_id
from hub.contract.xml import serialise
from hub.pipeline.authorise import authorise_channel
from hub.pipeline.inbound import Inbound
from hub.pipeline.order import receive
from hub.ports.message_status import Status
from hub.ports.records import Accepted
from hub.ports.spoke_registry import Spoke
from hub.spokes.moments import on_the_wire
from hub.spokes.openapi_messages import describe
from hub.spokes.rest_area import JSON_TYPE, App, Area, Rest, accepted, correlation_of
from hub.spokes.rest_document import Body, blank, placed, read_into
from hub.spokes.submission import submit_response
from hub.transports.http_headers import stated

JOSE = "application/jose"
XML_TYPES = ("application/xml", "text/xml")


class Messages:
    """``POST`` to a channel submits; ``GET`` of a hub id looks."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    def on_post(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
        """202 for a new message, 200 for one accepted before: both with the first receipt, after it is on disk."""
        with self._rest.caller(request) as spoke:
            channel = self._rest.machine.catalogue.channels.get(name)
            if channel is None:
                raise ClientError(UNKNOWN_OPERATION)
            answer_type = accepted(request, JSON_TYPE, *XML_TYPES)
            answer = self._submit(request, channel, spoke)
        shown = show_hub_id(answer.id)
        response.status = falcon.HTTP_200 if answer.duplicate else falcon.HTTP_202
        response.set_header("Location", f"/api/v1/messages/{shown}")
        if answer.duplicate:
            response.set_header("Idempotent-Replayed", "true")
        if answer_type in XML_TYPES:
            response.content_type, response.data = f"{answer_type}; charset=utf-8", serialise(submit_response(answer))
        else:
            response.media = {
                "hubId": shown, "acceptedAt": on_the_wire(answer.accepted_at), "duplicate": answer.duplicate,
                "laneNo": answer.lane_no or 0, "receipt": answer.receipt,
            }  # fmt: skip

    def _submit(self, request: falcon.Request, channel: Channel, spoke: Spoke) -> Accepted:
        says = stated(request.env)
        work = Inbound(
            correlation_id=correlation_of(request), received=b"", document=blank(channel), channel=channel,
            message_id=says.message_id, spoke=spoke, from_div=says.header.from_div, from_user=says.header.from_user,
            relates_to=says.relates_to, test=says.header.test,
        )  # fmt: skip
        machine = self._rest.machine
        authorise_channel(machine, work)
        body = Body(request.env)
        work.received = body.data
        shape = read_into(machine, work, body)
        request.context.told = True
        try:
            return receive(machine, work)
        except HubError as fault:
            raise placed(fault, shape) from None

    def on_get(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
        """404 both for an unknown id and for somebody else's message."""
        with self._rest.caller(request) as spoke:
            accepted(request, JSON_TYPE)
            found, own = _found(self._rest, name, spoke)
        shown: dict[str, Any] = {
            "hubId": name, "channel": found.channel, "state": found.state, "acceptedAt": on_the_wire(found.accepted_at),
            "deliveries": [
                {"recipient": d.recipient, "state": d.state, "attempts": d.attempts, "code": d.code}
                for d in found.deliveries
                if own or d.recipient == f"spoke:{spoke.name}"
            ],
        }  # fmt: skip
        response.media = {**shown, "receipt": found.receipt} if own and found.receipt else shown


class Receipt:
    """The receipt of one message, for its sender."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    def on_get(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
        """The bytes first given, as JSON or (``Accept: application/jose``) bare."""
        with self._rest.caller(request) as spoke:
            chosen = accepted(request, JSON_TYPE, JOSE)
            found, own = _found(self._rest, name, spoke)
        if not own or found.receipt is None:
            raise ClientError(NOT_FOUND)
        if chosen == JOSE:
            response.content_type, response.text = JOSE, found.receipt
        else:
            response.media = {"hubId": name, "receipt": found.receipt}


def _found(rest: Rest, shown: str, spoke: Spoke) -> tuple[Status, bool]:
    """A message of the spoke's own, and whether it is its sender. Raises ClientError ``Client.NotFound`` for any other."""
    number = read_hub_id(shown)
    found = rest.status.of(number) if number is not None else None
    if found is None:
        raise ClientError(NOT_FOUND)
    own = found.sender == spoke.name
    if not own and f"spoke:{spoke.name}" not in {d.recipient for d in found.deliveries}:
        raise ClientError(NOT_FOUND)
    return found, own


def _add(app: App, rest: Rest) -> None:
    app.add_route("/api/v1/messages/{name}", Messages(rest))
    app.add_route("/api/v1/messages/{name}/receipt", Receipt(rest))


AREA = Area(_add, describe)
