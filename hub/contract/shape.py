"""What a schema says of a document, as plain values: for everything derived from the schemas (JSON forms, OpenAPI, generators)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Literals = Literal["boolean", "integer", ""]


@dataclass(frozen=True, slots=True)
class Facets:
    """What a simple type allows. ``base`` is the XSD built-in it comes from (``string``, ``date``, ``positiveInteger`` …).

    ``patterns`` holds one tuple of alternatives (XSD regular expressions) for each step of derivation: one of each must
    match. ``values`` are (code, Chinese label); lengths in characters, for base64Binary in bytes; bounds as written.
    ``members`` are the types of a union, of which one must fit.
    """

    base: str = "string"
    patterns: tuple[tuple[str, ...], ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    shortest: int | None = None
    longest: int | None = None
    least: str | None = None
    most: str | None = None
    members: tuple[Facets, ...] = ()

    @property
    def literal(self) -> Literals:
        """The kind of JSON literal that may stand for it beside a string; empty for none."""
        if self.base == "boolean":
            return "boolean"
        return "integer" if self.base in _INTEGERS else ""


_INTEGERS = frozenset({
    "integer", "positiveInteger", "nonNegativeInteger", "negativeInteger", "nonPositiveInteger", "long", "int", "short", "byte",
    "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
})  # fmt: skip


@dataclass(slots=True, eq=False)
class Shape:
    """An element where it may stand. ``tag`` is ``{namespace}name``; ``type`` the qualified name of its type, empty for a nameless one.

    ``facets`` is set for a leaf and None for an element of elements. ``children`` are in the order of the schema, by local
    name. Those of one ``choice`` (a number above 0) exclude each other; ``required`` is then about the choice. ``plain`` is
    false where order or names cannot be told from an object of arrays: such a type has no JSON form.
    """

    tag: str
    name: str
    label: str
    type: str
    required: bool
    repeated: bool
    filled_by_hub: bool
    choice: int
    facets: Facets | None
    children: dict[str, Shape] = field(default_factory=dict)
    plain: bool = True

    @property
    def shown(self) -> str:
        """The element as people see it: ``证件号码 (idNo)``."""
        return self.name if self.label == self.name else f"{self.label} ({self.name})"
