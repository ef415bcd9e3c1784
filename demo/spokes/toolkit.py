"""The same submission by zeep, an ordinary SOAP toolkit, from nothing but the hub's published ``?wsdl``."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import Any, Final

import requests
from zeep import Client, Transport
from zeep.exceptions import Error, Fault

from demo.spokes.facts import root_of
from demo.spokes.soap import Answered, operation, path, service_of
from demo.spokes.submission import Submission
from demo.spokes.wire import NoAnswerError
from hub.contract.xml import parse

_TIMEOUT: Final = 15
_FAULT_CODE: Final = ".//{urn:pophub:services:1.0}hubFault/{urn:pophub:services:1.0}code"


class ZeepToolkit:
    """Submits through zeep, which fetches a family's WSDL at the first call. Thread-safe by taking turns."""

    def __init__(self, hub_url: str, name: str, secret: str) -> None:
        self._hub_url, self._credentials = hub_url, (name, secret)
        self._turn = threading.Lock()
        self._clients: dict[str, Any] = {}
        self._services: dict[tuple[str, str], Any] = {}

    def submit(self, submission: Submission) -> Answered:
        """Submit once. Raises NoAnswerError."""
        with self._turn:
            try:
                answer = self._call(submission)
            except Fault as fault:
                code = fault.detail.findtext(_FAULT_CODE) if fault.detail is not None else None
                if not code:
                    raise NoAnswerError("a fault without a code") from fault
                return Answered(code=code)
            except (Error, OSError) as fault:
                raise NoAnswerError(type(fault).__name__) from fault
        return Answered(answer.hubId, bool(answer.duplicate), int(answer.laneNo), answer.receipt)

    @cached_property
    def _transport(self) -> Any:
        session = requests.Session()
        session.trust_env, session.auth = False, self._credentials
        return Transport(session=session, timeout=_TIMEOUT, operation_timeout=_TIMEOUT)  # type: ignore[no-untyped-call]

    def _service(self, channel: str, version: str) -> tuple[Any, Any]:
        """The client of the channel's family, and its port of a SOAP version."""
        family = service_of(channel)
        if family not in self._clients:
            self._clients[family] = Client(f"{self._hub_url}{path(channel)}?wsdl", transport=self._transport)  # type: ignore[no-untyped-call]
        client = self._clients[family]
        if (family, version) not in self._services:
            name = "".join(word.capitalize() for word in family.split("_"))
            self._services[family, version] = client.bind(f"{name}Service", f"{name}Soap{version.replace('.', '')}")
        return client, self._services[family, version]

    def _call(self, submission: Submission) -> Any:
        channel = submission.facts.channel
        client, service = self._service(channel, submission.version)
        element = client.get_element(f"{{urn:pophub:{channel}:1.0}}{root_of(channel)}")
        typed = element.parse(parse(submission.document), client.wsdl.types)
        stated = {"messageId": submission.message_id, "header": {"fromDiv": submission.from_div}}
        return service[operation(channel)](**{name: typed[name] for name in typed}, _soapheaders=stated)
