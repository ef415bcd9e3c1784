"""The facets of a simple type, gathered along its derivation (XML Schema 1.0 part 2, restrictions only)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hub.backends.schema_components import XSD_NAMESPACE, Component, Components
from hub.contract.shape import Facets

_BUILT_IN = f"{{{XSD_NAMESPACE}}}"


def built_in(components: Components, at: Component, name: str) -> Facets:
    """The facets of a built-in type written as a QName at a component; of a string for anything else."""
    resolved = components.resolve(at, name)
    return Facets(resolved.removeprefix(_BUILT_IN)) if resolved.startswith(_BUILT_IN) else Facets()


def read_facets(components: Components, line: Sequence[Component]) -> Facets:
    """The facets of a type; ``line`` is the type and what it is derived from, nearest first."""
    found = Facets(members=tuple(_members(components, line)))
    for kind in reversed(line):
        holder = kind.child("simpleContent") or kind
        step = holder.child("restriction", "extension")
        if step is not None:
            found = _narrowed(found, components, step)
    return found


def _narrowed(found: Facets, components: Components, step: Component) -> Facets:
    base = components.resolve(step, step.node.get("base", ""))
    given = {str(f.node.tag).rpartition("}")[2]: f.node.get("value", "") for f in step.children(*_FACETS)}
    patterns = tuple(_values(step, "pattern"))
    values = tuple((e.node.get("value", ""), e.label or "") for e in step.children("enumeration"))
    exact = given.get("length")
    return replace(
        found,
        base=base.removeprefix(_BUILT_IN) if base.startswith(_BUILT_IN) else found.base,
        patterns=(*found.patterns, patterns) if patterns else found.patterns,
        values=values or found.values,
        shortest=_number(exact or given.get("minLength"), found.shortest),
        longest=_number(exact or given.get("maxLength"), found.longest),
        least=given.get("minInclusive", found.least),
        most=given.get("maxInclusive", found.most),
    )


def _members(components: Components, line: Sequence[Component]) -> Iterator[Facets]:
    union = line[-1].child("union") if line else None
    for name in (union.node.get("memberTypes", "") if union else "").split():
        assert union
        member = components.find("type", union, name)
        yield read_facets(components, lineage(components, member)) if member else built_in(components, union, name)
    for inner in union.children("simpleType") if union else ():
        yield read_facets(components, lineage(components, inner))


def lineage(components: Components, kind: Component | None) -> list[Component]:
    """A type and what it is derived from, nearest first."""
    line: list[Component] = []
    while kind is not None and kind not in line:
        line.append(kind)
        holder = kind.child("complexContent", "simpleContent") or kind
        step = holder.child("extension", "restriction")
        base = step.node.get("base") if step else None
        kind = components.find("type", step, base) if step and base else None
    return line


_FACETS = ("length", "minLength", "maxLength", "minInclusive", "maxInclusive")


def _values(step: Component, facet: str) -> Iterator[str]:
    return (f.node.get("value", "") for f in step.children(facet))


def _number(text: str | None, before: int | None) -> int | None:
    return before if text is None else int(text)
