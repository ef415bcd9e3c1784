"""libxml2's complaint turned into a fault that names the place and the rule and never a value.

Used are the kind of a complaint (its type name), its place, and the schema's own names. libxml2's sentence holds the
offending value; it is read for three things only (expected elements, attribute meant, something missing), and a name
from it is shown only if the schema declares it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any, Final

from lxml import etree

from hub.backends.schema_kinds import KINDS
from hub.backends.schema_model import Declaration, SchemaModel
from hub.backends.schema_place import Place, locate
from hub.contract.errors import SCHEMA, SCHEMA_ATTRIBUTE, SCHEMA_MISSING, SCHEMA_UNEXPECTED, ClientError, ErrorKind
from hub.contract.xml import Element, local_name

_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_ATTRIBUTE: Final = re.compile(r", attribute '([^']*)': ")
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( (.*) \)")


def explain(root: Element, complaints: Sequence[Any], model: SchemaModel) -> ClientError:
    """The fault for a document that does not validate.

    ``root`` is the element that was validated, ``complaints`` the validator's error log in its order. The first place
    counts; of several complaints about it a code list goes before the rest. Label and names come from the schema,
    the line from the bytes parsed.
    """
    if not complaints:
        return ClientError(SCHEMA, label=Place((root,), model).label)
    first = complaints[0]  # an entry of lxml's error log, which has no public type
    here = [c for c in complaints if c.path == first.path]
    complaint = next((c for c in here if c.type_name == "SCHEMAV_CVC_ENUMERATION_VALID"), first)
    place = Place(locate(root, complaint.path or ""), model)
    line: int | None = complaint.line or None
    message = (complaint.message or "").removeprefix(f"Element '{place.element.tag}'")  # a name the sender chose
    kind = KINDS.get(complaint.type_name, SCHEMA)
    if kind is SCHEMA_UNEXPECTED:
        return _sequence_fault(place, message.removeprefix(": "), line)
    return _value_fault(kind, place, message, line)


def _value_fault(kind: ErrorKind, place: Place, message: str, line: int | None) -> ClientError:
    found = _ATTRIBUTE.match(message)
    attribute = found[1] if found else ""
    declared = place.declaration is not None and attribute in place.declaration.content.attributes
    path = f"{place.path}/@{attribute.rpartition('}')[2]}" if declared else place.path
    return ClientError(SCHEMA_ATTRIBUTE if attribute.startswith(_XSI) else kind, path=path, line=line, label=place.label)


def _sequence_fault(place: Place, message: str, line: int | None) -> ClientError:
    """An element in the wrong place, or the right one after something that is missing."""
    if len(place.chain) == 1 and not message.startswith("Missing"):
        names = [root.name for root in place.model.roots.values()]
        return ClientError(SCHEMA_UNEXPECTED, path=place.path, line=line, label=place.label, **_expected(names))
    expected = _names(message, place.model)
    if message.startswith("Missing"):
        missing = _required(place, _declared(place)) or expected
        return ClientError(SCHEMA_MISSING, path=place.path, line=line, label=place.label, **_expected(missing))
    owner = place.above()
    if missing := _missing_before(place.element, owner, expected):
        return ClientError(SCHEMA_MISSING, path=owner.path, line=line, label=owner.label, **_expected(missing))
    return ClientError(SCHEMA_UNEXPECTED, path=place.path, line=line, label=place.label, **_expected(expected))


def _missing_before(element: Element, owner: Place, expected: list[str]) -> list[str]:
    """Names that must stand before the element and do not; empty when the element itself is wrong here.

    It is wrong when it is not declared in ``owner``, comes once too often, or only too early. The schema's required
    elements are named; for choices and repetitions libxml2's list (at most ten, optional ones among them).
    """
    declared = list(takewhile(lambda d: d.tag != element.tag, _declared(owner)))
    if len(declared) == len(_declared(owner)):
        return []
    later = {local_name(sibling) for sibling in element.itersiblings(etree.Element)}
    before = {d.name for d in declared} - later
    return _required(owner, declared) or (expected if before.issuperset(expected) else [])


def _declared(owner: Place) -> list[Declaration]:
    return list(owner.declaration.content.children.values()) if owner.declaration else []


def _required(owner: Place, declared: Iterable[Declaration]) -> list[str]:
    """The required ones that the document does not have in ``owner``."""
    sent = {child.tag for child in owner.element}
    return [d.name for d in declared if d.required and d.tag not in sent]


def _expected(names: Sequence[str]) -> dict[str, str]:
    return {"expected": ", ".join(names)} if names else {}


def _names(message: str, model: SchemaModel) -> list[str]:
    """The expected elements in libxml2's sentence, as far as the schema declares them."""
    listed = _EXPECTED.search(message)
    names = [item.rpartition("}")[2] for item in listed[1].split(", ")] if listed else []
    return [name for name in names if name in model.labels]
