"""Batches over REST: in one piece, in parts that are resumed, and what their sender may learn afterwards."""

from __future__ import annotations

import base64
import csv
import hashlib
import io

import falcon.testing
import pytest

from tests.hub.batches.batch_rig import BATCH, BatchRig, enquiries, wrapped
from tests.hub.pipeline.rig import SIMING, YANPING, Rig
from tests.hub.spokes.rest_client import CANARY, RestSpoke, assert_problem

PATH = f"/api/v1/batches/{BATCH}"


class Sender:
    """A spoke that sends batches."""

    def __init__(self, rig: Rig, name: str = SIMING) -> None:
        rig.write("INSERT OR IGNORE INTO spoke_grant SELECT id, ?, 'send' FROM spoke WHERE name IN (?, ?)", BATCH, SIMING, YANPING)
        self.batch = BatchRig(rig)
        spoke = RestSpoke(rig, name)
        self._client, self._authorization = spoke.client, spoke.headers

    def manifest(self, data: bytes, count: int, key: str = "B1") -> dict[str, str]:
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        return {"Idempotency-Key": key, "Repr-Digest": f"sha-256=:{digest}:", "Pophub-Count": str(count)}

    def call(self, method: str, path: str, body: bytes = b"", **fields: str) -> falcon.testing.Result:
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        return self._client.simulate_request(method, path, headers={**self._authorization, **named}, body=body)

    def send(self, data: bytes, count: int, key: str = "B1", **fields: str) -> falcon.testing.Result:
        return self.call("POST", PATH, data, **{"Content-Type": "application/xml", **self.manifest(data, count, key), **fields})

    def begin(self, data: bytes, count: int, key: str = "B1") -> falcon.testing.Result:
        return self.call("POST", PATH, **{"Content-Length": "0", **self.manifest(data, count, key)})

    def part(self, place: str, offset: int, data: bytes) -> falcon.testing.Result:
        return self.call("PATCH", place, data, Upload_Offset=str(offset), Content_Type="application/partial-upload")


@pytest.fixture
def sender(rig: Rig) -> Sender:
    """The unit that may send batches."""
    return Sender(rig)


def test_a_small_batch_in_one_piece(sender: Sender) -> None:
    """202 with receipt, place and number of records; again 200 with the same receipt; then counts, and errors by number, code and path."""
    data = wrapped(enquiries(1, 2, 3, bad=(2,)))
    first = sender.send(data, 3)
    assert (first.status_code, first.json["records"], first.json["duplicate"]) == (202, 3, False)
    again = sender.send(data, 3)
    assert (again.status_code, again.json["receipt"], again.headers["idempotent-replayed"]) == (200, first.json["receipt"], "true")
    place = first.headers["location"]
    assert sender.call("GET", place).json["state"] == "accepted"
    sender.batch.split()
    told = sender.call("GET", place).json
    assert (told["state"], told["total"], told["accepted"], told["refused"]) == ("done", 3, 2, 1)
    (bad,) = sender.call("GET", f"{place}/errors").json["items"]
    assert (bad["number"], bad["code"], bad["path"]) == (2, "Client.Schema.Missing", "/enquiryRequest")
    assert bad["advice"]


def test_errors_as_a_table(sender: Sender) -> None:
    """The error file opens in a spreadsheet, says number, code, place and what to do, in pages, and no value."""
    place = sender.send(wrapped(enquiries(*range(1, 8), bad=(2, 4, 6))), 7).headers["location"]
    sender.batch.split()
    first = sender.call("GET", f"{place}/errors?max=2", Accept="text/csv")
    assert first.headers["link"] == f'<{place}/errors?after=4&max=2>; rel="next"'
    assert first.text.startswith("\ufeff序号")
    rows = list(csv.reader(io.StringIO(first.text)))
    assert [row[0] for row in rows[1:]] == ["2", "4"]
    assert CANARY not in first.text
    last = sender.call("GET", f"{place}/errors?after=4&max=2")
    assert ([i["number"] for i in last.json["items"]], last.json["next"]) == ([6], None)
    every = sender.call("GET", f"{place}/records").json["items"]
    assert [i["state"] for i in every] == [*["accepted", "refused"] * 3, "accepted"]
    assert all(bool(i["hubId"]) == (i["state"] == "accepted") for i in every)


def test_parts_are_resumed_where_they_broke_off(sender: Sender) -> None:
    """An upload goes on at the offset that HEAD tells; a part that does not continue is told where to go on; then it is accepted."""
    data = wrapped(enquiries(*range(1, 301)))
    begun = sender.begin(data, 300)
    assert (begun.status_code, begun.headers["upload-offset"]) == (201, "0")
    place = begun.headers["location"]
    third = len(data) // 3
    assert sender.part(place, 0, data[:third]).headers["upload-offset"] == str(third)
    again = sender.part(place, 0, data[:third])
    assert_problem(again, 409, "Client.Batch.Offset")
    assert again.headers["upload-offset"] == str(third)
    assert sender.begin(data, 300).headers["location"] == place
    assert sender.call("HEAD", place).headers["upload-offset"] == str(third)
    assert sender.part(place, third, data[third:]).status_code == 204
    done = sender.call("POST", f"{place}/complete")
    assert (done.status_code, done.json["records"]) == (202, 300)
    assert sender.call("POST", f"{place}/complete").json["receipt"] == done.json["receipt"]
    assert_problem(sender.part(place, len(data), b"more"), 404, "Client.NotFound")
    sender.batch.split()
    assert sender.call("GET", place).json["accepted"] == 300


def test_an_upload_that_is_not_what_was_announced(sender: Sender) -> None:
    """A part is missing, or the count is wrong: refused as a whole and forgotten; the same MessageID may try again."""
    data = wrapped(enquiries(1, 2))
    place = sender.begin(data, 2).headers["location"]
    sender.part(place, 0, data[:-1])
    assert_problem(sender.call("POST", f"{place}/complete"), 422, "Client.Batch.Digest")
    assert_problem(sender.call("GET", place), 404, "Client.NotFound")
    assert_problem(sender.send(data, 3), 422, "Client.Batch.Count")
    assert sender.send(data, 2).status_code == 202


def test_an_upload_can_be_given_up(sender: Sender) -> None:
    """What was uploaded goes; the MessageID is free for something else."""
    place = sender.begin(wrapped(enquiries(1)), 1).headers["location"]
    assert sender.call("DELETE", place).status_code == 204
    assert sender.batch.rig.machine.claims.kept() == []
    assert sender.send(wrapped(enquiries(2)), 1).status_code == 202


@pytest.mark.parametrize("field", ["Idempotency-Key", "Repr-Digest", "Pophub-Count"])
def test_a_manifest_is_whole(sender: Sender, field: str) -> None:
    """Each field of the manifest is named when it is missing."""
    data = wrapped(enquiries(1))
    manifest = {k: v for k, v in sender.manifest(data, 1).items() if k != field}
    told = assert_problem(
        sender.call("POST", PATH, data, **{"Content-Type": "application/xml", **manifest}),
        400,
        "Client.MessageId" if field == "Idempotency-Key" else "Client.Header",
    )
    assert told["path"] == field


@pytest.mark.parametrize(
    ("method", "below"),
    [("GET", ""), ("HEAD", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/complete"), ("GET", "/errors"), ("GET", "/records")],
)
def test_somebody_elses_batch_is_not_there(sender: Sender, method: str, below: str) -> None:
    """Another spoke with the same grant sees, continues and ends nothing of it."""
    place = sender.begin(wrapped(enquiries(1)), 1).headers["location"]
    other = Sender(sender.batch.rig, YANPING)
    answer = other.call(method, place + below, b"x" if method == "PATCH" else b"")
    assert answer.status_code == 404
    assert sender.call("HEAD", place).headers["upload-offset"] == "0"


def test_what_is_not_a_batch(sender: Sender) -> None:
    """Unknown kinds, other media types, and too many uploads at once are refused, each with its own code."""
    data = wrapped(enquiries(1))
    assert_problem(
        sender.call("POST", "/api/v1/batches/no.such", data, **sender.manifest(data, 1), Content_Type="text/xml"),
        404,
        "Client.UnknownOperation",
    )
    assert_problem(sender.send(data, 1, Content_Type="application/json"), 415, "Client.ContentType")
    for n in range(16):
        assert sender.begin(data, 1, f"U{n}").status_code == 201
    assert_problem(sender.begin(data, 1, "U16"), 429, "Server.Throttled")


def test_it_is_described(sender: Sender) -> None:
    """Each kind has its path in OpenAPI, with the fields of its manifest."""
    told = sender.call("GET", "/api/v1/openapi.json").json["paths"]
    assert {p["name"] for p in told[PATH]["post"]["parameters"] if p["required"]} == {
        "Idempotency-Key",
        "Repr-Digest",
        "Pophub-Count",
    }
    assert set(told["/api/v1/batches/{hubId}"]) == {"parameters", "get", "head", "patch", "delete"}
