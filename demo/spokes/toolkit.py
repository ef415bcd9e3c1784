"""The same submission by zeep, an ordinary SOAP toolkit, from nothing but the hub's published ``?wsdl``."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

import requests
from zeep import Client, Transport
from zeep.exceptions import Error, Fault

from demo.spokes.soap import PATH, Answered, operation
from demo.spokes.submissions import Submission
from demo.spokes.wire import NoAnswerError
from hub.contract.xml import parse

_TIMEOUT: Final = 15
_FAULT_CODE: Final = ".//{urn:pophub:services:1.0}hubFault/{urn:pophub:services:1.0}code"


class ZeepToolkit:
    """Submits through zeep, which fetches the WSDL at the first call. Thread-safe by taking turns."""

    def __init__(self, hub_url: str, name: str, secret: str) -> None:
        self._hub_url, self._credentials = hub_url, (name, secret)
        self._turn = threading.Lock()

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
    def _client(self) -> Any:
        session = requests.Session()
        session.trust_env, session.auth = False, self._credentials
        transport = Transport(session=session, timeout=_TIMEOUT, operation_timeout=_TIMEOUT)  # type: ignore[no-untyped-call]
        return Client(f"{self._hub_url}{PATH}?wsdl", transport=transport)  # type: ignore[no-untyped-call]

    @cached_property
    def _services(self) -> Mapping[str, Any]:
        ports = {"1.1": "EnquirySoap11", "1.2": "EnquirySoap12"}
        return {version: self._client.bind("EnquiryService", port) for version, port in ports.items()}

    def _call(self, submission: Submission) -> Any:
        element = self._client.get_element(_root(submission.facts.channel))
        typed = element.parse(parse(submission.document), self._client.wsdl.types)
        stated = {"messageId": submission.message_id, "header": {"fromDiv": submission.from_div}}
        service = self._services[submission.version]
        return service[operation(submission.facts.channel)](**{name: typed[name] for name in typed}, _soapheaders=stated)


def _root(channel: str) -> str:
    family, _, message = channel.partition(".")
    return f"{{urn:pophub:{channel}:1.0}}{family}{message.capitalize()}"
