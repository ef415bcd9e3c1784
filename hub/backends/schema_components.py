"""The named definitions of a schema and of all it includes or imports: one symbol table, names resolved.

A file without a target namespace takes the namespace of whoever includes it (XML Schema 1.0 part 1, section 4.2.1),
so one definition may stand in several namespaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from hub.backends.schema_files import XS, Closure
from hub.contract.xml import Element

XSD_NAMESPACE: Final = XS[1:-1]
_PRIVACY: Final = "{urn:pophub:privacy:1.0}privacy"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_SPACES: Final = {
    XS + "element": "element", XS + "complexType": "type", XS + "simpleType": "type", XS + "group": "group",
    XS + "attribute": "attribute", XS + "attributeGroup": "attributeGroup",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Component:
    """A definition in a schema file: the xs: element and the namespace it takes effect in (empty for none)."""

    node: Element
    target: str

    def child(self, *names: str) -> Component | None:
        """The first xs: child of one of these local names."""
        return next(self.children(*names), None)

    def children(self, *names: str) -> Iterator[Component]:
        """The xs: children of these local names, in order."""
        return (Component(node, self.target) for node in self.node.iterchildren(*(XS + name for name in names)))

    @property
    def label(self) -> str | None:
        """The Chinese label: ``xs:documentation xml:lang="zh"``, blanks folded."""
        for note in self.node.iterfind(f"{XS}annotation/{XS}documentation"):
            if note.get(_LANG) == "zh" and (text := " ".join("".join(str(part) for part in note.itertext()).split())):
                return text
        return None

    @property
    def privacy(self) -> Mapping[str, str] | None:
        """The attributes of ``xs:appinfo/p:privacy``: class, basis, filledBy."""
        mark = self.node.find(f"{XS}annotation/{XS}appinfo/{_PRIVACY}")
        return None if mark is None else {str(k): str(v) for k, v in mark.attrib.items()}

    def tag(self, kind: str) -> str:
        """The name of a local element or attribute as lxml writes it, qualified where the schema says so."""
        schema = self.node.getroottree().getroot()
        form = self.node.get("form") or schema.get(f"{kind}FormDefault")
        name = self.node.get("name", "")
        return f"{{{self.target}}}{name}" if form == "qualified" and self.target else name


class Components:
    """Every named definition of a closure by symbol space and qualified name."""

    def __init__(self, closure: Closure) -> None:
        self._closure = closure
        self._table: dict[tuple[str, str], Component] = {}
        entry = next(iter(closure.values()))
        self.target: str = entry.root.get("targetNamespace", "")
        self._visit(entry.name, self.target, set())

    def _visit(self, name: str, includer: str, seen: set[tuple[str, str]]) -> None:
        file = self._closure[name]
        target = file.root.get("targetNamespace") or includer
        if (name, target) in seen:
            return
        seen.add((name, target))
        for node in file.root.iterchildren(*_SPACES):
            component = Component(node, target)
            self._table[_SPACES[str(node.tag)], etree.QName(target or None, node.get("name")).text] = component
        for kind, reference in file.references:
            self._visit(reference, target if kind == "include" else "", seen)

    def find(self, space: str, at: Component, name: str) -> Component | None:
        """The definition that a QName written at a component refers to, or None for a built-in or unknown one."""
        return self._table.get((space, self.resolve(at, name)))

    def resolve(self, at: Component, name: str) -> str:
        """A QName written at a component, as ``{namespace}local``."""
        prefix, _, local = name.rpartition(":")
        space = at.node.nsmap.get(prefix or None) or ("" if prefix else self._unprefixed(at))
        return f"{{{space}}}{local}" if space else local

    @staticmethod
    def _unprefixed(at: Component) -> str:
        return "" if at.node.getroottree().getroot().get("targetNamespace") else at.target

    def globals(self) -> Iterator[tuple[str, Component]]:
        """The global elements in the schema's own target namespace: (tag, component)."""
        for (space, tag), component in self._table.items():
            if space == "element" and component.target == self.target:
                yield tag, component

    def every_element(self) -> Iterator[Component]:
        """Each element declaration anywhere in the closure, local ones included."""
        for file in self._closure.values():
            for node in file.root.iter(XS + "element"):
                yield Component(node, "")
