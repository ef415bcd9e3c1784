"""A WSDL with its schemas inside: one document that says what its files say, for every toolkit to load.

A structure file without a namespace of its own is included by several channels and takes the namespace of each. Some
toolkits keep included files by their address (suds) and some fetch nothing over HTTP (wsdl2h behind a proxy); in one
document nothing is left to fetch. The files themselves stay published as they are.
"""

from __future__ import annotations

import copy
import posixpath
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Final

from lxml import etree

from hub.contract.xml import Element
from hub.transports.soap_wsdl import WSDL

_XS: Final = "http://www.w3.org/2001/XMLSchema"
_XSD: Final = f"{{{_XS}}}"
_SCHEMA, _IMPORT, _INCLUDE = f"{_XSD}schema", f"{_XSD}import", f"{_XSD}include"
_NAMES: Final = ("type", "base", "ref", "itemType", "memberTypes", "substitutionGroup")
"""Attributes whose values are names with a prefix, one or (memberTypes) several."""
_UNKNOWN: Final = tuple(f"{_XSD}{name}" for name in ("redefine", "key", "keyref", "unique", "notation"))
"""What this hub's contracts do without: they name things in ways that would have to be moved too."""

Open = Callable[[str], Element]
"""Gives a fresh tree of the published file of that name; KeyError when there is none."""


def flatten(name: str, opened: Open) -> Element:
    """The WSDL of that name with every schema that it reaches, one for each namespace, what is imported before what imports it.

    Raises ValueError, naming the file, for a reference to no published file and for a schema that cannot stand with others.
    """
    wsdl = opened(name)
    types = wsdl.find(f"{WSDL}types")
    if types is None:
        return wsdl
    gathered = _Gathered(opened)
    for schema in types.iterchildren(_SCHEMA):
        gathered.take(name, schema, schema.get("targetNamespace", ""))
    prefixes = _prefixes(wsdl, gathered)
    whole = etree.Element(wsdl.tag, nsmap={prefix: namespace for namespace, prefix in prefixes.items()})
    for attribute, value in wsdl.attrib.items():
        whole.set(attribute, value)
    whole.extend(list(wsdl))
    types.clear()
    types.extend(_merged(namespace, parts, prefixes) for namespace, parts in gathered.parts.items() if any(map(_content, parts)))
    return whole


class _Gathered:
    """The schema elements of each namespace, in the order in which they can be read. ``parts`` lists them by namespace."""

    def __init__(self, opened: Open) -> None:
        self._opened = opened
        self._seen: set[tuple[str, str]] = set()
        self.parts: dict[str, list[Element]] = {}

    def take(self, name: str, schema: Element, namespace: str) -> None:
        """Take a schema, which stands in the file of that name, into a namespace, after all that it refers to."""
        strange = next(schema.iter(*_UNKNOWN), None)
        own = schema.get("targetNamespace", namespace)
        qualified = schema.get("elementFormDefault") == "qualified" and schema.get("finalDefault") is None
        if strange is not None or own != namespace or not qualified:
            raise ValueError(f"{name}: the schema cannot stand in one document with others")
        for reference in schema.iterchildren(_IMPORT, _INCLUDE):
            self._follow(name, reference, namespace if reference.tag == _INCLUDE else reference.get("namespace", ""))
        self.parts.setdefault(namespace, []).append(schema)

    def _follow(self, name: str, reference: Element, namespace: str) -> None:
        stated = reference.get("schemaLocation")
        if stated is None:
            return
        target = posixpath.normpath((PurePosixPath(name).parent / stated).as_posix())
        if (target, namespace) not in self._seen:
            self._seen.add((target, namespace))
            try:
                schema = self._opened(target)
            except KeyError:
                raise ValueError(f"{name}: {stated} is not a published file") from None
            self.take(target, schema, namespace)


def _prefixes(wsdl: Element, gathered: _Gathered) -> dict[str, str]:
    """One prefix for each namespace that anything refers to: the WSDL's own, else the schema's where it is free."""
    prefixes = {namespace: prefix for prefix, namespace in wsdl.nsmap.items() if prefix}
    for schema in (schema for parts in gathered.parts.values() for schema in parts):
        for prefix, namespace in schema.nsmap.items():
            if namespace not in prefixes:
                free = prefix and prefix not in prefixes.values()
                prefixes[namespace] = prefix if prefix and free else f"n{len(prefixes)}"
    for namespace in gathered.parts:
        prefixes.setdefault(namespace, f"n{len(prefixes)}")
    return prefixes


def _merged(namespace: str, parts: list[Element], prefixes: dict[str, str]) -> Element:
    merged = etree.Element(_SCHEMA, targetNamespace=namespace, elementFormDefault="qualified")
    # A file without blockDefault derives no types (`pophub check`), so that what another blocks changes nothing in it.
    blocked = {block for part in parts if (block := part.get("blockDefault"))}
    if len(blocked) > 1:
        raise ValueError(f"{namespace}: two files block differently")
    for block in blocked:
        merged.set("blockDefault", block)
    imported = dict.fromkeys(i.get("namespace", "") for part in parts for i in part.iterchildren(_IMPORT))
    for wanted in imported:
        etree.SubElement(merged, _IMPORT, namespace=wanted)
    for part in parts:
        for component in _content(part):
            moved = copy.deepcopy(component)
            for original, element in zip(component.iter(etree.Element), moved.iter(etree.Element), strict=True):
                _rename(original, element, namespace, prefixes)
            merged.append(moved)
    named = [(child.tag, child.get("name")) for child in _content(merged)]
    if len(named) != len(set(named)):
        raise ValueError(f"{namespace}: two files declare one name")
    return merged


def _content(schema: Element) -> list[Element]:
    return [child for child in schema if child.tag not in (_IMPORT, _INCLUDE, f"{_XSD}annotation")]


def _rename(original: Element, element: Element, namespace: str, prefixes: dict[str, str]) -> None:
    """Write the names in an element's attributes with the prefixes of the whole document."""
    if not str(element.tag).startswith(_XSD):
        return
    for attribute in _NAMES:
        value = element.get(attribute)
        if value is not None:
            element.set(attribute, " ".join(_names(value, original, namespace, prefixes)))


def _names(value: str, original: Element, namespace: str, prefixes: dict[str, str]) -> Iterator[str]:
    for name in value.split():
        prefix, _, local = name.rpartition(":")
        # Without prefix and default namespace a name belongs to whoever includes the file.
        stated = original.nsmap[prefix] if prefix else original.nsmap.get(None, namespace)
        yield f"{prefixes[stated]}:{local}"
