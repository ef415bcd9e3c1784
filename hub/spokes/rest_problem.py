"""Errors as RFC 9457 problems: the codes of the SOAP faults, no value of the message, and never a stack trace."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Final

import falcon

from hub.contract.errors import (
    CONTENT_TYPE,
    INTERNAL,
    LENGTH,
    METHOD,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    REQUEST,
    TOO_LARGE,
    ClientError,
    HubError,
    ServerError,
)
from hub.pipeline.machine import Machine
from hub.spokes.rest_area import App, correlation_of
from hub.transports.soap_fault import CHALLENGE

RETRY_AFTER: Final = 2
"""Seconds, told with every 503 of the hub that knows no better; where only an operator can help, none are told."""
_FRAMEWORK: Final = {
    k.http: k for k in (NOT_FOUND, METHOD, NOT_ACCEPTABLE, LENGTH, TOO_LARGE, CONTENT_TYPE)
}  # fmt: skip


def add_problems(app: App, machine: Machine) -> None:
    """Every error of the application becomes a problem; what never reached a step is told to the wire tap."""

    def refused_by_hub(request: falcon.Request, response: falcon.Response, fault: HubError, _params: object) -> None:
        if not getattr(request.context, "told", False):
            machine.tap.step(correlation_of(request), "door", fault.code, 0.0)
        _answer(response, fault, correlation_of(request))

    def refused_by_framework(request: falcon.Request, response: falcon.Response, fault: falcon.HTTPError, params: object) -> None:
        for name, value in dict(fault.headers or ()).items():
            response.set_header(name, value)
        refused_by_hub(request, response, ClientError(_FRAMEWORK.get(fault.status_code, REQUEST)), params)

    def unexpected(request: falcon.Request, response: falcon.Response, fault: Exception, _params: object) -> None:
        correlation = correlation_of(request)
        machine.tap.event("rest.failed", correlation=correlation, route=request.uri_template, kind=type(fault).__name__)
        _answer(response, ServerError(INTERNAL), correlation)

    app.add_error_handler(HubError, refused_by_hub)
    app.add_error_handler(falcon.HTTPError, refused_by_framework)
    app.add_error_handler(Exception, unexpected)


def _answer(response: falcon.Response, fault: HubError, correlation: str) -> None:
    status = fault.kind.http
    response.status = status
    response.content_type = "application/problem+json"
    if status == HTTPStatus.UNAUTHORIZED:
        response.set_header("WWW-Authenticate", CHALLENGE)
    if (isinstance(fault, ServerError) or fault.retry_after) and status in (
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.TOO_MANY_REQUESTS,
    ):
        response.set_header("Retry-After", str(fault.retry_after or RETRY_AFTER))
    place = {"path": fault.path, "line": fault.line, "pointer": fault.pointer, "ref": fault.ref}
    response.text = json.dumps({
        "type": f"/contracts/errors/{fault.code}", "title": fault.zh, "detail": fault.en, "status": status, "code": fault.code,
        **{name: value for name, value in place.items() if value is not None},
        "advice": fault.kind.advice, "blame": fault.kind.blame, "correlationId": correlation,
    }, ensure_ascii=False)  # fmt: skip
