"""Calls to the hub: a push in a SOAP 1.1 envelope put together from text, with the credential that the operator gave."""

from __future__ import annotations

import base64
import http.client
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from adapters.health.simulator.envelope import SPACE
from hub.contract.errors import ClientError
from hub.contract.xml import parse

_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_ACTION: Final = "urn:standin:health:push:1.0:PushDelivery"
_TIMEOUT: Final = 30.0


class Said(NamedTuple):
    """The hub's word: ``hub`` and whether it knew the record, or the ``code`` of a fault; neither: no answer that can be read."""

    hub: str = ""
    duplicate: bool = False
    receipt: str = ""
    code: str = ""


class Hub:
    """The hub as a health system calls it. ``url`` is its address without a path."""

    def __init__(self, url: str, name: str, secret: str) -> None:
        self._host = urlsplit(url).netloc
        self._authorization = "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode("ascii")

    def push(self, document: bytes) -> Said:
        """Push one PushDelivery."""
        body = f'<s:Envelope xmlns:s="{_SOAP}"><s:Body>'.encode() + document + b"</s:Body></s:Envelope>"
        fields = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{_ACTION}"', "Authorization": self._authorization}
        connection = http.client.HTTPConnection(self._host, timeout=_TIMEOUT)
        try:
            connection.request("POST", "/soap/health-push", body, fields)
            return _read(connection.getresponse().read())
        except (OSError, http.client.HTTPException):
            return Said()
        finally:
            connection.close()


def _read(body: bytes) -> Said:
    try:
        root = parse(body)
    except ClientError:
        return Said()
    found = {
        str(e.tag).rpartition("}")[2]: e.text or ""
        for e in root.iter()
        if str(e.tag).startswith((f"{{{SPACE}}}", "{urn:pophub:services"))
    }
    if found.get("code"):
        return Said(code=found["code"])
    return Said(found.get("HubNo", ""), found.get("ResultCode") == "1", found.get("Receipt", "")) if found.get("HubNo") else Said()
