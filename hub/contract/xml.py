"""The one parser and the one decoder of the hub. Every other way to read XML is banned by lint.

No DTD, no entity declarations, no network, XML 1.0 only; comments and processing instructions are dropped, so that a
value with a comment inside is one value. The parser never sees bytes whose encoding was not settled first (encodings.py).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from typing import Any, Final

from lxml import etree

from hub.contract import encodings
from hub.contract.errors import DOCTYPE, EMPTY, MALFORMED, SCHEMA_CONTENT, SCHEMA_UNEXPECTED, TOO_LARGE, ClientError

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


_LOCKED: Final[dict[str, Any]] = {
    "encoding": "utf-8", "resolve_entities": False, "load_dtd": False, "no_network": True, "dtd_validation": False,
    "huge_tree": False, "remove_comments": True, "remove_pis": True, "strip_cdata": True,
}  # fmt: skip


def _parser() -> etree.XMLParser:
    parser: etree.XMLParser | None = getattr(_local, "parser", None)
    if parser is None:
        parser = _local.parser = etree.XMLParser(**_LOCKED)
        _local.count = etree.XPath("count(descendant-or-self::*)")
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


_PIECE: Final = 32 * 1024


class Records:
    """The records of a document that never becomes one tree: elements of one name that stand together in one wrapper.

    Iterating gives them in order, each as bytes of its own, with everything as strict as in `parse` and the limits of one
    message for each record; then ``wrapper`` is the document without them. ``tag`` is ``{namespace}name`` (``{*}name`` for any).
    Memory is bounded by the largest record.

    Raises ClientError as `parse` does, ``Client.Schema.Unexpected`` where something stands between two records, and
    ``Client.Schema.Content`` where text does.
    """

    def __init__(self, pieces: Iterable[bytes], tag: str, charset: str | None = None) -> None:
        self._pieces, self._tag, self._charset = pieces, tag, charset
        self._last: Element | None = None
        self._beside: tuple[Element | None, Element | None] = (None, None)
        self.wrapper: Element | None = None

    def __iter__(self) -> Iterator[bytes]:
        parser = etree.XMLPullParser(events=("end",), tag=self._tag, **_LOCKED)
        waiting, tail = _Waiting(), b""
        for text in encodings.decode_pieces(_cut(self._pieces), self._charset):
            data = text.encode("utf-8")
            if not data:
                continue
            if b"<!DOCTYPE" in tail + data:
                raise ClientError(DOCTYPE)
            tail = (tail + data)[-8:]
            waiting.add(data)
            _fed(parser, data)
            for _event, ended in parser.read_events():
                element: Any = ended
                if next(element.iterancestors(self._tag), None) is None:
                    yield self._one(element)
                    waiting.over()
        if waiting.empty:
            raise ClientError(EMPTY)
        self.wrapper = _closed(parser)
        self._take_away(self._last)
        if next(self.wrapper.iter(self._tag), None) is not None:
            raise ClientError(SCHEMA_UNEXPECTED)

    def _one(self, element: Element) -> bytes:
        """Its bytes; the one before it is whole now, text behind it included, and goes."""
        before, parent = element.getprevious(), element.getparent()
        if parent is None:
            raise ClientError(SCHEMA_UNEXPECTED)
        if self._last is None:
            self._beside = before, parent
        elif before is not self._last or parent is not self._beside[1]:
            raise ClientError(SCHEMA_UNEXPECTED, line=_line(element))
        self._take_away(self._last)
        _bounded_tree(element)
        data = etree.tostring(element, encoding="utf-8", xml_declaration=False, with_tail=False)
        _emptied(element)
        self._last = element
        return data

    def _take_away(self, element: Element | None) -> None:
        parent = element.getparent() if element is not None else None
        if element is None or parent is None:
            return
        if (element.tail or "").strip():
            raise ClientError(SCHEMA_CONTENT, line=_line(element))
        parent.remove(element)


class _Waiting:
    """What came since the last record ended, counted before a tree is made of it."""

    def __init__(self) -> None:
        self.size = self.marks = 0
        self.empty, self._ended, self._piece = True, False, (0, 0)

    def add(self, data: bytes) -> None:
        """A piece in which a record ended counts as a whole: it may hold the beginning of the next."""
        self.empty = self.empty and not data.strip()
        if self._ended:
            self.size, self.marks, self._ended = self._piece[0], self._piece[1], False
        self._piece = len(data), data.count(b"<") + data.count(b"=")
        self.size, self.marks = self.size + self._piece[0], self.marks + self._piece[1]
        if self.size > MAX_BYTES + _PIECE:
            raise ClientError(TOO_LARGE, limit=f"{MAX_BYTES} bytes")
        if self.marks > 4 * MAX_ELEMENTS + _PIECE:
            raise ClientError(TOO_LARGE, limit=f"{MAX_ELEMENTS} elements")

    def over(self) -> None:
        """A record ended in the last piece."""
        self._ended = True


def _emptied(element: Any) -> None:
    """What stands behind it stays: it is looked at when the next record is whole."""
    element.clear(keep_tail=True)


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for start in range(0, len(piece), _PIECE):
            yield piece[start : start + _PIECE]


def _fed(parser: Any, data: bytes) -> None:
    try:
        parser.feed(data)
    except etree.XMLSyntaxError as fault:
        raise ClientError(MALFORMED, line=fault.lineno) from None


def _closed(parser: Any) -> Element:
    try:
        root: Element = parser.close()
    except etree.XMLSyntaxError as fault:
        raise ClientError(MALFORMED, line=fault.lineno) from None
    return root


def _bounded_tree(element: Element) -> None:
    _parser()
    if _local.count(element) > MAX_ELEMENTS:
        raise ClientError(TOO_LARGE, line=_line(element), limit=f"{MAX_ELEMENTS} elements")


def _line(element: Element) -> int | None:
    return element.sourceline if isinstance(element.sourceline, int) else None
