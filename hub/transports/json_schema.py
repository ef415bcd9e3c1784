"""JSON Schema (2020-12) of the JSON form of a document, from its shape. The XSD decides; this says the same where it can.

What XSD patterns know and ECMA-262 does not is left out, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from hub.contract.shape import Facets, Shape

Json = dict[str, Any]
_FORMATS: Final = {"date": "date", "dateTime": "date-time"}
_ONLY_XSD: Final = re.compile(r"\\[icpPIC]|-\[[^\]]*\]\]")
_URN: Final = re.compile(r"\{(?:urn:pophub:)?([^}]*?)(?::[0-9.]+)?\}(.+)")


class JsonSchemas:
    """Collects the named types of any number of documents as reusable schemas below ``root`` (``#/components/schemas/``).

    ``mark`` ends their names, where another schema has types of the same names.
    """

    def __init__(self, root: str, mark: str = "") -> None:
        self._root, self._mark = root, mark
        self.named: dict[str, Json] = {}

    def of(self, shape: Shape) -> Json:
        """The schema of one element, by reference where its type has a name."""
        name = type_name(shape.type)
        if not name:
            return self._made(shape)
        name += self._mark
        if name not in self.named:
            self.named[name] = {}  # a type may contain itself
            self.named[name] = self._made(shape)
        return {"$ref": self._root + name}

    def _made(self, shape: Shape) -> Json:
        return _leaf(shape.facets) if shape.facets is not None else self._object(shape)

    def _object(self, shape: Shape) -> Json:
        members: Json = {}
        for name, child in shape.children.items():
            inner = self.of(child)
            member: Json = {"type": "array", "items": inner, "minItems": int(child.required)} if child.repeated else dict(inner)
            member["title"] = child.label
            if child.filled_by_hub:
                member["readOnly"] = True
            members[name] = member
        made: Json = {"type": "object", "properties": members, "additionalProperties": False}
        if required := [name for name, c in shape.children.items() if c.required and not c.choice]:
            made["required"] = required
        if choices := list(_choices(shape)):
            made["allOf"] = choices
        return made


def type_name(qualified: str) -> str:
    """``{urn:pophub:codes:1.0}IdNo`` → ``codes.IdNo``; empty for a type without a name."""
    found = _URN.fullmatch(qualified)
    return re.sub(r"[^A-Za-z0-9._-]", ".", f"{found[1]}.{found[2]}".strip(".")) if found else ""


def _choices(shape: Shape) -> Iterator[Json]:
    """One of the alternatives must stand, or (``required`` false) may."""
    for number in sorted({c.choice for c in shape.children.values()} - {0}):
        names = [name for name, c in shape.children.items() if c.choice == number]
        ways: list[Json] = [{"required": [name]} for name in names]
        if not any(shape.children[name].required for name in names):
            ways.append({"not": {"anyOf": list(ways)}})
        yield {"oneOf": ways}


def _leaf(facets: Facets) -> Json:
    if facets.literal == "boolean":
        return {"type": ["boolean", "string"], "enum": [True, False, "true", "false"]}
    if facets.members:
        return {"anyOf": [_leaf(member) for member in facets.members]}
    made: Json = {"type": ["integer", "string"] if facets.literal == "integer" else "string"}
    if facets.values:
        return {**made, "enum": [value for value, _ in facets.values], "x-labels": dict(facets.values)}
    if facets.base == "base64Binary":
        return {**made, "contentEncoding": "base64"}
    bounds = {"minLength": facets.shortest, "maxLength": facets.longest, "format": _FORMATS.get(facets.base)}
    made |= {name: value for name, value in bounds.items() if value is not None}
    patterns = [f"^(?:{'|'.join(group)})$" for group in facets.patterns if not any(_ONLY_XSD.search(p) for p in group)]
    if len(patterns) == 1:
        made["pattern"] = patterns[0]
    elif patterns:
        made["allOf"] = [{"pattern": pattern} for pattern in patterns]
    return made
