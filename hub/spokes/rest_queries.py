"""``/api/v1/queries/<name>``: POST the question; GET where it has parameters that identify nobody. Answers are the asker's view.

What may identify a person stands in the body alone: an address is written to logs by every server on the way.
"""

from __future__ import annotations

import re
from typing import Any, Final

import falcon
from lxml import etree

from hub.contract.errors import (
    CONTENT_TYPE,
    EMPTY,
    HEADER,
    METHOD,
    REQUEST,
    TOO_LARGE,
    UNKNOWN_OPERATION,
    ClientError,
)
from hub.contract.query import Query
from hub.contract.xml import MAX_BYTES, Element, parse, serialise
from hub.pipeline.machine import Machine
from hub.pipeline.query import ask
from hub.pipeline.questioning import Questioning
from hub.spokes.rest_area import App, Area, Rest, correlation_of
from hub.transports.arrival import arrived

_XML: Final = ("application/xml", "text/xml")
_DIVISION: Final = re.compile(r"[1-9][0-9]{11}")
_LONGEST_USER: Final = 64


def _add(app: App, rest: Rest) -> None:
    app.add_route("/api/v1/queries/{name}", Queries(rest))


def _describe(_machine: Machine) -> dict[str, dict[str, Any]]:
    """Nothing yet: questions and answers are XML, their contracts are published as XSD."""
    return {"paths": {}}


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
            document = _document(request, query) if request.method == "POST" else _from_parameters(request, query)
            work = Questioning(
                correlation_of(request), query, document, spoke, from_div=_division(request), from_user=_user(request), began=began
            )
            request.context.told = True
            answer = ask(self._machine, work)
        response.content_type = "application/xml; charset=utf-8"
        response.data = b'<?xml version="1.0" encoding="UTF-8"?>\n' + serialise(answer)


def _document(request: falcon.Request, query: Query) -> Element:
    """The question in the body. Raises ClientError for another content type, an empty or too large body, or no such document."""
    media, _, parameters = (request.content_type or "").partition(";")
    if media.strip().lower() not in _XML or request.get_header("Content-Encoding"):
        raise ClientError(CONTENT_TYPE)
    body = request.bounded_stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise ClientError(TOO_LARGE, limit=f"{MAX_BYTES} bytes")
    if not body:
        raise ClientError(EMPTY)
    name, _, charset = parameters.strip().partition("=")
    document = parse(body, charset.strip('"') if name.lower() == "charset" else None)
    if document.tag != f"{{{query.request.namespace}}}{query.request.root}":
        raise ClientError(UNKNOWN_OPERATION)
    return document


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


def _division(request: falcon.Request) -> str | None:
    """``Pophub-From-Div``: the unit in whose name is asked. Raises ClientError ``Client.Header``."""
    stated = request.get_header("Pophub-From-Div")
    if stated is not None and not _DIVISION.fullmatch(stated):
        raise ClientError(HEADER, path="Pophub-From-Div")
    return stated


def _user(request: falcon.Request) -> str | None:
    """``Pophub-From-User``: who asks, as the spoke says. Raises ClientError ``Client.Header``."""
    stated = request.get_header("Pophub-From-User")
    if stated is not None and not (1 <= len(stated) <= _LONGEST_USER and stated.isascii() and stated.isprintable()):
        raise ClientError(HEADER, path="Pophub-From-User")
    return stated


AREA = Area(_add, _describe)
