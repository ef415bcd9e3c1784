"""A canonical document written in JSON: the same element names, read into the same element tree as its XML.

The rules (hub/decisions/0012): an element of elements is an object, a repeatable element an array, everything else a string
in the lexical form of XML; booleans and integers may be JSON literals. The tree has the order of the schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from hub.contract.errors import JSON_CHARACTER, JSON_DUPLICATE, JSON_KIND, JSON_UNKNOWN, SCHEMA, TOO_LARGE, ClientError
from hub.contract.shape import Shape
from hub.contract.xml import MAX_ELEMENTS, Element, local_name
from hub.transports.json_reader import MAX_DEPTH, Members, Number

_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_LITERALS: Final = {
    "boolean": "a string or true or false",
    "integer": "a string or an integer of at most 18 digits",
    "": "a string",
}
_STEP: Final = re.compile(r"([^/\[\]]+)(?:\[([0-9]+)\])?")


def read_document(value: Any, shape: Shape) -> Element:
    """The element tree of a decoded document (see `hub.transports.json_reader`); it is not validated yet.

    Raises ClientError ``Client.Json.*`` with a JSON pointer made of names of the schema and positions, ``Client.TooLarge``,
    ``Client.Schema`` for a type that has no JSON form.
    """
    nsmap: Any = {None: shape.tag.rpartition("}")[0].removeprefix("{")}
    root = etree.Element(shape.tag, nsmap=nsmap)
    _Reader().fill(root, value, shape, "", MAX_DEPTH)
    return root


def write_document(element: Element, shape: Shape) -> Any:
    """The JSON form of a document that its schema has taken: what `read_document` reads, with strings as the only leaves;
    a repeatable element of which there is none is an empty array.
    """
    if shape.facets is not None:
        return element.text or ""
    found: dict[str, list[Any]] = {}
    for inner in element.iterchildren("{*}*"):
        name = local_name(inner)
        found.setdefault(name, []).append(write_document(inner, shape.children[name]))
    made: dict[str, Any] = {}
    for name, child in shape.children.items():
        if child.repeated:
            made[name] = found.get(name, [])
        elif name in found:
            (made[name],) = found[name]
    return made


class _Reader:
    def __init__(self) -> None:
        self._left = MAX_ELEMENTS

    def fill(self, element: Element, value: Any, shape: Shape, pointer: str, levels: int) -> None:
        self._count(levels)
        if shape.facets is not None:
            _set_text(element, value, shape, pointer)
            return
        if not shape.plain:
            raise ClientError(SCHEMA, pointer=pointer, label=shape.shown)
        given = _members(value, shape, pointer)
        for name, child in shape.children.items():
            if name in given:
                for inner, place in _each(given[name], child, f"{pointer}/{name}"):
                    self.fill(etree.SubElement(element, child.tag), inner, child, place, levels - 1)

    def _count(self, levels: int) -> None:
        self._left -= 1
        if self._left < 0:
            raise ClientError(TOO_LARGE, limit=f"{MAX_ELEMENTS} elements")
        if not levels:
            raise ClientError(TOO_LARGE, limit=f"{MAX_DEPTH} levels")


def _set_text(element: Element, value: Any, shape: Shape, pointer: str) -> None:
    try:
        element.text = _text(value, shape, pointer)
    except ValueError:
        raise ClientError(JSON_CHARACTER, pointer=pointer, label=shape.shown) from None


def _members(value: Any, shape: Shape, pointer: str) -> dict[str, Any]:
    """The members of an object. A name the schema does not hold is the sender's own text and is not repeated."""
    if not isinstance(value, Members):
        raise ClientError(JSON_KIND, pointer=pointer, label=shape.shown, expected="an object")
    given: dict[str, Any] = {}
    for name, inner in value:
        if name not in shape.children:
            raise ClientError(JSON_UNKNOWN, pointer=pointer, label=shape.shown)
        if name in given:
            raise ClientError(JSON_DUPLICATE, pointer=f"{pointer}/{name}", label=shape.children[name].shown)
        given[name] = inner
    return given


def _each(value: Any, shape: Shape, pointer: str) -> Iterator[tuple[Any, str]]:
    if not shape.repeated:
        yield value, pointer
        return
    if not isinstance(value, list) or isinstance(value, Members):
        raise ClientError(JSON_KIND, pointer=pointer, label=shape.shown, expected="an array")
    for place, inner in enumerate(value):
        yield inner, f"{pointer}/{place}"


def _text(value: Any, shape: Shape, pointer: str) -> str:
    literal = shape.facets.literal if shape.facets else ""
    if isinstance(value, Number):
        if literal == "integer" and _INTEGER.fullmatch(value):
            return str(value)
    elif isinstance(value, str):
        return value
    elif isinstance(value, bool) and literal == "boolean":
        return "true" if value else "false"
    raise ClientError(JSON_KIND, pointer=pointer, label=shape.shown, expected=_LITERALS[literal])


def pointer_of(path: str, shape: Shape) -> str:
    """The JSON pointer of an element path (``/root/child/item[2]`` → ``/child/item/1``), as far as the schema knows it."""
    pointer, at = "", shape
    for step in list(_STEP.finditer(path))[1:]:
        found = at.children.get(step[1])
        if found is None:
            break
        pointer += f"/{step[1]}" + (f"/{int(step[2] or 1) - 1}" if found.repeated else "")
        at = found
    return pointer
