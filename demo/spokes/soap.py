"""The SOAP side of a spoke, by hand: envelopes put together from text, answers read for the few words that matter."""

from __future__ import annotations

import base64
import re
from typing import Final, NamedTuple

from demo.spokes.facts import family_of, root_of
from demo.spokes.wire import Reply, request
from hub.contract.errors import ClientError
from hub.contract.xml import parse

_ENVELOPES: Final = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
_ADDRESSING: Final = "http://www.w3.org/2005/08/addressing"
_HEADER: Final = "urn:pophub:header:1.0"
_SERVICES: Final = "{urn:pophub:services:1.0}"
_SERVICE_OF: Final = {"police": "police_share", "health": "health_comparison", "ecert": "ehycert"}
_DECLARATION: Final = re.compile(rb"^<\?xml[^>]*\?>\s*")


class Answered(NamedTuple):
    """The hub's word: taken (hub id, whether it knew the message, number in the lane, receipt), or a fault's ``code``."""

    hub: str = ""
    duplicate: bool = False
    lane_no: int = 0
    receipt: str = ""
    code: str = ""


def operation(channel: str) -> str:
    """The operation that submits a document of the channel."""
    root = root_of(channel)
    return f"Submit{root[0].upper()}{root[1:]}"


def service_of(channel: str) -> str:
    """The service of a channel's family. It is called after the flow, most of which are called like the family."""
    return _SERVICE_OF.get(family_of(channel), family_of(channel))


def path(channel: str) -> str:
    """Where the service of the channel's family listens."""
    return f"/soap/{service_of(channel)}"


def basic(name: str, secret: str) -> str:
    """The Authorization of a spoke (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode("ascii")


class Letters:
    """Puts documents into whole HTTP requests for one hub. ``host`` is ``name:port``."""

    def __init__(self, host: str, authorization: str) -> None:
        self._host, self._authorization = host, authorization

    def submit(self, document: bytes, channel: str, message_id: str, from_div: str, version: str) -> bytes:
        """The HTTP request that submits a document (bytes with or without XML declaration; it need not be well-formed)."""
        name = operation(channel)
        action = f"urn:pophub:{service_of(channel)}:{name}"
        headers = (
            f'<e:Header><a:MessageID xmlns:a="{_ADDRESSING}">{message_id}</a:MessageID>'
            f'<h:Header xmlns:h="{_HEADER}"><h:fromDiv>{from_div}</h:fromDiv><h:testFlag>true</h:testFlag></h:Header></e:Header>'
        )
        start = f'<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="{_ENVELOPES[version]}">{headers}<e:Body>'
        body = b"".join((start.encode(), _DECLARATION.sub(b"", document), b"</e:Body></e:Envelope>"))
        fields = {"Authorization": self._authorization}
        if version == "1.1":
            fields |= {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
        else:
            fields["Content-Type"] = f'application/soap+xml; charset=utf-8; action="{action}"'
        return request("POST", path(channel), self._host, fields, body)


def read_answer(reply: Reply) -> Answered | None:
    """What the hub said; None for anything that is no answer of the hub's interface (a proxy's page, half an answer)."""
    try:
        root = parse(reply.body)
    except ClientError:
        return None
    found = {str(element.tag).removeprefix(_SERVICES): element.text or "" for element in root.iter(f"{_SERVICES}*")}
    if "hubFault" in found and found.get("code"):
        return Answered(code=found["code"])
    if reply.status != 200 or not found.get("hubId"):
        return None
    return Answered(
        found["hubId"], found.get("duplicate") in ("true", "1"), int(found.get("laneNo") or 0), found.get("receipt", "")
    )
