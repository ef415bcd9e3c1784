"""``/api/v1/queries/<name>``: POST the question; GET where it has parameters that identify nobody. Answers are the asker's view, in XML or JSON:
as ``Accept`` says, else like the question.

What may identify a person stands in the body alone: an address is written to logs by every server on the way.
"""

from __future__ import annotations

import falcon
from lxml import etree

from hub.contract.errors import EMPTY, METHOD, REQUEST, UNKNOWN_OPERATION, ClientError, HubError
from hub.contract.query import Query
from hub.contract.shape import Shape
from hub.contract.xml import Element, parse, serialise
from hub.pipeline.query import ask
from hub.pipeline.questioning import Questioning
from hub.spokes.openapi_queries import describe
from hub.spokes.rest_area import JSON_TYPE, App, Area, Rest, accepted, correlation_of
from hub.spokes.rest_document import Body, placed
from hub.spokes.rest_messages import XML_TYPES
from hub.transports.arrival import arrived
from hub.transports.http_headers import stated_header
from hub.transports.json_document import read_document, write_document
from hub.transports.json_reader import read_json


def _add(app: App, rest: Rest) -> None:
    app.add_route("/api/v1/queries/{name}", Queries(rest))


class Queries:
    """One resource for every declared query."""

    def __init__(self, rest: Rest) -> None:
        self._rest, self._machine = rest, rest.machine

    def on_post(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
        """The question in the body; an address with parameters is refused."""
        query = self._query(name)
        if request.query_string:
            raise ClientError(REQUEST)
        self._answer(request, response, query, arrived(request.env))

    def on_get(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
        """The question as parameters, each once and each one that the query declares open."""
        query = self._query(name)
        if not query.open:
            raise ClientError(METHOD)
        self._answer(request, response, query, arrived(request.env))

    def _query(self, name: str) -> Query:
        found = self._machine.catalogue.queries.get(name)
        if found is None:
            raise ClientError(UNKNOWN_OPERATION)
        return found

    def _answer(self, request: falcon.Request, response: falcon.Response, query: Query, began: float) -> None:
        response.set_header("Cache-Control", "no-store")
        with self._rest.caller(request) as spoke:
            asked_in_json = (request.content_type or "").startswith(JSON_TYPE)
            chosen = accepted(request, *((JSON_TYPE, *XML_TYPES) if asked_in_json else (*XML_TYPES, JSON_TYPE)))
            says = stated_header(request.env)
            document, shape = (
                self._document(request, query) if request.method == "POST" else (_from_parameters(request, query), None)
            )
            work = Questioning(
                correlation_of(request), query, document, spoke, from_div=says.from_div, from_user=says.from_user, began=began
            )
            request.context.told = True
            try:
                answer = ask(self._machine, work)
            except HubError as fault:
                raise placed(fault, shape) from None
        if chosen == JSON_TYPE:
            seen = self._machine.schemas.shape(query.reply.view_schema(work.view), query.reply.root)
            response.media = write_document(answer, seen)
        else:
            response.content_type = f"{chosen}; charset=utf-8"
            response.data = b'<?xml version="1.0" encoding="UTF-8"?>\n' + serialise(answer)

    def _document(self, request: falcon.Request, query: Query) -> tuple[Element, Shape | None]:
        """The question in the body, and the shape that JSON was read by. Raises ClientError."""
        body, form = Body(request.env), query.request
        if body.json:
            shape = self._machine.schemas.shape(form.schema, form.root)
            return read_document(read_json(body.data, body.charset), shape), shape
        if not body.data:
            raise ClientError(EMPTY)
        document = parse(body.data, body.charset)
        if document.tag != f"{{{form.namespace}}}{form.root}":
            raise ClientError(UNKNOWN_OPERATION)
        return document, None


def _from_parameters(request: falcon.Request, query: Query) -> Element:
    """The question of an address. Raises ClientError ``Client.Request`` for a parameter that is not open, or comes twice."""
    space = query.request.namespace
    document = etree.Element(f"{{{space}}}{query.request.root}", nsmap={None: space})  # type: ignore[dict-item]
    given = request.params
    if set(given) - set(query.open) or not all(isinstance(value, str) for value in given.values()):
        raise ClientError(REQUEST)
    for name in query.open:
        if name in given:
            try:
                etree.SubElement(document, f"{{{space}}}{name}").text = str(given[name])
            except ValueError:
                raise ClientError(REQUEST) from None
    return document


AREA = Area(_add, describe)
