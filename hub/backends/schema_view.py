"""Content filter: a document cut to what a schema declares, by copying what is declared and never by deleting the rest.

Whatever is not named by the schema (element, attribute, comment, namespace prefix, stray text) has no way into the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import cast

from lxml import etree
from lxml.etree import SubElement

from hub.backends.schema_model import Content, Declaration, SchemaModel
from hub.contract.errors import VIEW_INVALID, FlowError
from hub.contract.xml import Element

Fill = Mapping[str, "str | Fill"]


@dataclass(slots=True)
class Cut:
    """How one declared element is copied. ``position`` is its place among its declared siblings.

    ``sent`` are the children taken from the document, by tag (None for a leaf, which has text); ``filled`` those that
    the hub sets, by local name.
    """

    tag: str
    position: int
    attributes: tuple[str, ...] = ()
    sent: dict[str, Cut] | None = None
    filled: dict[str, Cut] = field(default_factory=dict)


_position = attrgetter("position")


class View:
    """A schema prepared for cutting, for one set of declared legal bases. Immutable once made; any thread may use it."""

    def __init__(self, model: SchemaModel, basis: frozenset[str]) -> None:
        self._basis = basis
        self._nsmap: dict[str, str] | None = {None: model.target} if model.target else None  # type: ignore[dict-item]
        self._made: dict[int, dict[str, Cut]] = {}
        self._filled: dict[int, dict[str, Cut]] = {}
        self._roots = {tag: self._cut(root, 0) for tag, root in model.roots.items()}

    def project(self, element: Element, fill: Mapping[str, str]) -> Element:
        """The cut document: declared elements in the order sent, hub-filled ones at their declared place.

        Raises FlowError ``Flow.ViewInvalid`` when the document element itself is not declared.
        """
        cut = self._roots.get(element.tag)
        if cut is None:
            raise FlowError(VIEW_INVALID)
        result = etree.Element(cut.tag, None, self._nsmap)
        _copy(cut, element, result, _nested(fill) if fill else {})
        return result

    def _cut(self, declaration: Declaration, position: int) -> Cut:
        content = declaration.content
        cut = Cut(declaration.tag, position, self._attributes(content))
        if content.children or not content.text:
            cut.sent, cut.filled = self._children(content)
        return cut

    def _attributes(self, content: Content) -> tuple[str, ...]:
        return tuple(tag for tag, basis in content.attributes.items() if basis is None or basis in self._basis)

    def _children(self, content: Content) -> tuple[dict[str, Cut], dict[str, Cut]]:
        """The cuts below a type; shared, so that a type may contain itself."""
        key = id(content)
        if key not in self._made:
            sent = self._made[key] = {}
            filled = self._filled[key] = {}
            for position, declaration in enumerate(content.children.values()):
                if declaration.basis is not None and declaration.basis not in self._basis:
                    continue
                cut = self._cut(declaration, position)
                if declaration.filled_by_hub:
                    filled[declaration.name] = cut
                else:
                    sent[declaration.tag] = cut
        return self._made[key], self._filled[key]


def _nested(fill: Mapping[str, str]) -> Fill:
    """``{"subject/idNoCheck": "1"}`` → ``{"subject": {"idNoCheck": "1"}}``."""
    tree: dict[str, object] = {}
    for path, value in fill.items():
        *above, name = path.split("/")
        here = tree
        for step in above:
            here = cast("dict[str, object]", here.setdefault(step, {}))
        here[name] = value
    return cast(Fill, tree)


def _copy(cut: Cut, source: Element, target: Element, fill: Fill) -> None:
    if cut.attributes:
        _copy_attributes(cut, source, target)
    sent = cut.sent
    if sent is None:
        target.text = source.text
        return
    waiting = sorted((cut.filled[name] for name in cut.filled.keys() & fill.keys()), key=_position) if fill else []
    for child in source:
        part = sent.get(child.tag)
        if part is None:
            continue
        while waiting and waiting[0].position < part.position:
            _set(waiting.pop(0), target, fill)
        if part.sent is None and not part.attributes:
            SubElement(target, part.tag).text = child.text
        else:
            below = fill.get(_local(part.tag)) if fill else None
            _copy(part, child, SubElement(target, part.tag), below if isinstance(below, Mapping) else {})
    for part in waiting:
        _set(part, target, fill)


def _copy_attributes(cut: Cut, source: Element, target: Element) -> None:
    for name in cut.attributes:
        if (value := source.get(name)) is not None:
            target.set(name, value)


def _set(cut: Cut, target: Element, fill: Fill) -> None:
    """Set one hub-filled element: a text, or a structure whose own elements are all the hub's."""
    value = fill[_local(cut.tag)]
    made = SubElement(target, cut.tag)
    if isinstance(value, str):
        made.text = value
        return
    for part in sorted((*(cut.sent or {}).values(), *cut.filled.values()), key=_position):
        if _local(part.tag) in value:
            _set(part, made, value)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
