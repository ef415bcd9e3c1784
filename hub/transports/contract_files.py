"""Our WSDL and XSD files as they are published: addresses absolute under the configured URL, never from the Host header."""

from __future__ import annotations

import hashlib
import posixpath
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from hub.contract import xml
from hub.contract.xml import Element
from hub.transports.flat_wsdl import flatten
from hub.transports.soap_wsdl import SOAP_IN_WSDL, WSDL

_XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
_LOCATIONS: Final = {
    f"{_XSD}import": "schemaLocation",
    f"{_XSD}include": "schemaLocation",
    f"{_XSD}redefine": "schemaLocation",
    f"{WSDL}import": "location",
}
_ADDRESSES: Final = frozenset(f"{soap}address" for soap in SOAP_IN_WSDL.values())
_SUFFIXES: Final = (".xsd", ".wsdl")
_LARGEST: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ContractFile:
    """One published file: its UTF-8 bytes, an ETag over them, and its title in Chinese (empty when it states none)."""

    name: str
    data: bytes
    etag: str
    title: str


class ContractFiles:
    """The files below the schema folders, named by their path relative to one, as in ``services/enquiry-1.0.wsdl``.

    The names are listed once, when the hub starts; nothing that is not on the list can be asked for. Where two folders
    have a file of one name the first folder wins. ``services`` gives the service name of a WSDL file, whose addresses
    are then set to ``<public_url>/soap/<service>``. Thread-safe.
    """

    def __init__(self, roots: Sequence[Path], public_url: str, services: Mapping[Path, str]) -> None:
        self.public_url = public_url.rstrip("/")
        self._paths: dict[str, Path] = {}
        for root in roots:
            for path in sorted(root.rglob("*")):
                inside = path.suffix in _SUFFIXES and path.is_file() and path.resolve().is_relative_to(root.resolve())
                if inside:
                    self._paths.setdefault(path.relative_to(root).as_posix(), path)
        self._services = {path.resolve(): name for path, name in services.items()}
        self._ready: dict[tuple[str, bool], ContractFile] = {}
        self._lock = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(sorted(self._paths))

    def name_of(self, path: Path) -> str:
        """The name under which a file is published. Raises ValueError for a file outside the schema folders."""
        for name, known in self._paths.items():
            if known.resolve() == path.resolve():
                return name
        raise ValueError(f"{path} does not stand below a schema folder")

    def url(self, name: str) -> str:
        """Where the file is published."""
        return f"{self.public_url}/contracts/{name}"

    def get(self, name: str, *, whole: bool = False) -> ContractFile | None:
        """The file of that name, None when there is none; ``whole``: a WSDL with all its schemas inside (`flat_wsdl`).

        Raises ValueError when a WSDL cannot be made whole.
        """
        path = self._paths.get(name)
        if path is None:
            return None
        with self._lock:
            if (name, whole) not in self._ready:
                self._ready[name, whole] = self._publish(name, flatten(name, self._open) if whole else self._open(name))
            return self._ready[name, whole]

    def _open(self, name: str) -> Element:
        return xml.parse(self._paths[name].read_bytes(), max_bytes=_LARGEST, max_elements=_LARGEST)

    def _publish(self, name: str, root: Element) -> ContractFile:
        service = self._services.get(self._paths[name].resolve())
        for element in root.iter(*_LOCATIONS, *_ADDRESSES):
            self._rewrite(element, name, service)
        data = b'<?xml version="1.0" encoding="UTF-8"?>\n' + xml.serialise(root) + b"\n"
        return ContractFile(name, data, f'"{hashlib.sha256(data).hexdigest()[:32]}"', _title(root))

    def _rewrite(self, element: Element, name: str, service: str | None) -> None:
        if element.tag in _ADDRESSES:
            if service is not None:
                element.set("location", f"{self.public_url}/soap/{service}")
            return
        attribute = _LOCATIONS[str(element.tag)]
        stated = element.get(attribute)
        if stated is not None and "://" not in stated:
            target = posixpath.normpath((PurePosixPath(name).parent / stated).as_posix())
            element.set(attribute, self.url(target))


def _title(root: Element) -> str:
    """What a file says of itself: a WSDL's documentation, or the label of a schema or of its first global element."""
    for holder in (root, *root.iterchildren(f"{_XSD}element")):
        for said in (f"{WSDL}documentation", f"{_XSD}annotation/{_XSD}documentation"):
            text = (holder.findtext(said) or "").strip()
            if text:
                return text
    return ""
