"""What the parts of the REST interface share: who asks, what they accept, and how a part is added."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import falcon

from hub.contract.errors import NOT_ACCEPTABLE, ClientError
from hub.pipeline.machine import Machine
from hub.ports.message_status import MessageStatus
from hub.ports.spoke_registry import Spoke
from hub.spokes.doorkeeper import Doorkeeper

App = falcon.App[Any, Any]
JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Rest:
    """What every part is given."""

    machine: Machine
    status: MessageStatus
    door: Doorkeeper

    def caller(self, request: falcon.Request) -> AbstractContextManager[Spoke]:
        """The authenticated spoke, counted in its quota for as long as the block lasts."""
        return self.door.admitted(request.get_header("Authorization"))


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the interface: ``add`` hangs its resources into the application.

    ``describe`` gives its part of OpenAPI, a mapping that may hold ``paths`` and ``schemas``, derived from the catalogue and the schemas alone.
    """

    add: Callable[[App, Rest], None]
    describe: Callable[[Machine], dict[str, dict[str, Any]]]


def accepted(request: falcon.Request, *offered: str) -> str:
    """The media type of the answer: the caller's choice of what is offered. Raises ClientError ``Client.NotAcceptable``."""
    chosen = request.client_prefers(offered)
    if chosen is None:
        raise ClientError(NOT_ACCEPTABLE)
    return chosen


def correlation_of(request: falcon.Request) -> str:
    """The id under which this request stands in the log and in its answer."""
    return str(request.context.correlation)
