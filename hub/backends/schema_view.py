"""Content filter: a document cut to what a schema declares, by copying what is declared and never by deleting the rest.

Whatever is not named by the schema (element, attribute, comment, namespace prefix, stray text) has no way into the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import cast

from hub.backends.schema_mask import MASKS
from hub.backends.schema_model import Content, Declaration, SchemaModel
from hub.contract.errors import VIEW_INVALID, FlowError
from hub.contract.xml import Element
from hub.contract.xml_text import attribute, escaped
from hub.contract.xml_text import element as document

Fill = Mapping[str, "str | Fill"]


@dataclass(slots=True)
class Cut:
    """How one declared element is copied. ``position`` is its place among its declared siblings.

    ``start`` and ``end`` are its tags as text; the start tag is open (``<name``), so that attributes may follow.
    ``attributes`` are those taken from the document: tag, and name as written.
    ``sent`` are the children taken from the document, by tag (None for a leaf, which has text); ``filled`` those that
    the hub sets, by local name. ``mask`` changes the text of a leaf; ``plain`` is a leaf whose text goes over as it is.
    """

    name: str
    position: int
    start: str
    end: str
    attributes: tuple[tuple[str, str], ...] = ()
    sent: dict[str, Cut] | None = None
    filled: dict[str, Cut] = field(default_factory=dict)
    mask: Callable[[str], str] | None = None
    plain: bool = False


_position = attrgetter("position")


class View:
    """A schema prepared for cutting, for one set of declared legal bases. Immutable once made; any thread may use it."""

    def __init__(self, model: SchemaModel, basis: frozenset[str]) -> None:
        self._basis = basis
        self._made: dict[tuple[int, str], dict[str, Cut]] = {}
        self._filled: dict[tuple[int, str], dict[str, Cut]] = {}
        self._roots = {tag: self._cut(root, 0, None) for tag, root in model.roots.items()}

    def project(self, element: Element, fill: Mapping[str, str]) -> Element:
        """The cut document: declared elements in the order sent, hub-filled ones at their declared place.

        Raises FlowError ``Flow.ViewInvalid`` when the document element itself is not declared.
        """
        cut = self._roots.get(element.tag)
        if cut is None:
            raise FlowError(VIEW_INVALID)
        made: list[str] = []
        _copy(cut, element, made, _nested(fill) if fill else {})
        return document(made)

    def _cut(self, declaration: Declaration, position: int, around: str | None) -> Cut:
        """``around`` is the namespace of the element it stands in, None for a document element."""
        content = declaration.content
        space, _, name = declaration.tag.rpartition("}")
        space = space.removeprefix("{")
        start = f"<{name}" + (attribute("xmlns", space) if space != (around or "") else "")
        cut = Cut(name, position, start, f"</{name}>", self._attributes(content))
        if content.children or not content.text:
            cut.sent, cut.filled = self._children(content, space)
        cut.mask = MASKS[declaration.mask] if declaration.mask else None
        cut.plain = cut.sent is None and not cut.attributes and cut.mask is None
        return cut

    def _attributes(self, content: Content) -> tuple[tuple[str, str], ...]:
        allowed = [tag for tag, basis in content.attributes.items() if basis is None or basis in self._basis]
        return tuple((tag, _written(tag, f"a{place}")) for place, tag in enumerate(allowed))

    def _children(self, content: Content, space: str) -> tuple[dict[str, Cut], dict[str, Cut]]:
        """The cuts below a type; shared, so that a type may contain itself."""
        key = id(content), space
        if key not in self._made:
            sent = self._made[key] = {}
            filled = self._filled[key] = {}
            for position, declaration in enumerate(content.children.values()):
                if declaration.basis is not None and declaration.basis not in self._basis:
                    continue
                cut = self._cut(declaration, position, space)
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


def _copy(cut: Cut, source: Element, made: list[str], fill: Fill) -> None:
    """Write the element and what is declared in it."""
    start = cut.start + "".join(_attributes(cut, source)) if cut.attributes else cut.start
    sent = cut.sent
    if sent is None:
        text = cut.mask(source.text or "") if cut.mask else source.text or ""
        made.append(f"{start}>{escaped(text)}{cut.end}")
        return
    made.append(start + ">")
    waiting = sorted((cut.filled[name] for name in cut.filled.keys() & fill.keys()), key=_position) if fill else []
    for child in source:
        part = sent.get(child.tag)
        if part is None:
            continue
        while waiting and waiting[0].position < part.position:
            _set(waiting.pop(0), made, fill)
        if part.plain:
            made.append(f"{part.start}>{escaped(child.text or '')}{part.end}")
        else:
            below = fill.get(part.name) if fill else None
            _copy(part, child, made, below if isinstance(below, Mapping) else {})
    for part in waiting:
        _set(part, made, fill)
    made.append(cut.end)


def _attributes(cut: Cut, source: Element) -> Iterator[str]:
    for tag, name in cut.attributes:
        if (value := source.get(tag)) is not None:
            yield attribute(name, value)


def _written(tag: str, prefix: str) -> str:
    """An attribute's name in a start tag, with the declaration of its prefix where it has a namespace."""
    space, _, name = tag.rpartition("}")
    return f"{attribute(f'xmlns:{prefix}', space[1:]).lstrip()} {prefix}:{name}" if space else name


def _set(cut: Cut, made: list[str], fill: Fill) -> None:
    """Set one hub-filled element: a text, or a structure whose own elements are all the hub's."""
    value = fill[cut.name]
    if isinstance(value, str):
        made.append(f"{cut.start}>{escaped(value)}{cut.end}")
        return
    made.append(cut.start + ">")
    for part in sorted((*(cut.sent or {}).values(), *cut.filled.values()), key=_position):
        if part.name in value:
            _set(part, made, value)
    made.append(cut.end)
