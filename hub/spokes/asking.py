"""Ask by SOAP: the payload's qualified name says the query. A query has no MessageID and no receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hub.contract.errors import HubError
from hub.contract.xml import Element
from hub.pipeline.machine import Machine
from hub.pipeline.query import ask
from hub.pipeline.questioning import Questioning
from hub.spokes.doorkeeper import Doorkeeper
from hub.transports.soap_call import Handler, SoapCall
from hub.transports.soap_gate import request_type, stated_action
from hub.transports.soap_headers import hub_header
from hub.transports.soap_wsdl import read_wsdl

REST = "/api/v1/queries/"


class Asking:
    """Answers SOAP queries; every other call goes to ``otherwise``."""

    def __init__(self, machine: Machine, door: Doorkeeper, otherwise: Handler) -> None:
        self._machine, self._door, self._otherwise = machine, door, otherwise
        self._queries = {f"{{{q.request.namespace}}}{q.request.root}": q for q in machine.catalogue.queries.values()}

    def __call__(self, call: SoapCall) -> Element:
        """Authenticate, run ASK, answer with the asker's view. Raises HubError for everything that is refused."""
        query = self._queries.get(str(call.payload.tag))
        if query is None:
            return self._otherwise(call)
        with self._door.caller(call) as (spoke, _):
            header = hub_header(call.headers)
            work = Questioning(
                call.correlation_id,
                query,
                call.payload,
                spoke,
                from_div=header.from_div,
                from_user=header.from_user,
                began=call.arrived,
            )
            return ask(self._machine, work)


class Recognised:
    """Whether a request is a query, before its body is looked at: by its path, in SOAP by the action it names.

    A caller that names no action is served like a submission; nothing but the order of work hangs on this.
    """

    def __init__(self, machine: Machine, contracts: Iterable[Path]) -> None:
        elements = {f"{{{q.request.namespace}}}{q.request.root}" for q in machine.catalogue.queries.values()}
        bindings = [binding for wsdl in contracts for binding in read_wsdl(wsdl).bindings.values()]
        self._actions = {o.action for binding in bindings for o in binding.values() if o.element in elements}

    def __call__(self, environ: Mapping[str, Any]) -> bool:
        """Never raises: what is wrong with the request is told by who reads it."""
        if environ["PATH_INFO"].startswith(REST):
            return True
        if not environ["PATH_INFO"].startswith("/soap/"):
            return False
        try:
            return stated_action(environ, request_type(environ)) in self._actions
        except HubError:
            return False
