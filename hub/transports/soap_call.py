"""One SOAP call as the hub sees it: an envelope that has passed the door, without anything of HTTP but the credential."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from hub.contract.xml import Element

Version = Literal["1.1", "1.2"]

ENVELOPE: Final[dict[Version, str]] = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
MEDIA_TYPE: Final[dict[Version, str]] = {"1.1": "text/xml", "1.2": "application/soap+xml"}


@dataclass(frozen=True, slots=True)
class SoapCall:
    """A request whose size, encoding, envelope, action and headers were found in order; its payload is not validated yet.

    ``payload`` is the one element of the Body. ``headers`` are the header entries addressed to this hub, in their order.
    ``raw`` holds the whole request as received, ``charset`` what HTTP says of its encoding, ``authorization`` the HTTP
    header of that name, not verified; ``remote`` the peer's address. ``correlation_id`` names the call in logs and faults. ``admitted`` is what
    the door's ``admit`` gave for the HTTP credential, None without one. ``arrived`` is a `time.monotonic` moment.
    """

    service: str
    operation: str
    payload: Element
    headers: tuple[Element, ...]
    version: Version
    raw: bytes
    charset: str | None
    authorization: str | None
    remote: str
    correlation_id: str
    admitted: Any = None
    arrived: float = field(default_factory=time.monotonic)


Handler = Callable[[SoapCall], Element]
"""Answers with a fresh element for the reply's Body; it is called from many threads at once.

Raises HubError for a fault that the caller may see. Anything else that it raises becomes ``Server.Internal``.
"""


@dataclass(frozen=True, slots=True)
class SoapService:
    """A service at ``/soap/<name>``. ``wsdl`` stands below one of the schema folders and says what may be called."""

    name: str
    wsdl: Path
    handler: Handler
