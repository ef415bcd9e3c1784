"""REST for spokes: mailbox, acknowledgement, status; every error is a problem with a stable code and without a value."""

from __future__ import annotations

import base64
import json
from typing import Any

import falcon.testing
import pytest

from hub.backends.sql.status import MessageStatusSql
from hub.contract.message import show_hub_id
from hub.spokes.rest import rest_app
from tests.flows.enquiry.documents import NAME, feedback, request
from tests.hub.pipeline.rig import JIANYANG, SIMING, YANPING, Rig

CANARY = "359901198003070017"


class Spoke:
    """A spoke with its secret."""

    def __init__(self, rig: Rig, name: str) -> None:
        self._client = falcon.testing.TestClient(rest_app(rig.machine, MessageStatusSql(rig.store.engine)))
        credentials = base64.b64encode(f"{name}:{rig.secret(name)}".encode()).decode()
        self.headers = {"Authorization": f"Basic {credentials}"}

    def get(self, path: str, **more: Any) -> falcon.testing.Result:
        return self._client.simulate_get(path, headers={**self.headers, **more.pop("headers", {})}, **more)

    def post(self, path: str, body: Any, **more: Any) -> falcon.testing.Result:
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return self._client.simulate_post(path, headers={**self.headers, **more.pop("headers", {})}, body=data, **more)


@pytest.fixture
def asked(rig: Rig) -> int:
    """An enquiry in Yanping's mailbox; its hub id."""
    message = rig.submit(SIMING, request("XC1")).id
    rig.plan()
    rig.fill_mailboxes()
    return message


@pytest.fixture
def yanping(rig: Rig) -> Spoke:
    """The spoke that was asked."""
    return Spoke(rig, YANPING)


def _problem(answer: falcon.testing.Result, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json["type"], answer.json["code"], answer.json["status"]) == (f"/contracts/errors/{code}", code, status)
    assert {"title", "detail", "advice", "blame", "correlationId"} <= answer.json.keys()
    assert CANARY not in answer.text


def test_fetch_acknowledge_and_look(yanping: Spoke, rig: Rig, asked: int) -> None:
    """A spoke fetches its view with all it needs, acknowledges, and sees the message delivered."""
    (item,) = yanping.get("/api/v1/mailbox", params={"max": "5"}).json["items"]
    assert item["hubId"] == show_hub_id(asked) and (item["channel"], item["version"], item["fromSystem"]) == (
        "enquiry.request",
        "1.0",
        "FJFPIS",
    )
    assert item["effectiveTime"] == "2026-03-02T09:00:00.000+08:00" and item["dueAt"] == "2026-04-01T23:59:59.999+08:00"
    assert item["document"].startswith("<enquiryRequest ") and NAME in item["document"]
    acknowledged = {"items": [{"hubId": item["hubId"], "lease": item["lease"]}]}
    for _ in range(2):
        assert yanping.post("/api/v1/mailbox/ack", acknowledged).json == {"settled": [item["hubId"]], "stale": []}
    status = yanping.get(f"/api/v1/messages/{item['hubId']}").json
    assert status["state"] == "planned" and status["deliveries"] == [
        {"recipient": "spoke:yanping", "state": "delivered", "attempts": 1, "code": None}
    ]


def test_stale_lease(yanping: Spoke, rig: Rig, asked: int) -> None:
    """A lost lease is said to be stale, nothing more."""
    yanping.get("/api/v1/mailbox")
    items = [{"hubId": show_hub_id(asked), "lease": "0" * 24}]
    assert yanping.post("/api/v1/mailbox/ack", {"items": items}).json == {"settled": [], "stale": [show_hub_id(asked)]}


@pytest.mark.parametrize("header", [
    "", "Basic", "Basic !", "Basic eWFucGluZw==", "Bearer x", "Basic " + base64.b64encode(b"yanping:wrong").decode(),
    "Basic " + base64.b64encode(b"nobody:").decode(), "Basic " + base64.b64encode(b"\xff\xfe:x").decode(), "Basic Ã©", "basic  ",
])  # fmt: skip
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/v1/mailbox"), ("POST", "/api/v1/mailbox/ack"), ("GET", "/api/v1/messages/10001-0")]
)
def test_unauthenticated(rig: Rig, header: str, method: str, path: str) -> None:
    """Without good credentials: 401 with a challenge, the same for unknown names and wrong secrets, before anything is read."""
    client = falcon.testing.TestClient(rest_app(rig.machine, MessageStatusSql(rig.store.engine)))
    answer = client.simulate_request(method, path, headers={"Authorization": header} if header else {}, body="{")
    _problem(answer, 401, "Client.Unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_another_spokes_mailbox(rig: Rig, asked: int) -> None:
    """Each spoke sees its own mailbox; the sender of a message does not see it in the receiver's."""
    assert [Spoke(rig, name).get("/api/v1/mailbox").json for name in (SIMING, JIANYANG)] == [{"items": []}] * 2


def test_foreign_messages_do_not_exist(rig: Rig, asked: int) -> None:
    """Somebody else's message, an unknown one and a mistyped id are the same 404; sender and receiver see it."""
    shown = show_hub_id(asked)
    assert [Spoke(rig, name).get(f"/api/v1/messages/{shown}").status_code for name in (SIMING, YANPING)] == [200, 200]
    answers = [
        Spoke(rig, JIANYANG).get(f"/api/v1/messages/{name}") for name in (shown, show_hub_id(987654), shown[:-1] + "X", CANARY)
    ]
    for answer in answers:
        _problem(answer, 404, "Client.NotFound")
    assert len({a.json["detail"] for a in answers}) == 1


def test_receiver_sees_its_own_delivery_only(rig: Rig, asked: int) -> None:
    """The receiver of a message is not told to whom else it went; its sender is."""
    answer = rig.submit(YANPING, feedback("XC1")).id
    rig.plan()
    assert len(Spoke(rig, YANPING).get(f"/api/v1/messages/{show_hub_id(answer)}").json["deliveries"]) == 1
    assert len(Spoke(rig, SIMING).get(f"/api/v1/messages/{show_hub_id(answer)}").json["deliveries"]) == 1


_SURROGATE = '{"items": [{"hubId": "10001-0", "lease": "\\ud800"}]}'
_MANY = {"items": [{"hubId": "10001-0", "lease": "x"}] * 201}


@pytest.mark.parametrize("body", [
    "", "{", "[]", "null", "1", '"x"', "{}", '{"items": 1}', '{"items": [1]}', '{"items": [{}]}', '{"items": [{"hubId": "10001-0"}]}',
    '{"items": [{"hubId": "10001-1", "lease": "x"}]}', f'{{"items": [{{"hubId": "{CANARY}", "lease": "x"}}]}}', b"\xff\xfe{", _SURROGATE,
    "[" * 100_000, '{"items": {"hubId": "10001-0", "lease": "x"}}', '{"items": [{"hubId": 10001, "lease": "x"}]}', json.dumps(_MANY),
    '{"items": [{"hubId": "10001-0", "lease": "' + "x" * 2_000_000 + '"}]}', '{"items": [{"hubId": "10001-0", "lease": null}]}',
    '{"items": [], "items": []}', '{"items": [{"hubId": "10001-5", "hubId": "10001-5", "lease": "x"}]}',
    '{"items": [{"hubId": "10001-0", "lease": {"a": 1}}]}', '{"items": NaN}', '{"items": null}',
])  # fmt: skip
def test_malformed_bodies(yanping: Spoke, rig: Rig, body: str | bytes) -> None:
    """A body that is not what the interface says is refused as malformed, whatever it is; the next good request works."""
    _problem(yanping.post("/api/v1/mailbox/ack", body), 400, "Client.Request")
    assert yanping.post("/api/v1/mailbox/ack", {"items": []}).json == {"settled": [], "stale": []}


@pytest.mark.parametrize("most", ["0", "201", "-1", "x", CANARY, "1.5"])
def test_wrong_max(yanping: Spoke, rig: Rig, most: str) -> None:
    """A ``max`` that is no number from 1 to 200 is a problem like any other."""
    _problem(yanping.get("/api/v1/mailbox", params={"max": most}), 400, "Client.Request")


@pytest.mark.parametrize(("method", "path", "status", "code"), [
    ("GET", "/api/v1/nothing", 404, "Client.NotFound"), ("GET", "/", 404, "Client.NotFound"), ("DELETE", "/api/v1/mailbox", 405, "Client.Method"),
    ("GET", "/api/v1/mailbox/ack", 405, "Client.Method"), ("TRACE", "/api/v1/mailbox", 405, "Client.Method"),
])  # fmt: skip
def test_wrong_address_or_method(yanping: Spoke, rig: Rig, method: str, path: str, status: int, code: str) -> None:
    """An unknown address and a method that is not offered are problems, too."""
    _problem(yanping._client.simulate_request(method, path, headers=yanping.headers), status, code)


def test_store_that_cannot_write(yanping: Spoke, rig: Rig, asked: int) -> None:
    """When the store is gone the spoke hears that it may try again, not that the hub has a fault."""
    rig.store.close()
    answer = yanping.get("/api/v1/mailbox")
    _problem(answer, 503, "Server.Unavailable")
    assert int(answer.headers["retry-after"]) > 0


def test_error_of_the_hub_is_on_record(yanping: Spoke, rig: Rig, asked: int, capsys: pytest.CaptureFixture[str]) -> None:
    """An unexpected error is a 500 without any detail; its correlation id finds the log line."""
    rig.write("ALTER TABLE delivery RENAME TO gone")
    answer = yanping.get(f"/api/v1/messages/{show_hub_id(asked)}")
    _problem(answer, 500, "Server.Internal")
    assert "delivery" not in answer.text
    assert answer.json["correlationId"] in capsys.readouterr().out


def test_one_damaged_item_stops_nobody(yanping: Spoke, rig: Rig, asked: int) -> None:
    """An item that cannot be opened is left out; the others are handed out."""
    other = rig.submit(SIMING, request("XC2")).id
    rig.plan()
    rig.fill_mailboxes()
    rig.write(
        "UPDATE delivery_body SET body = zeroblob(100) WHERE delivery_id = (SELECT id FROM delivery WHERE message_id = ?)", asked
    )
    assert [i["hubId"] for i in yanping.get("/api/v1/mailbox").json["items"]] == [show_hub_id(other)]


def test_alive(rig: Rig) -> None:
    """Liveness needs no credentials."""
    client = falcon.testing.TestClient(rest_app(rig.machine, MessageStatusSql(rig.store.engine)))
    assert client.simulate_get("/healthz").json == {"status": "ok"}
