"""The body of a REST submission as a document: XML by the one parser, JSON by the one decoder, with the same limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from hub.contract import xml
from hub.contract.channel import Channel
from hub.contract.errors import CONTENT_TYPE, LENGTH, SCHEMA_UNEXPECTED, ClientError, HubError
from hub.contract.shape import Shape
from hub.contract.xml import Element
from hub.pipeline.accept import keep_refused
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine
from hub.transports.json_document import pointer_of, read_document
from hub.transports.json_reader import read_json
from hub.transports.media_type import media_type
from hub.transports.soap_gate import read_body

_XML: Final = frozenset({"application/xml", "text/xml"})
_JSON: Final = "application/json"


class Body:
    """A body that was read whole. ``json`` says how it is to be understood."""

    def __init__(self, environ: Mapping[str, Any]) -> None:
        """Raises ClientError ``Client.ContentType``, ``Client.Length``, ``Client.TooLarge``, ``Client.Incomplete``."""
        media, parameters = media_type(environ.get("CONTENT_TYPE") or "")
        if environ.get("HTTP_CONTENT_ENCODING") or (media != _JSON and media not in _XML) or parameters.keys() - {"charset"}:
            raise ClientError(CONTENT_TYPE)
        if not (environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING")):
            raise ClientError(LENGTH)
        self.json, self.charset, self.data = media == _JSON, parameters.get("charset"), read_body(environ)


def blank(channel: Channel) -> Element:
    """The empty document element, which stands in until the body is read."""
    return etree.Element(f"{{{channel.namespace}}}{channel.root}")


def read_into(machine: Machine, work: Inbound, body: Body) -> Shape | None:
    """Set the document of a submission from its body; the shape that a JSON document was read by, None for XML.

    Raises ClientError. A body that is JSON but not this document is kept as evidence, as XML is that its schema refuses.
    """
    if not body.json:
        work.document = _rooted(xml.parse(body.data, body.charset), work.channel)
        return None
    value = read_json(body.data, body.charset)
    shape = machine.schemas.shape(work.channel.schema, work.channel.root)
    try:
        work.document = read_document(value, shape)
    except HubError as fault:
        keep_refused(machine, work, fault)
        raise
    return shape


def placed(fault: HubError, shape: Shape | None) -> HubError:
    """The same fault, its place told in the terms of the document that was sent."""
    if shape is not None and fault.path is not None:
        fault.pointer, fault.path, fault.line = pointer_of(fault.path, shape), None, None
    return fault


def _rooted(root: Element, channel: Channel) -> Element:
    if root.tag != f"{{{channel.namespace}}}{channel.root}":
        line = root.sourceline if isinstance(root.sourceline, int) else None
        raise ClientError(SCHEMA_UNEXPECTED, line=line, label=channel.title, expected=channel.root)
    return root
