"""Schemas: validate, explain without values, cut to a view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from hub.contract.shape import Shape
from hub.contract.xml import Element


class SchemaRegistry(Protocol):
    """XSDs from the schemas folders. Thread-safe: one thread's document never shows in another's fault.

    A schema is named by its path relative to a schemas folder (``canonical/1.0/enquiry.request.xsd``).
    """

    def validate(self, schema: str, element: Element) -> None:
        """Raises ClientError ``Client.Schema*`` for the first fault: label, element path and line, never a value."""

    def project(self, schema: str, element: Element, *, fill: Mapping[str, str], basis: frozenset[str]) -> Element:
        """A new document holding only what the view ``schema`` declares, hub-filled elements set from ``fill``.

        Elements whose declaration needs a basis (``p:privacy/@basis``) not in ``basis`` are dropped as well.
        """

    def digest(self, schema: str) -> str:
        """SHA-256 (hex) over the schema and everything it includes or imports: the version kept with a document."""

    def exists(self, schema: str) -> bool:
        """Whether the schema file stands in one of the folders."""

    def root_of(self, schema: str) -> tuple[str, frozenset[str]]:
        """The target namespace and the local names of the global elements of a schema."""

    def shape(self, schema: str, root: str) -> Shape:
        """What the document element of that local name may hold; made once, to be read only."""
