"""Schema files: found in the schemas folders, read with a locked parser, followed through include and import.

A schema has one name everywhere: its path relative to a schemas folder, written with slashes. A reference between
schemas is resolved to such a name first and looked up in all folders, so that a vocabulary in one folder may import
the code lists of another; nothing outside the folders and nothing over the network is ever opened.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

from hub.contract.errors import ClientError
from hub.contract.xml import COMPILING, Element, parse

XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_BASE: Final = "pophub://schemas/"
_NAME: Final = re.compile(r"[\w.-]{1,100}(?:/[\w.-]{1,100}){0,9}")
_MAX_BYTES: Final = 16 * 1024 * 1024
_MAX_ELEMENTS: Final = 500_000


class SchemaFault(Exception):
    """A schema that cannot be used: missing, unreadable, refused by a rule or not valid XSD 1.0.

    A fault of the installation, never of a message. ``schema`` is its name, ``faults`` one sentence each.
    """

    def __init__(self, schema: str, *faults: str) -> None:
        super().__init__(f"{schema}: " + "; ".join(faults))
        self.schema, self.faults = schema, faults


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """One XSD: its bytes, its parsed root, and what it includes and imports (kind, name)."""

    name: str
    data: bytes
    root: Element
    references: tuple[tuple[str, str], ...]


Closure = Mapping[str, SchemaFile]
"""A schema and everything it includes or imports, by name; the schema itself comes first."""


class SchemaFolders:
    """The schemas folders, in order of precedence: the first that holds a name wins. Each file is read once.

    Not thread-safe: its caller holds a lock around ``closure``.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(root.resolve() for root in roots)
        self._files: dict[str, SchemaFile] = {}

    def find(self, name: str) -> Path | None:
        """The file behind a schema name, or None: also for names and symbolic links that lead out of the folders."""
        if not _NAME.fullmatch(name) or ".." in name.split("/"):
            return None
        paths = ((root, (root / name).resolve()) for root in self._roots)
        return next((path for root, path in paths if path.is_relative_to(root) and path.is_file()), None)

    def names(self) -> tuple[str, ...]:
        """Every ``*.xsd`` in the folders, sorted."""
        found = {path.relative_to(root).as_posix() for root in self._roots for path in root.rglob("*.xsd")}
        return tuple(sorted(name for name in found if self.find(name)))

    def closure(self, name: str) -> Closure:
        """Read a schema and all that it refers to. Raises SchemaFault with every unusable reference at once."""
        files: dict[str, SchemaFile] = {}
        faults: list[str] = []
        waiting = [name]
        while waiting:
            current = waiting.pop(0)
            if current in files:
                continue
            try:
                files[current] = self._read(current)
            except SchemaFault as fault:
                faults += fault.faults
                continue
            waiting += [reference for _, reference in files[current].references]
        if faults:
            raise SchemaFault(name, *faults)
        return files

    def _read(self, name: str) -> SchemaFile:
        if name not in self._files:
            self._files[name] = self._parse(name)
        return self._files[name]

    def _parse(self, name: str) -> SchemaFile:
        path = self.find(name)
        if path is None:
            raise SchemaFault(name, f"{name} is not in the schemas folders")
        data = path.read_bytes()
        try:
            root = parse(data, max_bytes=_MAX_BYTES, max_elements=_MAX_ELEMENTS)
        except ClientError as error:
            raise SchemaFault(name, f"{name} line {error.line or 1}: {error.en}") from None
        if root.tag != XS + "schema":
            raise SchemaFault(name, f"{name} is not an XML schema")
        return SchemaFile(name, data, root, tuple(_references(name, root)))


def _references(name: str, root: Element) -> Iterator[tuple[str, str]]:
    for node in root.iterchildren(XS + "include", XS + "import", XS + "redefine"):
        kind, location = etree.QName(node).localname, node.get("schemaLocation")
        if kind == "redefine":
            raise SchemaFault(name, f"{name} line {node.sourceline}: xs:redefine is not used here")
        if location is None:
            if kind == "import":
                continue
            raise SchemaFault(name, f"{name} line {node.sourceline}: xs:include without schemaLocation")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), location))
        if any(sign in location for sign in ":\\%?#") or target.startswith(("/", "..")):
            where = f"{name} line {node.sourceline}: schemaLocation {location!r}"
            raise SchemaFault(name, f"{where} is not a relative path inside the schemas folders")
        yield kind, target


def digest(closure: Closure) -> str:
    """SHA-256 (hex) over names and bytes of a closure; does not depend on where the folders stand."""
    total = hashlib.sha256()
    for name in sorted(closure):
        total.update(f"{name}\n{hashlib.sha256(closure[name].data).hexdigest()}\n".encode())
    return total.hexdigest()


class _Served(etree.Resolver):
    """Answers libxml2's requests from the bytes already read; anything else is refused."""

    def __init__(self, served: Mapping[str, bytes]) -> None:
        super().__init__()
        self._served = served

    def resolve(self, system_url: str, _public_id: str, context: object) -> object:  # type: ignore[override]
        data = self._served.get(system_url.removeprefix(_BASE))
        if data is None:
            raise OSError("not part of this schema")
        return self.resolve_string(data, context, base_url=system_url)


def compile_schema(name: str, sources: Mapping[str, bytes]) -> etree.XMLSchema:
    """Compile a schema from the bytes of its closure. Raises SchemaFault when it is not valid XSD 1.0.

    The bytes have passed the hub's one parser; libxml2 reads them again through a parser that can only ask for them.
    The result must never be used by two threads at once.
    """
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)  # noqa: TID251 - see above
    parser.resolvers.add(_Served(sources))
    try:
        root = etree.fromstring(sources[name], parser, base_url=_BASE + name)  # noqa: TID251 - see above
        with COMPILING:
            return etree.XMLSchema(root)
    except etree.XMLSchemaParseError as error:
        raise SchemaFault(name, str(error)) from None
