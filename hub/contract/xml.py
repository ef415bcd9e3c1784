"""The one parser and the one decoder of the hub. Every other way to read XML is banned by lint.

No DTD, no entity declarations, no network, XML 1.0 only; comments and processing instructions are dropped, so that a
value with a comment inside is one value. The parser never sees bytes whose encoding was not settled first (encodings.py).
"""

from __future__ import annotations

import re
import threading
from typing import Any, Final

from lxml import etree

from hub.contract import encodings
from hub.contract.errors import DOCTYPE, EMPTY, MALFORMED, TOO_LARGE, ClientError

Element = etree._Element  # noqa: SLF001 - lxml has no public name for its element type

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_ELEMENTS: Final = 10_000
"""Also the most attributes and namespace declarations, together, of one document."""
_ASIDE: Final = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r"""=[ \t\r\n]*["']""")
decode: Final = encodings.decode
_local = threading.local()
COMPILING: Final = threading.Lock()
"""Held by whoever compiles a schema. While it compiles, libxml2 takes included files from one loader per process: of two
compilations at once, the one that ends first takes the other's loader away, and its includes are not found."""


def _parser() -> etree.XMLParser:
    parser: etree.XMLParser | None = getattr(_local, "parser", None)
    if parser is None:
        parser = _local.parser = etree.XMLParser(
            encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, dtd_validation=False,
            huge_tree=False, remove_comments=True, remove_pis=True, strip_cdata=True,
        )  # fmt: skip
        _local.count = etree.XPath("count(//*)")
    return parser


def parse(data: bytes, charset: str | None = None, *, max_bytes: int = MAX_BYTES, max_elements: int = MAX_ELEMENTS) -> Element:
    """Parse untrusted bytes to the root element; line numbers are those of the bytes received.

    Raises ClientError: ``Client.Empty``, ``Client.TooLarge``, ``Client.Encoding``, ``Client.Doctype``,
    ``Client.Malformed`` (with the line). No text of the document is in any of them.
    """
    if len(data) > max_bytes:
        raise ClientError(TOO_LARGE, limit=f"{max_bytes} bytes")
    if not data.strip():
        raise ClientError(EMPTY)
    text = decode(data, charset)
    if "<!DOCTYPE" in text:
        raise ClientError(DOCTYPE)
    if text.count("<") > 2 * max_elements or text.count("=") > max_elements:
        _bounded(text, max_elements)
    try:
        root = etree.fromstring(text.encode("utf-8"), _parser())
    except (etree.XMLSyntaxError, UnicodeEncodeError) as fault:
        raise ClientError(MALFORMED, line=getattr(fault, "lineno", None)) from None
    if root is None:
        raise ClientError(EMPTY)
    if _local.count(root) > max_elements:
        raise ClientError(TOO_LARGE, limit=f"{max_elements} elements")
    return root


def _bounded(text: str, most: int) -> None:
    """Refuse by their tags the few documents whose tree would take fifty times their own size."""
    bare = _ASIDE.sub("", text)
    if bare.count("<") - bare.count("</") > most:
        raise ClientError(TOO_LARGE, limit=f"{most} elements")
    if sum(1 for _ in _ATTRIBUTE.finditer(bare)) > most:
        raise ClientError(TOO_LARGE, limit=f"{most} attributes")


def reparse(data: bytes) -> Element:
    """Parse UTF-8 bytes that the hub itself serialised and kept (stored canonical bodies, prepared deliveries)."""
    return etree.fromstring(data, _parser())


def serialise(element: Element) -> bytes:
    """The element as UTF-8 bytes without XML declaration: the form in which canonical documents are stored."""
    return etree.tostring(element, encoding="utf-8", xml_declaration=False, with_tail=False)


def encode(element: Element, encoding: str) -> bytes:
    """The element as bytes in a partner's encoding, the form in which documents leave.

    UTF-8 goes without a declaration; any other encoding is declared. What it cannot hold becomes a character reference.
    Raises LookupError for an encoding Python does not know.
    """
    if encoding.upper() == "UTF-8":
        return serialise(element)
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    return encodings.encode(f'<?xml version="1.0" encoding="{encoding}"?>{text}', encoding)


_PREFIXED = threading.local()


def plain(element: Element) -> Element:
    """The same content in one form: default namespace, no blank text between elements, no attributes.

    Two senders may write one document with other prefixes or indentation; it must be the same message. For canonical
    documents only: they have one namespace and no attributes of their own. A document already plain is returned as it is.
    """
    odd = getattr(_PREFIXED, "odd", None)
    if odd is None:
        odd = _PREFIXED.odd = etree.XPath("boolean(descendant-or-self::*[contains(name(), ':') or @* or (* and text())])")
    return _plain(element, None) if odd(element) else element


def _plain(element: Element, parent: Element | None) -> Element:
    nsmap: Any = {None: namespace(element)}
    made = etree.Element(element.tag, nsmap=nsmap) if parent is None else etree.SubElement(parent, element.tag)
    if not len(element):
        made.text = element.text
    for child in element:
        _plain(child, made)
    return made


def canonical_form(element: Element) -> bytes:
    """Exclusive XML canonicalisation 1.0 without comments (W3C): equal content gives equal bytes."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False)


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """The element's namespace URI, empty when it has none."""
    return str(element.tag).rpartition("}")[0].removeprefix("{")
