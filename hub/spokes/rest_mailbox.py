"""The mailbox of a spoke over REST: fetch under a lease, take, acknowledge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import falcon

from hub.contract.errors import BUSY, REQUEST, UNAVAILABLE, ClientError, HubError, ServerError
from hub.contract.message import read_hub_id, show_hub_id
from hub.pipeline.machine import Machine
from hub.ports.keyring import Undecryptable
from hub.ports.mail import MailItem
from hub.ports.promise import Promise
from hub.spokes.moments import on_the_wire
from hub.spokes.openapi_mailbox import describe
from hub.spokes.rest_area import JSON_TYPE, App, Area, Rest, accepted
from hub.transports.json_reader import members, read_json

LEASE_MS = 60_000
MOST = 200
T = TypeVar("T")


class Mailbox:
    """What waits for the calling spoke, leased for 60 seconds."""

    def __init__(self, rest: Rest) -> None:
        self._rest, self._machine = rest, rest.machine

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """``?max=`` 1 to 200 (default 20) items; each must be acknowledged with its lease."""
        with self._rest.caller(request) as spoke:
            accepted(request, JSON_TYPE)
            most = request.get_param_as_int("max", min_value=1, max_value=MOST, default=20)
            items = _answer(self._machine, self._machine.store.mailbox(spoke.name, most, LEASE_MS))
        response.media = {"items": [shown for item in items if (shown := self._shown(item))]}

    def _shown(self, item: MailItem) -> dict[str, Any] | None:
        """None for an item whose bytes cannot be opened: it must not keep the others from their reader."""
        try:
            body = self._machine.keyring.open(f"delivery_body|body|{item.delivery}", item.body)
        except Undecryptable:
            self._machine.tap.event("item.unreadable", hub_id=show_hub_id(item.message))
            return None
        return {
            "hubId": show_hub_id(item.message), "channel": item.channel, "version": item.version,
            "fromSystem": item.from_system, "lease": item.lease, "effectiveTime": on_the_wire(item.effective_at),
            "dueAt": on_the_wire(item.due_at) if item.due_at else None, "document": body.decode("utf-8"),
        }  # fmt: skip


class Acknowledgement:
    """The spoke has taken what it fetched."""

    def __init__(self, rest: Rest) -> None:
        self._rest, self._machine = rest, rest.machine

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Body ``{"items": [{"hubId": …, "lease": …}]}``; a stale lease means: fetch again."""
        with self._rest.caller(request) as spoke:
            accepted(request, JSON_TYPE)
            wanted = _wanted(request.bounded_stream.read(1_000_000))
            done = set(_answer(self._machine, self._machine.store.acknowledge(spoke.name, wanted)))
        response.media = {
            "settled": [show_hub_id(m) for m, _ in wanted if m in done],
            "stale": [show_hub_id(m) for m, _ in wanted if m not in done],
        }


def _answer(machine: Machine, written: Promise[Sequence[T]]) -> Sequence[T]:
    """The store's answer. Raises ServerError ``Server.Busy`` when it does not come in time, ``Server.Unavailable`` when it fails."""
    try:
        return written.result(machine.answer_timeout)
    except TimeoutError:
        raise ServerError(BUSY) from None
    except HubError:
        raise
    except Exception as fault:
        machine.tap.event("mailbox.failed", kind=type(fault).__name__)
        raise ServerError(UNAVAILABLE) from fault


def _wanted(body: bytes) -> list[tuple[int, str]]:
    """The (message id, lease) pairs of an acknowledgement. A lease is what the mailbox gave: text in ASCII."""
    try:
        items = [members(item) or {} for item in (members(read_json(body)) or {})["items"]]
        pairs = [(read_hub_id(i["hubId"]), i["lease"].encode("ascii").decode()) for i in items]
    except (ValueError, KeyError, TypeError, AttributeError, ClientError):
        raise ClientError(REQUEST) from None
    if len(pairs) > MOST or any(number is None for number, _ in pairs):
        raise ClientError(REQUEST)
    return [(number, lease) for number, lease in pairs if number is not None]


def _add(app: App, rest: Rest) -> None:
    app.add_route("/api/v1/mailbox", Mailbox(rest))
    app.add_route("/api/v1/mailbox/ack", Acknowledgement(rest))


AREA = Area(_add, lambda _machine: describe(MOST))
