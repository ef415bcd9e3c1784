"""A mailbox spoke's way to receive: fetch under a lease, take, acknowledge (REST, HTTP Basic)."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any, Final

from demo.spokes.inbox import Inbox
from demo.spokes.wire import NoAnswerError, Wire, request
from hub.contract.xml import parse

_PAGE: Final = 100
_WHEN_EMPTY: Final = 0.15
"""Seconds before an empty mailbox is looked at again."""


class Mailbox:
    """Polls until stopped."""

    def __init__(self, address: tuple[str, int], authorization: str, inbox: Inbox, stopping: threading.Event) -> None:
        self._wire, self._inbox, self._stopping = Wire(*address), inbox, stopping
        self._host = f"{address[0]}:{address[1]}"
        self._fields = {"Authorization": authorization, "Content-Type": "application/json"}

    def run(self) -> None:
        """Poll; a hub that is away is asked again."""
        while not self._stopping.is_set():
            try:
                taken = self.poll()
            except NoAnswerError:
                taken = 0
            if not taken:
                self._stopping.wait(_WHEN_EMPTY)

    def poll(self) -> int:
        """Fetch one page, take it, acknowledge it. Returns how many items came. Raises NoAnswerError."""
        items = self._ask("GET", f"/api/v1/mailbox?max={_PAGE}")["items"]
        for item in items:
            self._inbox.take(item["hubId"], parse(item["document"].encode()), item["fromSystem"])
        if items:
            self._inbox.settle()
            self._acknowledge(items)
        return len(items)

    def _acknowledge(self, items: Sequence[dict[str, Any]]) -> None:
        wanted = [{"hubId": item["hubId"], "lease": item["lease"]} for item in items]
        self._ask("POST", "/api/v1/mailbox/ack", json.dumps({"items": wanted}).encode())

    def _ask(self, method: str, path: str, body: bytes = b"") -> dict[str, Any]:
        reply = self._wire.exchange(request(method, path, self._host, self._fields, body))
        if reply.status != 200:
            raise NoAnswerError(str(reply.status))
        answer: dict[str, Any] = json.loads(reply.body)
        return answer
