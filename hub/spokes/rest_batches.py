"""Batches over REST: submit in one piece or in parts that can be resumed, then look at the outcomes."""

from __future__ import annotations

from typing import Any, Final

import falcon

from hub.batches import receive
from hub.batches.manifest import Manifest
from hub.batches.outcomes import as_csv, as_items
from hub.batches.receive import MOST_BYTES
from hub.contract.batch import MOST_RECORDS
from hub.contract.errors import BATCH_OFFSET, CONTENT_TYPE, ENCODING, LENGTH, NOT_FOUND, REQUEST, ClientError, HubError
from hub.contract.message import read_hub_id, show_hub_id
from hub.ports.batch_store import BatchRow
from hub.ports.spoke_registry import Spoke
from hub.spokes.moments import on_the_wire
from hub.spokes.openapi_batches import describe
from hub.spokes.rest_area import JSON_TYPE, App, Area, Rest, accepted
from hub.transports.http_headers import digest_sha256, number, stated
from hub.transports.media_type import media_type
from hub.transports.soap_gate import read_body

OFFSET: Final = "Upload-Offset"
COUNT: Final = "Pophub-Count"
CSV: Final = "text/csv"
_XML: Final = frozenset({"application/xml", "text/xml"})
_PARTS: Final = frozenset({"application/partial-upload", "application/octet-stream", *_XML})
_MOST_ROWS: Final = 10_000


class Batches:
    """``POST`` to a name submits or begins an upload; ``HEAD``, ``PATCH``, ``DELETE`` and ``GET`` of a hub id are about that batch."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    def on_post(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
        """With a document: 202 once it is checked and on disk. Without one: 201, and parts may come."""
        machine = self._rest.machine
        with self._rest.caller(request) as spoke:
            accepted(request, JSON_TYPE)
            says = stated(request.env, COUNT)
            manifest = Manifest(
                name, spoke, says.message_id, digest_sha256(request.env), number(request.env, COUNT, MOST_RECORDS),
                machine.catalogue.adapter.get(spoke.speaks) if spoke.speaks else None,
                says.header.from_div, says.header.from_user, says.header.test,
            )  # fmt: skip
            if request.env.get("CONTENT_LENGTH") == "0":
                row = receive.begin(machine, manifest)
                _answer(response, row, known=True) if row.state != "uploading" else self._begun(response, row)
                return
            _typed(request, _XML)
            data = read_body(request.env)
            _answer(response, *receive.receive(machine, manifest, data))

    def _begun(self, response: falcon.Response, row: BatchRow) -> None:
        offset = receive.offset(self._rest.machine, row)
        response.status = falcon.HTTP_201 if offset == 0 else falcon.HTTP_200
        response.set_header("Location", f"/api/v1/batches/{show_hub_id(row.id)}")
        response.set_header(OFFSET, str(offset))
        response.media = {"hubId": show_hub_id(row.id), "state": row.state, "offset": offset}

    def on_head(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
        """How far an upload has come."""
        with self._rest.caller(request) as spoke:
            row = _uploading(self._rest, name, spoke)
            response.set_header(OFFSET, str(receive.offset(self._rest.machine, row)))
            response.cache_control = ["no-store"]

    def on_patch(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
        """204 once the part is on disk; 409 with the offset to go on from when it does not continue what is there."""
        with self._rest.caller(request) as spoke:
            row = _uploading(self._rest, name, spoke)
            _typed(request, _PARTS)
            offset = number(request.env, OFFSET, MOST_BYTES)
            try:
                offset = receive.append(self._rest.machine, row, offset, read_body(request.env))
            except HubError as fault:
                if fault.kind is BATCH_OFFSET:
                    response.set_header(OFFSET, fault.facts["offset"])
                raise
            response.set_header(OFFSET, str(offset))
            response.status = falcon.HTTP_204

    def on_delete(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
        """Give up an upload; its MessageID is free again."""
        with self._rest.caller(request) as spoke:
            receive.drop(self._rest.machine, _uploading(self._rest, name, spoke), "given up")
            response.status = falcon.HTTP_204

    def on_get(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
        """How it stands. 404 both for an unknown id and for somebody else's batch."""
        with self._rest.caller(request) as spoke:
            accepted(request, JSON_TYPE)
            row = _own(self._rest, name, spoke)
        response.media = standing(row)


class Complete:
    """``POST``: the upload is whole."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    def on_post(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
        """202 once it is checked and accepted. What is refused is forgotten."""
        with self._rest.caller(request) as spoke:
            accepted(request, JSON_TYPE)
            row = _own(self._rest, name, spoke)
            _answer(response, *receive.complete(self._rest.machine, spoke, row))


class Outcomes:
    """The outcomes of records, page by page: all, or the refused ones. As JSON or CSV; never a value."""

    def __init__(self, rest: Rest, *, refused_only: bool) -> None:
        self._rest, self._refused_only = rest, refused_only

    def on_get(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
        """``after`` is the last number seen; a further page is told by ``next`` and by ``Link``."""
        after = _parameter(request, "after", 0, MOST_RECORDS)
        most = _parameter(request, "max", 1_000, _MOST_ROWS)
        with self._rest.caller(request) as spoke:
            chosen = accepted(request, JSON_TYPE, CSV)
            row = _own(self._rest, name, spoke)
            found = self._rest.machine.batches.records(row.id, after, most + 1, refused_only=self._refused_only)
        page, more = found[:most], len(found) > most
        if more:
            response.set_header("Link", f'<{request.path}?after={page[-1].number}&max={most}>; rel="next"')
        if chosen == CSV:
            response.content_type, response.text = f"{CSV}; charset=utf-8", as_csv(page)
        else:
            response.media = {"hubId": name, "items": as_items(page), "next": page[-1].number if more else None}


def standing(row: BatchRow) -> dict[str, Any]:
    """A batch as its sender sees it."""
    return {
        "hubId": show_hub_id(row.id), "batch": row.name, "state": row.state, "code": row.code, "total": row.total, "taken": row.taken,
        "accepted": row.accepted, "duplicate": row.duplicate, "refused": row.refused,
        "acceptedAt": on_the_wire(row.accepted_at) if row.accepted_at is not None else None,
        "endedAt": on_the_wire(row.ended_at) if row.ended_at is not None else None,
        **({"receipt": row.receipt} if row.receipt else {}),
    }  # fmt: skip


def _answer(response: falcon.Response, row: BatchRow, known: bool) -> None:
    response.status = falcon.HTTP_200 if known else falcon.HTTP_202
    response.set_header("Location", f"/api/v1/batches/{show_hub_id(row.id)}")
    if known:
        response.set_header("Idempotent-Replayed", "true")
    response.media = {
        "hubId": show_hub_id(row.id), "acceptedAt": on_the_wire(row.accepted_at or 0), "duplicate": known, "records": row.total,
        "receipt": row.receipt,
    }  # fmt: skip


def _own(rest: Rest, shown: str, spoke: Spoke) -> BatchRow:
    """A batch of the spoke's own. Raises ClientError ``Client.NotFound`` for any other."""
    found = read_hub_id(shown)
    row = rest.machine.batches.of(found) if found is not None else None
    if row is None or row.sender != spoke.name:
        raise ClientError(NOT_FOUND)
    return row


def _uploading(rest: Rest, shown: str, spoke: Spoke) -> BatchRow:
    row = _own(rest, shown, spoke)
    if row.state != "uploading":
        raise ClientError(NOT_FOUND)
    return row


def _typed(request: falcon.Request, wanted: frozenset[str]) -> None:
    media, parameters = media_type(request.content_type or "")
    if media not in wanted or parameters.keys() - {"charset"} or request.get_header("Content-Encoding"):
        raise ClientError(CONTENT_TYPE)
    if parameters.get("charset", "utf-8").lower() != "utf-8":
        raise ClientError(ENCODING)
    if not (request.env.get("CONTENT_LENGTH") or request.env.get("HTTP_TRANSFER_ENCODING")):
        raise ClientError(LENGTH)


def _parameter(request: falcon.Request, name: str, usual: int, most: int) -> int:
    try:
        value = request.get_param_as_int(name, min_value=0, max_value=most)
    except falcon.HTTPError:
        raise ClientError(REQUEST, path=name) from None
    return usual if value is None else max(value, 1 if name == "max" else 0)


def _add(app: App, rest: Rest) -> None:
    app.add_route("/api/v1/batches/{name}", Batches(rest))
    app.add_route("/api/v1/batches/{name}/complete", Complete(rest))
    app.add_route("/api/v1/batches/{name}/errors", Outcomes(rest, refused_only=True))
    app.add_route("/api/v1/batches/{name}/records", Outcomes(rest, refused_only=False))


AREA = Area(_add, describe)
