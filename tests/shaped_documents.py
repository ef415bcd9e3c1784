"""Documents generated from the shapes of the schemas, and one document in its two forms, XML and JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from hub.contract.shape import Facets, Shape

Value = Any
"""A text, a mapping of names to values, or a list for a repeatable element."""
CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
_CHINESE = "测试人员一二三四五王李张𠮷㐂县乡村组号·'&<>\" "
_TYPES: dict[str, st.SearchStrategy[str]] = {
    "boolean": st.sampled_from(["true", "false"]),
    "date": st.dates().map(lambda d: d.isoformat()).filter(lambda t: t[0] in "12"),
    "dateTime": st.datetimes().map(lambda d: f"{d:%Y-%m-%dT%H:%M:%S}".zfill(19) + "+08:00").filter(lambda t: t[0] in "12"),
    "gYearMonth": st.dates().map(lambda d: d.isoformat()[:7]).filter(lambda t: t[0] in "12"),
    "base64Binary": st.sampled_from(["AAAA", "5L2g5aW9", "/+8="]),
}


def leaf(facets: Facets) -> st.SearchStrategy[str]:
    """Texts that a simple type allows; what Python's patterns say differently is filtered by validation."""
    if facets.values:
        return st.sampled_from([value for value, _ in facets.values])
    if facets.members:
        return st.one_of(*map(leaf, facets.members))
    if facets.base in _TYPES:
        return _TYPES[facets.base]
    if facets.patterns:
        made = st.from_regex(f"^(?:{'|'.join(facets.patterns[0])})$", fullmatch=True, alphabet=CHARACTERS)
        rest = [re.compile("|".join(f"(?:{p})" for p in group)) for group in facets.patterns[1:]]
        fits = made.filter(lambda text: all(r.fullmatch(text) for r in rest))
        return fits.filter(lambda t: (facets.shortest or 0) <= len(t) <= (facets.longest or 999))
    size = {"min_size": facets.shortest or 1, "max_size": min(facets.longest or 20, 40)}
    return st.one_of(st.text(_CHINESE, **size), st.text(CHARACTERS, **size))


def document(shape: Shape, given: Mapping[str, Value], path: str = "") -> st.SearchStrategy[Value]:
    """Values of an element. ``given`` says what stands at a path: a value, a strategy, or None for nothing."""
    if shape.facets is not None:
        return leaf(shape.facets)

    @st.composite
    def made(draw: st.DrawFn) -> Value:
        found: dict[str, Value] = {}
        chosen = {c.choice: draw(st.sampled_from([s.name for s in shape.children.values() if s.choice == c.choice and given.get(path + s.name, "") is not None]))
                  for c in shape.children.values() if c.choice}  # fmt: skip
        for name, child in shape.children.items():
            place = path + name
            if place in given:
                if given[place] is not None:
                    value = given[place]
                    found[name] = draw(value) if isinstance(value, st.SearchStrategy) else value
                continue
            if child.filled_by_hub or (child.choice and chosen[child.choice] != name):
                continue
            if child.required or draw(st.integers(0, 3)) == 0:
                inner = document(child, given, place + "/")
                found[name] = draw(st.lists(inner, min_size=1, max_size=3)) if child.repeated else draw(inner)
        return found

    return made()


def as_xml(value: Value, shape: Shape, *, prefix: str = "", blank: str = "") -> str:
    """The document in XML: with a namespace prefix and blank text between elements, if wanted."""
    name = f"{prefix}:{shape.name}" if prefix else shape.name
    space = shape.tag[1:].partition("}")[0]
    declared = f' xmlns{":" + prefix if prefix else ""}="{space}"'
    return _element(value, shape, name, declared, prefix, blank)


def _element(value: Value, shape: Shape, name: str, declared: str, prefix: str, blank: str) -> str:
    if shape.facets is not None:
        text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
        return f"<{name}{declared}>{text}</{name}>"
    parts = [
        _element(inner, child, f"{prefix}:{key}" if prefix else key, "", prefix, blank)
        for key, child in shape.children.items()
        for inner in (value.get(key, []) if child.repeated else [value[key]] if key in value else [])
    ]
    return f"<{name}{declared}>{blank}{blank.join(parts)}{blank}</{name}>"
