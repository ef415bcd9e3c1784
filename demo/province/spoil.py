"""Makes a good document bad, one named fault at a time. A hub that accepts any of them is wrong.

Works on the text of documents as ``enquiry_bodies.py`` writes them (one default namespace, nothing between elements); it
needs no parser, so that it can write what no parser accepts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from demo.province.names import MAX_NAME

_FULL_WIDTH: Final = str.maketrans("0123456789", "０１２３４５６７８９")
_TIME_OF_ROOT: Final = r"(?P<before></?(?:submit|feedback)Time>[^<+]*)\+08:00"


def spoil(xml: bytes, kind: str) -> bytes:
    """The document with one fault of that kind (a key of :data:`SPOIL_KINDS`).

    Raises ``KeyError`` for an unknown kind and ``ValueError`` when the document has nothing to which the kind applies:
    a spoiled document always differs from the good one.
    """
    text = xml.decode("utf-8")
    bad = SPOIL_KINDS[kind](text)
    spoiled = bad if isinstance(bad, bytes) else bad.encode("utf-8")
    if spoiled == xml:
        raise ValueError(f"{kind} does not apply to this document")
    return spoiled


def _element(name: str) -> str:
    return f"<{name}>[^<]*</{name}>"


def _first(pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, replacement, text, count=1)


def _value(name: str, value: str) -> Callable[[str], str]:
    return _first(_element(name), f"<{name}>{value}</{name}>")


def _root(text: str) -> str:
    found = re.search(r"<(\w+) xmlns=", text)
    if found is None:
        raise ValueError("the document has no root with a default namespace")
    return found[1]


def _before_end(addition: str) -> Callable[[str], str]:
    return lambda text: text.replace(f"</{_root(text)}>", f"{addition}</{_root(text)}>")


def _with_doctype(declaration: str) -> Callable[[str], str]:
    return lambda text: text.replace(f"<{_root(text)} ", f"<!DOCTYPE {_root(text)}{declaration}>\n<{_root(text)} ", 1)


def _with_entity(text: str) -> str:
    return _value("name", "&who;")(_with_doctype(' [<!ENTITY who "某某">]')(text))


def _nil(text: str) -> str:
    schema_instance = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'
    return _first(_element("sex"), f"<sex {schema_instance}/>")(text)


def _two_roots(text: str) -> str:
    return text + text[text.index(f"<{_root(text)} ") :]


def _other_root(text: str) -> str:
    return text.replace(_root(text), "somethingElse")


def _without_end_tag(text: str) -> str:
    return text.removesuffix(f"</{_root(text)}>")


def _truncated(text: str) -> str:
    return text[: len(text) // 2]


def _full_width_number(text: str) -> str:
    return _first(_element("idNo"), lambda found: found[0].translate(_FULL_WIDTH))(text)


SPOIL_KINDS: Final[Mapping[str, Callable[[str], str | bytes]]] = MappingProxyType(
    {
        # structure
        "missing-element": _first(_element("enquiryNo"), ""),
        "extra-element": _before_end("<remark>1</remark>"),
        "wrong-order": _first(f"({_element('sex')})({_element('birthDate')})", r"\2\1"),
        "duplicated-element": _first(f"({_element('enquiryNo')})", r"\1\1"),
        "unknown-attribute": _first("<sex>", '<sex note="1">'),
        "text-between-elements": _before_end("备注"),
        "nil": _nil,
        "wrong-namespace": _first(r'(xmlns="urn:pophub:[^"]*):1\.0"', r'\1:9.9"'),
        "no-namespace": _first(r' xmlns="[^"]*"', ""),
        "wrong-root": _other_root,
        # values
        "empty-required": _value("name", ""),
        "blank-around": _first("<name>", "<name> "),
        "too-long": _value("name", "长" * (MAX_NAME + 1)),
        "bad-pattern": _value("hukouDiv", "35010200100A"),
        "short-division": _value("hukouDiv", "350102"),
        "bad-enumeration": _value("sex", "7"),
        "unknown-code": _value("item", "13"),
        "retired-code": _value("item", "11"),
        "impossible-date": _value("birthDate", "1990-02-30"),
        "compact-date": _value("birthDate", "19900210"),
        "full-width-number": _full_width_number,
        "lower-case-check-character": _value("idNo", "35990119900510013x"),
        "other-time-zone": _first(_TIME_OF_ROOT, r"\g<before>Z"),
        # form
        "not-well-formed": _without_end_tag,
        "truncated": _truncated,
        "control-character": _value("name", "&#1;"),
        "doctype": _with_doctype(""),
        "entity": _with_entity,
        "two-roots": _two_roots,
        "false-encoding": lambda text: text.encode("gb18030"),
    }
)
"""Every kind of fault by its name: first those of structure, then of values, then of form."""
