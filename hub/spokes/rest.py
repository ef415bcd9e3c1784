"""REST for spokes: mailbox and message status (Falcon, WSGI). Errors are RFC 9457 with the codes of the SOAP faults."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

import falcon

from hub.contract.errors import (
    BUSY,
    INTERNAL,
    METHOD,
    NOT_FOUND,
    REQUEST,
    UNAUTHENTICATED,
    UNAVAILABLE,
    ClientError,
    HubError,
    ServerError,
)
from hub.contract.message import read_hub_id, show_hub_id
from hub.pipeline.machine import Machine
from hub.ports.keyring import Undecryptable
from hub.ports.message_status import MessageStatus
from hub.ports.promise import Promise
from hub.ports.records import MailItem
from hub.spokes.moments import on_the_wire

LEASE_MS = 60_000
MOST = 200
RETRY_AFTER = "2"
"""Seconds, told with every 503."""
T = TypeVar("T")


def rest_app(machine: Machine, status: MessageStatus) -> falcon.App[Any, Any]:
    """The application for ``/api/v1/`` and ``/healthz``."""
    app: falcon.App[Any, Any] = falcon.App()
    app.add_route("/api/v1/mailbox", Mailbox(machine))
    app.add_route("/api/v1/mailbox/ack", Acknowledgement(machine))
    app.add_route("/api/v1/messages/{shown}", Message(machine, status))
    app.add_route("/healthz", Health())
    app.add_error_handler(HubError, _problem)
    app.add_error_handler(falcon.HTTPError, _refused)
    app.add_error_handler(Exception, partial(_unexpected, machine))
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
        items = _answer(self._machine, self._machine.store.mailbox(spoke.name, most, LEASE_MS))
        response.media = {"items": [shown for item in items if (shown := self._shown(item))]}

    def _shown(self, item: MailItem) -> dict[str, Any] | None:
        """None for an item whose bytes cannot be opened: it must not keep the others from their reader."""
        try:
            body = self._machine.keyring.open(f"delivery_body|body|{item.delivery}", item.body)
        except Undecryptable:
            self._machine.tap.event("item.unreadable", hub_id=show_hub_id(item.message))
            return None
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
        done = set(_answer(self._machine, self._machine.store.acknowledge(spoke.name, wanted)))
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


def _answer(machine: Machine, written: Promise[Sequence[T]]) -> Sequence[T]:
    """The store's answer. Raises ServerError ``Server.Busy`` when it does not come in time, ``Server.Unavailable`` when it fails."""
    try:
        return written.result(machine.answer_timeout)
    except TimeoutError:
        raise ServerError(BUSY) from None
    except HubError:
        raise
    except Exception as fault:
        machine.tap.event("mailbox.failed", kind=type(fault).__name__)
        raise ServerError(UNAVAILABLE) from fault


def _wanted(body: bytes) -> list[tuple[int, str]]:
    """The (message id, lease) pairs of an acknowledgement. A lease is what the mailbox gave: text in ASCII."""
    try:
        items = json.loads(body)["items"]
        pairs = [(read_hub_id(i["hubId"]), i["lease"].encode("ascii").decode()) for i in items]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ClientError(REQUEST) from None
    if len(pairs) > MOST or any(number is None for number, _ in pairs):
        raise ClientError(REQUEST)
    return [(number, lease) for number, lease in pairs if number is not None]


def _problem(
    _request: falcon.Request, response: falcon.Response, fault: HubError, _params: object, correlation: str | None = None
) -> None:
    response.status = fault.kind.http
    response.content_type = "application/problem+json"
    if fault.kind is UNAUTHENTICATED:
        response.set_header("WWW-Authenticate", 'Basic realm="pophub", charset="UTF-8"')
    if fault.kind.http == HTTPStatus.SERVICE_UNAVAILABLE:
        response.set_header("Retry-After", RETRY_AFTER)
    response.text = json.dumps({
        "type": f"/contracts/errors/{fault.code}", "title": fault.zh, "detail": fault.en, "status": fault.kind.http,
        "code": fault.code, "advice": fault.kind.advice, "blame": fault.kind.blame, "correlationId": correlation or uuid.uuid4().hex,
    }, ensure_ascii=False)  # fmt: skip


def _refused(request: falcon.Request, response: falcon.Response, fault: falcon.HTTPError, params: object) -> None:
    """What the framework refuses by itself becomes a problem like any other."""
    for name, value in dict(fault.headers or ()).items():
        response.set_header(name, value)
    kind = {HTTPStatus.NOT_FOUND: NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED: METHOD}.get(HTTPStatus(fault.status_code), REQUEST)
    _problem(request, response, ClientError(kind), params)


def _unexpected(machine: Machine, request: falcon.Request, response: falcon.Response, fault: Exception, params: object) -> None:
    """An error of the hub: the correlation id in the answer is that of the log line."""
    correlation = uuid.uuid4().hex
    machine.tap.event("rest.failed", correlation=correlation, route=request.uri_template, kind=type(fault).__name__)
    _problem(request, response, ServerError(INTERNAL), params, correlation)
