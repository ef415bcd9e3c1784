"""REST for spokes: mailbox and message status (Falcon, WSGI). Errors are RFC 9457 with the codes of the SOAP faults."""

from __future__ import annotations

import json
import uuid
from typing import Any

import falcon

from hub.contract.errors import INTERNAL, MALFORMED, NOT_FOUND, UNAUTHENTICATED, ClientError, HubError, ServerError
from hub.contract.message import read_hub_id, show_hub_id
from hub.pipeline.machine import Machine
from hub.ports.message_status import MessageStatus
from hub.ports.records import MailItem
from hub.spokes.moments import on_the_wire

LEASE_MS = 60_000
MOST = 200


def rest_app(machine: Machine, status: MessageStatus) -> falcon.App[Any, Any]:
    """The application for ``/api/v1/`` and ``/healthz``."""
    app: falcon.App[Any, Any] = falcon.App()
    app.add_route("/api/v1/mailbox", Mailbox(machine))
    app.add_route("/api/v1/mailbox/ack", Acknowledgement(machine))
    app.add_route("/api/v1/messages/{shown}", Message(machine, status))
    app.add_route("/healthz", Health())
    app.add_error_handler(HubError, _problem)
    app.add_error_handler(Exception, _unexpected)
    return app


class Health:
    """Liveness: the process answers."""

    def on_get(self, _request: falcon.Request, response: falcon.Response) -> None:
        """200 while the process lives."""
        response.media = {"status": "ok"}


class Mailbox:
    """What waits for the calling spoke, leased for 60 seconds."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """``?max=`` 1 to 200 (default 20) items; each must be acknowledged with its lease."""
        spoke = self._machine.directory.authenticate(request.get_header("Authorization"))
        most = request.get_param_as_int("max", min_value=1, max_value=MOST, default=20)
        leased = self._machine.store.mailbox(spoke.name, most, LEASE_MS)
        with self._machine.aside():
            items = leased.result(self._machine.answer_timeout)
        response.media = {"items": [self._shown(item) for item in items]}

    def _shown(self, item: MailItem) -> dict[str, Any]:
        body = self._machine.keyring.open(f"delivery_body|body|{item.delivery}", item.body)
        return {
            "hubId": show_hub_id(item.message), "channel": item.channel, "version": item.version,
            "fromSystem": item.from_system, "lease": item.lease, "effectiveTime": on_the_wire(item.effective_at),
            "dueAt": on_the_wire(item.due_at) if item.due_at else None, "document": body.decode("utf-8"),
        }  # fmt: skip


class Acknowledgement:
    """The spoke has taken what it fetched."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Body ``{"items": [{"hubId": …, "lease": …}]}``; a stale lease means: fetch again."""
        spoke = self._machine.directory.authenticate(request.get_header("Authorization"))
        wanted = _wanted(request.bounded_stream.read(1_000_000))
        settled = self._machine.store.acknowledge(spoke.name, wanted)
        with self._machine.aside():
            done = set(settled.result(self._machine.answer_timeout))
        response.media = {
            "settled": [show_hub_id(m) for m, _ in wanted if m in done],
            "stale": [show_hub_id(m) for m, _ in wanted if m not in done],
        }


class Message:
    """The state of one message, for its sender and the spokes it went to."""

    def __init__(self, machine: Machine, status: MessageStatus) -> None:
        self._machine, self._status = machine, status

    def on_get(self, request: falcon.Request, response: falcon.Response, shown: str) -> None:
        """404 both for an unknown id and for somebody else's message."""
        spoke = self._machine.directory.authenticate(request.get_header("Authorization"))
        number = read_hub_id(shown)
        found = self._status.of(number) if number is not None else None
        mine = f"spoke:{spoke.name}"
        if found is None or (found.sender != spoke.name and mine not in {d.recipient for d in found.deliveries}):
            raise ClientError(NOT_FOUND)
        response.media = {
            "hubId": shown, "channel": found.channel, "state": found.state, "acceptedAt": on_the_wire(found.accepted_at),
            "deliveries": [
                {"recipient": d.recipient, "state": d.state, "attempts": d.attempts, "code": d.code}
                for d in found.deliveries
                if found.sender == spoke.name or d.recipient == mine
            ],
        }  # fmt: skip


def _wanted(body: bytes) -> list[tuple[int, str]]:
    try:
        items = json.loads(body)["items"]
        pairs = [(read_hub_id(str(i["hubId"])), str(i["lease"])) for i in items]
    except (ValueError, KeyError, TypeError):
        raise ClientError(MALFORMED) from None
    if len(pairs) > MOST or any(number is None for number, _ in pairs):
        raise ClientError(MALFORMED)
    return [(number, lease) for number, lease in pairs if number is not None]


def _problem(_request: falcon.Request, response: falcon.Response, fault: HubError, _params: object) -> None:
    response.status = fault.kind.http
    response.content_type = "application/problem+json"
    if fault.kind is UNAUTHENTICATED:
        response.set_header("WWW-Authenticate", 'Basic realm="pophub", charset="UTF-8"')
    response.text = json.dumps({
        "type": f"/contracts/errors/{fault.code}", "title": fault.zh, "detail": fault.en, "status": fault.kind.http,
        "code": fault.code, "advice": fault.kind.advice, "blame": fault.kind.blame, "correlationId": uuid.uuid4().hex,
    }, ensure_ascii=False)  # fmt: skip


def _unexpected(request: falcon.Request, response: falcon.Response, fault: Exception, params: object) -> None:
    if isinstance(fault, falcon.HTTPError | falcon.HTTPStatus):
        raise fault
    _problem(request, response, ServerError(INTERNAL), params)
