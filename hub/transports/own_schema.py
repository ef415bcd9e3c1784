"""What a partner says is checked against the partner's own schema before anyone reads it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from lxml import etree

from hub.contract.xml import COMPILING, Element, parse

_MAX_SCHEMA: Final = 8 * 1024 * 1024


class OwnSchema:
    """One XSD file of ours (an absolute path) with what it includes, from disk. Compiled once per thread: libxml2 keeps a validation's errors
    in the compiled schema, so that a shared one may speak of another caller's document.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._compiled()

    def accepts(self, element: Element) -> bool:
        """Whether the element satisfies the schema. Why not is not told: that sentence would hold values."""
        return self._compiled().validate(element)

    def _compiled(self) -> etree.XMLSchema:
        schema: etree.XMLSchema | None = getattr(self._local, "schema", None)
        if schema is None:
            with COMPILING:
                tree = parse(self._path.read_bytes(), max_bytes=_MAX_SCHEMA, max_elements=_MAX_SCHEMA).getroottree()
                tree.docinfo.URL = self._path.as_uri()  # its includes are its neighbours
                schema = self._local.schema = etree.XMLSchema(tree)
        return schema
