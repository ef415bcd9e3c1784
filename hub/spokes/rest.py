"""REST for spokes (Falcon, WSGI): the parts of ``/api/v1/``, its description, and ``/healthz``."""

from __future__ import annotations

import hashlib
import json
import os
import threading

import falcon

from hub.pipeline.machine import Machine
from hub.ports.message_status import MessageStatus
from hub.spokes import rest_batches, rest_mailbox, rest_messages, rest_queries
from hub.spokes.doorkeeper import Doorkeeper
from hub.spokes.openapi import openapi
from hub.spokes.rest_area import App, Area, Rest, correlation_of
from hub.spokes.rest_problem import add_problems

AREAS: tuple[Area, ...] = (rest_messages.AREA, rest_mailbox.AREA, rest_queries.AREA, rest_batches.AREA)
"""The parts of the interface: one line for each."""


def rest_app(machine: Machine, status: MessageStatus, door: Doorkeeper | None = None) -> App:
    """The application for ``/api/v1/`` and ``/healthz``."""
    app: App = falcon.App(middleware=[_Correlation()])
    app.resp_options.media_handlers["application/json"] = falcon.media.JSONHandler(dumps=_dumps)
    rest = Rest(machine, status, door or Doorkeeper(machine))
    for area in AREAS:
        area.add(app, rest)
    app.add_route("/api/v1/openapi.json", OpenApi(machine))
    app.add_route("/healthz", Health())
    add_problems(app, machine)
    return app


class Health:
    """Liveness: the process answers."""

    def on_get(self, _request: falcon.Request, response: falcon.Response) -> None:
        """200 while the process lives."""
        response.media = {"status": "ok"}


class OpenApi:
    """The description of the interface, for everybody: it says what the schemas say."""

    def __init__(self, machine: Machine) -> None:
        self._machine, self._lock, self._ready = machine, threading.Lock(), b""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Made when first asked for; 304 for a caller that has it."""
        with self._lock:
            self._ready = self._ready or _dumps(openapi(self._machine, [a.describe(self._machine) for a in AREAS])).encode()
        response.etag = tag = hashlib.sha256(self._ready).hexdigest()[:32]
        response.cache_control = ["public", "max-age=300"]
        if any(known in ("*", tag) for known in request.if_none_match or ()):
            response.status = falcon.HTTP_304
            return
        response.content_type, response.data = "application/json", self._ready


class _Correlation:
    """Names each request; the name stands in the answer and in the log."""

    def process_request(self, request: falcon.Request, response: falcon.Response) -> None:
        request.context.correlation = os.urandom(10).hex()
        response.set_header("Pophub-Correlation-Id", correlation_of(request))


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
