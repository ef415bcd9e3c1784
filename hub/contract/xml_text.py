"""Documents written as text and parsed once: a third of what it costs to make their elements one by one."""

from __future__ import annotations

from hub.contract.xml import Element, reparse


def escaped(text: str) -> str:
    """Character data that a parser gives back unchanged (XML 1.0, sections 2.4 and 2.11)."""
    if text.isalnum():
        return text
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;") if "\r" in text else text


def attribute(name: str, value: str) -> str:
    """`` name="value"``, to stand in a start tag (XML 1.0, section 3.3.3)."""
    value = escaped(value).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")
    return f' {name}="{value}"'


def leaf(name: str, text: str) -> str:
    """An element with text and no attributes. ``name`` is trusted: it comes from a schema, never from a document."""
    return f"<{name}>{escaped(text)}</{name}>"


def element(parts: list[str]) -> Element:
    """The root element of the joined parts. Raises lxml's XMLSyntaxError when they are no document."""
    return reparse("".join(parts).encode())
