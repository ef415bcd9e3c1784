"""Ask by SOAP: the payload's qualified name says the query. A query has no MessageID and no receipt."""

from __future__ import annotations

import time

from hub.contract.xml import Element
from hub.pipeline.machine import Machine
from hub.pipeline.query import ask
from hub.pipeline.questioning import Questioning
from hub.spokes.doorkeeper import Doorkeeper
from hub.transports.soap_call import Handler, SoapCall
from hub.transports.soap_headers import hub_header


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
        began = time.monotonic()
        with self._door.caller(call) as (spoke, _):
            header = hub_header(call.headers)
            work = Questioning(
                call.correlation_id, query, call.payload, spoke, from_div=header.from_div, from_user=header.from_user, began=began
            )
            return ask(self._machine, work)
