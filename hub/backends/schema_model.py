"""What a schema declares, as a tree: element declarations in order with label, privacy class and legal basis.

Read once per schema from its XSD 1.0 files (sequence, all, choice, groups, extension, restriction, references);
used to cut documents to views, to name places in faults, and by everything derived from the schemas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hub.backends.schema_components import Component, Components
from hub.backends.schema_facets import built_in, lineage, read_facets
from hub.backends.schema_files import Closure
from hub.contract.shape import Facets

_PARTICLES: Final = ("element", "sequence", "choice", "all", "group")


@dataclass(slots=True)
class Content:
    """What may stand inside elements of one type: text, declared attributes (tag → legal basis), child elements by tag.

    ``type`` is the qualified name of the type, empty for a nameless one; ``facets`` what its text must be. ``ordered`` is
    false where a group repeats or a name comes twice, so that the order of children says something.
    """

    text: bool = False
    type: str = ""
    facets: Facets = Facets()  # noqa: RUF009 - a frozen literal
    ordered: bool = True
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: dict[str, Declaration] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Declaration:
    """One element declaration where it is used. ``tag`` is lxml's ``{namespace}name``.

    ``label`` is the Chinese label (the name where there is none), ``privacy`` identifying, sensitive, free or None
    when unmarked, ``basis`` the legal basis it needs, ``mask`` how a view shows it. ``required`` is false inside a choice
    or an optional group. ``choice`` numbers the choice whose alternative it is (0 for none, or where a group is another), ``demanded`` whether one of
    them must stand.
    """

    tag: str
    name: str
    label: str
    privacy: str | None
    basis: str | None
    filled_by_hub: bool
    required: bool
    repeated: bool
    content: Content
    choice: int = 0
    demanded: bool = False
    mask: str | None = None

    @property
    def shown(self) -> str:
        """The element as people see it in a fault: ``证件号码 (idNo)``."""
        return self.name if self.label == self.name else f"{self.label} ({self.name})"


@dataclass(frozen=True, slots=True)
class SchemaModel:
    """A schema read: target namespace, global elements by tag, and the label of every declared local name."""

    target: str
    roots: Mapping[str, Declaration]
    labels: Mapping[str, str]


def read_model(closure: Closure) -> SchemaModel:
    """Read the declarations of a closure that compiles."""
    components = Components(closure)
    reader = _Reader(components)
    roots = {tag: reader.declare(component, required=True, repeated=False) for tag, component in components.globals()}
    labels: dict[str, str] = {}
    for component in components.every_element():
        name = component.node.get("name")
        if name and (name not in labels or labels[name] == name):
            labels[name] = component.label or name
    return SchemaModel(components.target, roots, labels)


class _Reader:
    def __init__(self, components: Components) -> None:
        self._components = components
        self._contents: dict[Component, Content] = {}

    def declare(self, use: Component, *, required: bool, repeated: bool) -> Declaration:
        reference = use.node.get("ref")
        element = (self._components.find("element", use, reference) if reference else use) or use
        sources = [use] if element is use else [use, element]
        kind = self._type_of(element)
        sources += lineage(self._components, kind)
        label = next((s.label for s in sources if s.label), None)
        privacy = next((s.privacy for s in sources if s.privacy is not None), {})
        name = element.node.get("name", "")
        is_global = element.node.getparent() is element.node.getroottree().getroot()
        tag = f"{{{element.target}}}{name}" if is_global and element.target else element.tag("element")
        return Declaration(
            tag, name, label or name, privacy.get("class"), privacy.get("basis"), privacy.get("filledBy") == "hub",
            required, repeated, self._content(kind) if kind else self._built_in(element), mask=privacy.get("mask"),
        )  # fmt: skip

    def _type_of(self, element: Component) -> Component | None:
        name = element.node.get("type")
        return self._components.find("type", element, name) if name else element.child("complexType", "simpleType")

    def _built_in(self, element: Component) -> Content:
        return Content(text=True, facets=built_in(self._components, element, element.node.get("type", "")))

    def _content(self, kind: Component) -> Content:
        """The content of a type; one object per type, so that a type may contain itself."""
        if kind not in self._contents:
            name = kind.node.get("name")
            self._contents[kind] = content = Content(type=f"{{{kind.target}}}{name}" if name else "")
            self._fill(content, kind)
        return self._contents[kind]

    def _fill(self, content: Content, kind: Component) -> None:
        if kind.node.tag.endswith("}simpleType"):
            content.text, content.facets = True, read_facets(self._components, lineage(self._components, kind))
            return
        simple, complex_ = kind.child("simpleContent"), kind.child("complexContent")
        content.text = simple is not None
        if simple is not None:
            content.facets = read_facets(self._components, lineage(self._components, kind))
        holder = simple or complex_
        step = holder.child("extension", "restriction") if holder else None
        if step is not None:
            base = self._components.find("type", step, step.node.get("base", ""))
            if base is not None:
                inherited = self._content(base)
                content.attributes.update(inherited.attributes)
                if step.node.tag.endswith("}extension"):
                    content.children.update(inherited.children)
                    content.ordered = inherited.ordered
        self._particles(content, step or kind, required=True, repeated=False)
        self._attributes(content, step or kind)

    def _particles(self, content: Content, at: Component, *, required: bool, repeated: bool, demanded: bool = False) -> None:
        choice: dict[str, Any] = {}
        if at.node.tag.endswith("}choice") and not any(at.children(*_PARTICLES[1:])):
            choice = {"choice": 1 + max((d.choice for d in content.children.values()), default=0), "demanded": demanded}
        for particle in at.children(*_PARTICLES):
            needed = required and particle.node.get("minOccurs", "1") != "0"
            many = repeated or particle.node.get("maxOccurs", "1") not in ("0", "1")
            if particle.node.tag.endswith("}element"):
                if particle.node.get("maxOccurs") != "0":
                    self._add(content, replace(self.declare(particle, required=needed, repeated=many), **choice))
                continue
            group = particle
            if reference := particle.node.get("ref"):
                group = self._components.find("group", particle, reference) or particle
            content.ordered &= not many
            chosen = group.node.tag.endswith("}choice")
            self._particles(content, group, required=needed and not chosen, repeated=many, demanded=needed)

    @staticmethod
    def _add(content: Content, found: Declaration) -> None:
        before = content.children.get(found.tag)
        content.ordered &= before is None
        content.children[found.tag] = replace(before, repeated=True) if before else found

    def _attributes(self, content: Content, at: Component) -> None:
        for use in at.children("attribute", "attributeGroup"):
            reference = use.node.get("ref")
            if use.node.tag.endswith("}attributeGroup"):
                group = self._components.find("attributeGroup", use, reference or "")
                if group is not None:
                    self._attributes(content, group)
                continue
            tag = self._components.resolve(use, reference) if reference else use.tag("attribute")
            if use.node.get("use") == "prohibited":
                content.attributes.pop(tag, None)
            else:
                content.attributes[tag] = (use.privacy or {}).get("basis")
