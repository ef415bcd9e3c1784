"""The hardened SOAP door: one WSGI application for all services, both SOAP versions at one URL, and the contracts.

The order of the checks is the order of the lines of `_Door._perform`. Whatever goes wrong, the caller gets a fault of
its own SOAP version with a stable code and a correlation id, and no value of its message.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from hub.contract import xml
from hub.contract.errors import (
    ACTION,
    CONTENT_TYPE,
    HEADER,
    INTERNAL,
    METHOD,
    UNKNOWN_OPERATION,
    ClientError,
    HubError,
    ServerError,
)
from hub.transports import soap_headers
from hub.transports.arrival import arrived
from hub.transports.contract_files import ContractFiles
from hub.transports.contract_site import ContractSite
from hub.transports.soap_call import MEDIA_TYPE, Handler, SoapCall, SoapService, Version
from hub.transports.soap_engine import SoapEngine, record_unexpected
from hub.transports.soap_envelope import ANONYMOUS, open_envelope
from hub.transports.soap_fault import envelope, fault, http_headers, http_status
from hub.transports.soap_gate import Environ, read_body, request_type, stated_action, version_asked
from hub.transports.soap_wsdl import ServiceContract, SoapOperation, read_wsdl
from hub.transports.wsgi_answer import Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

__all__ = ["Handler", "SoapCall", "SoapService", "soap_app"]

OnRefused = Callable[[str, str, str], None]
"""Told (code, correlation id, peer address) of each request that never reached a handler."""
Admit = Callable[[str | None], AbstractContextManager[object]]
"""Given the HTTP Authorization field (None when there is none); held while the call is performed. Raises HubError."""

_SOAP: Final = "/soap/"


def soap_app(
    services: Sequence[SoapService],
    *,
    public_url: str,
    schema_roots: Sequence[Path],
    on_refused: OnRefused,
    admit: Admit = lambda _authorization: nullcontext(),
) -> WSGIApplication:
    """The application for ``/soap/<service>`` (POST; GET ``?wsdl``) and ``/contracts/``.

    ``public_url`` is the address under which callers reach the hub, without a path of its own below it; it alone
    appears in published files. ``admit`` is entered before a body is read. Raises ValueError when a WSDL cannot be served (see `read_wsdl`, `ContractFiles`).
    """
    files = ContractFiles(schema_roots, public_url, {s.wsdl: s.name for s in services})
    endpoints = {service.name: _endpoint(service, files) for service in services}
    site = ContractSite(files, {name: endpoint.contract for name, endpoint in endpoints.items()})
    return _Door(endpoints, site, urlsplit(public_url).netloc.lower(), on_refused, admit)


@dataclass(frozen=True, slots=True)
class _Endpoint:
    name: str
    wsdl: str
    contract: ServiceContract
    engines: dict[Version, SoapEngine]


def _endpoint(service: SoapService, files: ContractFiles) -> _Endpoint:
    contract = read_wsdl(service.wsdl)
    engines = {
        version: SoapEngine(service.name, contract.namespace, version, operations.values(), service.handler)
        for version, operations in contract.bindings.items()
    }
    name = files.name_of(service.wsdl)
    files.get(name, whole=True)
    return _Endpoint(service.name, name, contract, engines)


class _Door:
    def __init__(
        self, endpoints: dict[str, _Endpoint], site: ContractSite, public_host: str, on_refused: OnRefused, admit: Admit
    ) -> None:
        self._endpoints, self._site, self._public_host, self._on_refused = endpoints, site, public_host, on_refused
        self._admit = admit

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        correlation_id = os.urandom(10).hex()
        try:
            answer = self._route(environ, correlation_id)
        except Exception as error:  # noqa: BLE001 - the last resort: nothing may escape to the server
            answer = self._refuse(error, environ, correlation_id)
        fields = [*answer.headers, ("Content-Length", str(len(answer.body))), ("Pophub-Correlation-Id", correlation_id)]
        start_response(answer.status_line, fields)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body]

    def _route(self, environ: Environ, correlation_id: str) -> Answer:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path.startswith("/contracts"):
            return self._site.answer(path, environ)
        endpoint = self._endpoints.get(path.removeprefix(_SOAP)) if path.startswith(_SOAP) else None
        if endpoint is None:
            error = ClientError(UNKNOWN_OPERATION)
            self._tell(error, environ, correlation_id)
            return _faulted(error, version_asked(environ), correlation_id, status=404)
        if method == "POST":
            with self._admit(environ.get("HTTP_AUTHORIZATION")) as admitted:
                return self._perform(endpoint, environ, correlation_id, admitted)
        asked = environ.get("QUERY_STRING", "").lower() == "wsdl"
        published = self._site.file(endpoint.wsdl, environ, whole=True) if asked else None
        if method not in ("GET", "HEAD") or published is None:
            raise ClientError(METHOD)
        return published

    def _perform(self, endpoint: _Endpoint, environ: Environ, correlation_id: str, admitted: object) -> Answer:
        body = read_body(environ)
        given = request_type(environ)
        engine = endpoint.engines.get(given.version)
        if engine is None:
            raise ClientError(CONTENT_TYPE)
        headers, payload = open_envelope(xml.parse(body, given.charset), given.version)
        operation = endpoint.contract.bindings[given.version].get(str(payload.tag))
        if operation is None:
            raise ClientError(UNKNOWN_OPERATION, path="Body", line=soap_headers.line_of(payload))
        if stated_action(environ, given) not in (operation.action, None):
            raise ClientError(ACTION)
        if headers:
            self._addressed(endpoint, operation, headers, environ)
        call = SoapCall(
            endpoint.name, operation.name, payload, headers, given.version, body, given.charset,
            environ.get("HTTP_AUTHORIZATION"), environ.get("REMOTE_ADDR") or "", correlation_id, admitted, arrived(environ),
        )  # fmt: skip
        status, fields, data = engine.answer(call)
        return Answer(status, [*fields, _content_type(given.version)], data)

    def _addressed(self, endpoint: _Endpoint, operation: SoapOperation, headers: tuple[xml.Element, ...], environ: Environ) -> None:
        """WS-Addressing headers, where present, must mean this operation of this hub."""
        if soap_headers.header_text(headers, soap_headers.ACTION) not in (operation.action, None):
            raise ClientError(ACTION, path="Header/Action")
        to = soap_headers.header_text(headers, soap_headers.TO)
        if to is None or to == ANONYMOUS:
            return
        host, path = _host_and_path(to)
        if host not in (self._public_host, environ.get("HTTP_HOST", "").lower()) or not path.endswith(_SOAP + endpoint.name):
            raise ClientError(HEADER, path="Header/To")

    def _refuse(self, error: Exception, environ: Environ, correlation_id: str) -> Answer:
        if not isinstance(error, HubError):
            record_unexpected(error, correlation_id)
            error = ServerError(INTERNAL)
        self._tell(error, environ, correlation_id)
        return _faulted(error, version_asked(environ), correlation_id)

    def _tell(self, error: HubError, environ: Environ, correlation_id: str) -> None:
        try:
            self._on_refused(error.code, correlation_id, environ.get("REMOTE_ADDR") or "")
        except Exception as unexpected:  # noqa: BLE001 - counting must not cost the caller its answer
            record_unexpected(unexpected, correlation_id)


def _faulted(error: HubError, version: Version, correlation_id: str, status: int | None = None) -> Answer:
    status = status or http_status(error, version)
    data = envelope(fault(error, version, correlation_id), version)
    return Answer(status, [*http_headers(status, error), _content_type(version)], data)


def _content_type(version: Version) -> tuple[str, str]:
    return ("Content-Type", f"{MEDIA_TYPE[version]}; charset=utf-8")


def _host_and_path(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.netloc.lower(), parts.path
