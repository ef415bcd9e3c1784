"""The schema registry on lxml: validation in C, faults without values, documents cut to views.

libxml2 keeps the complaints of a validation inside the compiled schema: two threads on one object read each other's
values. So a compiled schema is taken out of a pool for one validation, used by that thread alone, read, and put back.
There are as many as validations ever ran at once (about the number of cores), not one per thread: a compiled canonical
schema with its code lists takes about one MiB.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from lxml import etree

import hub
from hub.backends.schema_explain import explain
from hub.backends.schema_fields import FieldInfo, fields
from hub.backends.schema_files import SchemaFault, SchemaFolders, compile_schema, digest
from hub.backends.schema_lint import lint, substitution_faults
from hub.backends.schema_model import SchemaModel, read_model
from hub.backends.schema_shape import shape
from hub.backends.schema_view import View
from hub.contract.shape import Shape
from hub.contract.xml import Element
from hub.ports.schema_registry import SchemaRegistry

OWN_SCHEMAS: Final = Path(hub.__file__).resolve().parent.parent / "schemas"
"""The schemas folder of this product, beside the installed ``hub`` package."""


@dataclass(slots=True)
class _Loaded:
    """A schema in use. ``sources`` are the bytes of its closure, ``idle`` the compiled ones nobody is using."""

    sources: Mapping[str, bytes]
    digest: str
    model: SchemaModel
    idle: deque[etree.XMLSchema]
    views: dict[frozenset[str], View] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)


class LxmlSchemaRegistry(SchemaRegistry):
    """Schemas from several folders, the first that holds a name wins; loaded at first use, then kept unchanged.

    Thread-safe. Every method that takes a schema raises SchemaFault when it cannot be loaded (missing, a reference
    out of the folders or to the network, a refused pattern, not valid XSD 1.0).
    """

    def __init__(self, roots: Sequence[Path] = (OWN_SCHEMAS,)) -> None:
        self._folders = SchemaFolders(roots)
        self._lock = threading.RLock()
        self._schemas: dict[str, _Loaded] = {}

    def validate(self, schema: str, element: Element) -> None:
        """Raises ClientError ``Client.Schema*`` for the first fault: label, element path and line, never a value."""
        loaded = self._get(schema)
        try:
            validator = loaded.idle.pop()
        except IndexError:
            validator = self._compile(schema, loaded.sources)
        try:
            if not validator(element):
                raise explain(element, tuple(cast("Iterable[Any]", validator.error_log)), loaded.model)
        except etree.XMLSchemaValidateError:
            raise explain(element, (), loaded.model) from None
        finally:
            loaded.idle.append(validator)

    def project(self, schema: str, element: Element, *, fill: Mapping[str, str], basis: frozenset[str]) -> Element:
        """A new document holding only what ``schema`` declares; the caller validates it.

        ``fill`` maps paths below the document element (``subject/idNoCheck``) to texts. What is sent for a hub-filled
        element is dropped; its text from ``fill`` is set at its declared place inside each element sent around it;
        paths the schema does not mark as hub-filled, or whose surroundings were not sent, set nothing. Elements and
        attributes that need a basis not in ``basis`` are dropped. Raises FlowError ``Flow.ViewInvalid`` when the
        document element is not declared.
        """
        loaded = self._get(schema)
        view = loaded.views.get(basis)
        if view is None:
            view = loaded.views[basis] = View(loaded.model, basis)
        return view.project(element, fill)

    def digest(self, schema: str) -> str:
        """SHA-256 (hex) over the schema and everything it includes or imports."""
        return self._get(schema).digest

    def exists(self, schema: str) -> bool:
        """Whether the schema file stands in one of the folders."""
        return self._folders.find(schema) is not None

    def root_of(self, schema: str) -> tuple[str, frozenset[str]]:
        """The target namespace and the local names of the global elements in it."""
        model = self._get(schema).model
        return model.target, frozenset(root.name for root in model.roots.values())

    def shape(self, schema: str, root: str) -> Shape:
        """What the document element of that local name may hold; made once, to be read only. Raises SchemaFault."""
        loaded = self._get(schema)
        if root not in loaded.shapes:
            found = loaded.model.roots.get(f"{{{loaded.model.target}}}{root}" if loaded.model.target else root)
            if found is None:
                raise SchemaFault(schema, f"declares no document element {root}")
            loaded.shapes[root] = shape(found)
        return loaded.shapes[root]

    def fields(self, schema: str, root: str | None = None) -> Mapping[str, FieldInfo]:
        """Every element below the document element by path, in order.

        ``root`` is its local name and may be left out where the schema declares only one. Raises SchemaFault when
        there is none of that name, or more than one to choose from.
        """
        roots = [r for r in self._get(schema).model.roots.values() if root in (None, r.name)]
        if len(roots) != 1:
            raise SchemaFault(schema, f"one document element wanted, {len(roots)} found")
        return fields(roots[0])

    def names(self) -> tuple[str, ...]:
        """Every schema in the folders, sorted."""
        return self._folders.names()

    def check(self, schema: str) -> None:
        """Load the schema now; raises SchemaFault with everything that is wrong with it, also where derived types stand open."""
        self._get(schema)
        if faults := list(substitution_faults(self._folders.closure(schema))):
            raise SchemaFault(schema, *faults)

    def _get(self, schema: str) -> _Loaded:
        return self._schemas.get(schema) or self._load(schema)

    def _load(self, schema: str) -> _Loaded:
        with self._lock:
            if schema not in self._schemas:
                closure = self._folders.closure(schema)
                if faults := lint(closure):
                    raise SchemaFault(schema, *faults)
                sources = {name: file.data for name, file in closure.items()}
                idle = deque([compile_schema(schema, sources)])
                self._schemas[schema] = _Loaded(sources, digest(closure), read_model(closure), idle)
            return self._schemas[schema]

    def _compile(self, schema: str, sources: Mapping[str, bytes]) -> etree.XMLSchema:
        with self._lock:
            return compile_schema(schema, sources)
