"""spyne as the SOAP engine behind the door: dispatch by payload QName, the call, the reply or the fault.

The door has read, parsed and checked the envelope, so the protocols here take the payload element as it is and give
the reply element as it is; spyne's own parsing, validation and WSDL are never used. Operations come from the WSDL.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable
from typing import Any, Final

from hub.contract.errors import INTERNAL, HubError, ServerError
from hub.transports.soap_call import Handler, SoapCall, Version
from hub.transports.soap_fault import envelope, fault, http_headers, http_status
from hub.transports.soap_wsdl import SoapOperation
from hub.transports.spyne_shim import (
    AnyXml,
    Application,
    Fault,
    MethodContext,
    ResourceNotFoundError,
    ServerBase,
    Service,
    Soap11,
    Soap12,
    rpc,
)

_log: Final = logging.getLogger("pophub.soap")


class _HubFault(Fault):  # type: ignore[misc]
    """Carries a HubError through spyne, which lets only its own faults pass."""

    def __init__(self, error: HubError) -> None:
        super().__init__(error.code, error.code)
        self.error = error


class _Context(MethodContext):  # type: ignore[misc]
    """spyne's context of one call; ``udc`` is the SoapCall.

    Left out, because they cost a third of a call: the guard against new attributes, and events, to which nobody listens.
    """

    TransportContext = None
    __setattr__ = object.__setattr__

    def fire_event(self, event: str, *args: Any, **facts: Any) -> None:
        """Nothing: spyne would make a self-referring set for each event without a listener."""


class _Raw:
    """The two SOAP protocols with raw elements in and out."""

    version: Version

    def get_context(self, parent: Any, transport: Any) -> None:
        """None: spyne's protocol context refers to itself, so that every message would wait for the collector."""

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        ctx.in_document = ctx.udc.payload

    def decompose_incoming_envelope(self, ctx: Any, message: object = None) -> None:
        ctx.in_header_doc, ctx.in_body_doc = ctx.udc.headers, ctx.udc.payload
        ctx.method_request_string = ctx.udc.payload.tag

    def generate_method_contexts(self, ctx: Any) -> tuple[Any]:
        """As spyne's, for one method without auxiliary ones: the context need not be copied."""
        found = self.get_call_handles(ctx)  # type: ignore[attr-defined]
        if not found:
            raise ResourceNotFoundError(ctx.method_request_string)
        ctx.descriptor = found[0]
        return (ctx,)

    def deserialize(self, ctx: Any, message: object) -> None:
        ctx.in_header, ctx.in_object = ctx.in_header_doc, ctx.in_body_doc

    def serialize(self, ctx: Any, message: object) -> None:
        if ctx.out_error is None:
            ctx.out_body_doc = ctx.out_object[0]
        else:
            ctx.out_body_doc = fault(as_hub_error(ctx.out_error), self.version, ctx.udc.correlation_id)
        ctx.out_document = ctx.out_body_doc

    def create_out_string(self, ctx: Any, charset: str | None = None) -> None:
        ctx.out_string = [envelope(ctx.out_body_doc, self.version)]


class _Raw11(_Raw, Soap11):  # type: ignore[misc]
    version: Version = "1.1"


class _Raw12(_Raw, Soap12):  # type: ignore[misc]
    version: Version = "1.2"


class SoapEngine(ServerBase):  # type: ignore[misc]
    """The operations of one service in one SOAP version. Thread-safe.

    Stands where spyne has WsgiApplication: the transport is the door, which hands over a parsed call.
    """

    transport = "http://schemas.xmlsoap.org/soap/http"

    def __init__(
        self, service: str, namespace: str, version: Version, operations: Iterable[SoapOperation], handler: Handler
    ) -> None:
        operations = tuple(operations)
        methods = {operation.name: _method(operation, namespace, handler) for operation in operations}
        protocol = _Raw11 if version == "1.1" else _Raw12
        app = Application(
            [type(service, (Service,), methods)],
            namespace,
            f"{service}-{version}",
            in_protocol=protocol(),
            out_protocol=protocol(),
        )
        # spyne files methods under the application's namespace; each of ours takes an element of its channel's own.
        table = app.interface.service_method_map
        for operation in operations:
            table[operation.element] = table.pop(f"{{{namespace}}}{operation.name}")
        super().__init__(app)

    def answer(self, call: SoapCall) -> tuple[int, list[tuple[str, str]], bytes]:
        """Perform the call: the HTTP status with its fields, and the whole reply envelope, with the answer or a fault."""
        ctx = _Context(self, MethodContext.SERVER)
        try:
            ctx.udc = call
            self.generate_contexts(ctx)
            if ctx.in_error is None:
                self.get_in_object(ctx)
                self.get_out_object(ctx)
            self.get_out_string(ctx)
            status, fields = (200, []) if ctx.out_error is None else _refused(as_hub_error(ctx.out_error), call.version)
            return status, fields, b"".join(ctx.out_string)
        finally:
            # The context refers to itself: left alone, each message would wait for the collector.
            ctx.__dict__.clear()


def _refused(error: HubError, version: Version) -> tuple[int, list[tuple[str, str]]]:
    """Apart, because a frame that holds the error would hold itself by its traceback."""
    status = http_status(error, version)
    return status, http_headers(status, error)


def as_hub_error(error: Exception) -> HubError:
    """What the caller may know of an error that passed through spyne."""
    if isinstance(error, _HubFault):
        return error.error
    return ServerError(INTERNAL)


def record_unexpected(error: BaseException, correlation_id: str) -> None:
    """Log where an unforeseen error arose and its type, never its text: that may hold values of the message."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    _log.error("unexpected %s at %s, correlation id %s", type(error).__name__, places, correlation_id)


def _method(operation: SoapOperation, namespace: str, handler: Handler) -> Any:
    def perform(ctx: Any, payload: Any) -> Any:
        try:
            return handler(ctx.udc)
        except HubError as error:
            raise _HubFault(error) from None
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the caller learns only the id
            record_unexpected(error, ctx.udc.correlation_id)
            raise _HubFault(ServerError(INTERNAL)) from None

    perform.__name__ = operation.name  # spyne files methods by it
    name = f"{{{namespace}}}{operation.name}"
    declare = rpc(AnyXml, _returns=AnyXml, _body_style="bare", _in_message_name=name, _out_message_name=f"{name}Response")
    return declare(perform)
