"""Where in a document a fault lies: the element, its declaration, its path and label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from hub.backends.schema_model import Declaration, SchemaModel
from hub.contract.xml import Element, local_name

UNKNOWN: Final = "未知元素 (unknown element)"
_STEP: Final = re.compile(r"(?:(?P<prefix>[^:/]+):)?(?P<name>[^:/\[]+)(?:\[(?P<nth>[0-9]+)\])?")


def locate(root: Element, xpath: str) -> tuple[Element, ...]:
    """The elements from the validated root to the one that libxml2's node path names, as far as it can be followed."""
    chain = [root]
    for step in _STEP.finditer(xpath.partition("/")[2].partition("/")[2]):
        fitting = [child for child in chain[-1] if isinstance(child.tag, str) and _fits(child, step)]
        nth = int(step["nth"] or 1)
        if nth > len(fitting):
            break
        chain.append(fitting[nth - 1])
    return tuple(chain)


def _fits(child: Element, step: re.Match[str]) -> bool:
    return step["name"] == "*" or (child.prefix == step["prefix"] and local_name(child) == step["name"])


class Place:
    """An element of a document beside its declaration. A name that the schema does not hold is never shown.

    ``chain`` are the elements from the validated root down to it.
    """

    def __init__(self, chain: tuple[Element, ...], model: SchemaModel) -> None:
        self.chain, self.model = chain, model
        self.element = chain[-1]
        self.declaration = self._declaration()

    def above(self) -> Place:
        """The element around this one (the root stays itself)."""
        return Place(self.chain[:-1] or self.chain, self.model)

    def _declaration(self) -> Declaration | None:
        found = self.model.roots.get(self.chain[0].tag)
        for element in self.chain[1:]:
            found = found and found.content.children.get(element.tag)
        return found

    @property
    def label(self) -> str:
        """``中文标签 (elementName)``; for a misplaced element the first label of that name in the schema."""
        if self.declaration is not None:
            return self.declaration.shown
        name = local_name(self.element)
        label = self.model.labels.get(name)
        return UNKNOWN if label is None else name if label == name else f"{label} ({name})"

    @property
    def path(self) -> str:
        """Local names from the root, numbered from 1 where siblings share a name; ``*[n]`` for the nth child, unknown by name."""
        return "/" + "/".join(self._steps())

    def _steps(self) -> Iterator[str]:
        for element in self.chain:
            name = local_name(element) if local_name(element) in self.model.labels else "*"
            if element is self.chain[0]:
                yield name
                continue
            like = etree.Element if name == "*" else element.tag
            before = sum(1 for _ in element.itersiblings(like, preceding=True))
            alone = name != "*" and not before and next(element.itersiblings(like), None) is None
            yield name if alone else f"{name}[{before + 1}]"
