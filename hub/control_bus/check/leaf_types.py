"""The types of a schema's leaves, comparable between a channel and its views.

A shared list is compared by its qualified name. A simple type of the document's own namespace is compared by what it
says (base, facets), since a channel and a view each have a file of their own for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from hub.backends.schema_components import XSD_NAMESPACE, Component, Components
from hub.backends.schema_files import XS

_GROUPS = ("sequence", "choice", "all", "group")


def leaf_types(components: Components) -> Mapping[str, str]:
    """The type of every element without child elements, by path below the document element."""
    found: dict[str, str] = {}
    for _, root in components.globals():
        found.update(_below(components, root, "", ()))
    return found


def _below(components: Components, element: Component, path: str, inside: tuple[Component, ...]) -> Iterator[tuple[str, str]]:
    kind = _type_of(components, element)
    if kind is not None and kind.node.tag == XS + "complexType" and kind.child("simpleContent") is None:
        if kind in inside:
            return
        for child in _children(components, kind):
            name = child.node.get("name") or (child.node.get("ref") or "").rpartition(":")[2]
            yield from _below(components, _declared(components, child), f"{path}/{name}" if path else name, (*inside, kind))
    elif path:
        yield path, _identity(components, element, kind)


def _declared(components: Components, use: Component) -> Component:
    reference = use.node.get("ref")
    return (components.find("element", use, reference) if reference else None) or use


def _type_of(components: Components, element: Component) -> Component | None:
    name = element.node.get("type")
    return components.find("type", element, name) if name else element.child("complexType", "simpleType")


def _children(components: Components, at: Component) -> Iterator[Component]:
    """Element declarations inside a type or group, of its bases first."""
    if (content := at.child("complexContent")) and (step := content.child("extension", "restriction")):
        base = components.find("type", step, step.node.get("base", ""))
        if base is not None and step.node.tag == XS + "extension":
            yield from _children(components, base)
        at = step
    for part in at.children("element", *_GROUPS):
        if part.node.tag == XS + "element":
            yield part
        else:
            reference = part.node.get("ref")
            yield from _children(components, (components.find("group", part, reference) if reference else None) or part)


def _identity(components: Components, at: Component, kind: Component | None) -> str:
    name = at.node.get("type") or at.node.get("base")
    if kind is None:
        return components.resolve(at, name) if name else f"{{{XSD_NAMESPACE}}}anyType"
    if name and kind.target != components.target:
        return components.resolve(at, name)
    return _said(components, kind)


def _said(components: Components, kind: Component) -> str:
    """A simple type as text: base and facets, annotations left out."""
    holder = kind.child("simpleContent") or kind
    step = holder.child("restriction", "extension", "list", "union")
    if step is None:
        return kind.node.get("name", "")
    base = step.node.get("base")
    under = _identity(components, step, components.find("type", step, base)) if base else ""
    facets = sorted(
        f"{etree.QName(f).localname}={f.get('value') or f.get('name') or ''}"
        for f in step.node.iterchildren(XS + "*")
        if f.tag != XS + "annotation"
    )
    members = " ".join(
        components.resolve(step, m) for m in (step.node.get("memberTypes") or step.node.get("itemType") or "").split()
    )
    return f"{under}[{'; '.join(facets)}]{members}"
