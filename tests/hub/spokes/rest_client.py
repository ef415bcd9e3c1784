"""A spoke that speaks REST to the application in process, and what every error answer must look like."""

from __future__ import annotations

import base64
import itertools
import json
from typing import Any

import falcon.testing

from hub.backends.sql.status import MessageStatusSql
from hub.spokes.doorkeeper import Doorkeeper
from hub.spokes.rest import rest_app
from tests.hub.pipeline.rig import Rig

CANARY = "359901198003070017"
_numbers = itertools.count(1)


def basic(name: str, secret: str) -> str:
    """An Authorization field."""
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


class RestSpoke:
    """A spoke with its secret. ``door`` counts and remembers, if given."""

    def __init__(self, rig: Rig, name: str, door: Doorkeeper | None = None) -> None:
        self.client = falcon.testing.TestClient(rest_app(rig.machine, MessageStatusSql(rig.store.engine), door))
        self.headers = {"Authorization": basic(name, rig.secret(name))}

    def get(self, path: str, **fields: str) -> falcon.testing.Result:
        """GET with further header fields (``Accept=…``)."""
        return self.client.simulate_get(path, headers=self._fields(fields))

    def submit(self, channel: str, body: Any, key: str = "", media: str = "", **fields: str) -> falcon.testing.Result:
        """POST a document: bytes are XML unless ``media`` says otherwise, anything else is written as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        media = media or ("application/xml" if isinstance(body, bytes) else "application/json")
        more = {"Content_Type": media, "Idempotency_Key": key or f"urn:rest:{next(_numbers)}", **fields}
        return self.client.simulate_post(f"/api/v1/messages/{channel}", headers=self._fields(more), body=data)

    def _fields(self, fields: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        return {name: value for name, value in {**self.headers, **named}.items() if value is not None}


def assert_problem(answer: falcon.testing.Result, status: int, code: str, *secret: str) -> Any:
    """A problem of that code, with everything a caller needs and none of the values."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    told = answer.json
    assert (told["type"], told["code"], told["status"]) == (f"/contracts/errors/{code}", code, status), answer.text
    assert {"title", "detail", "advice", "blame", "correlationId"} <= told.keys()
    assert told["correlationId"] == answer.headers["pophub-correlation-id"]
    assert not [s for s in (CANARY, *secret) if s in answer.text]
    return told
