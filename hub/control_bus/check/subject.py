"""What is proved: everything found by folder, the schemas, the settings and the spokes, with the day on which it must hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from hub.backends.schema_components import Components
from hub.backends.schema_fields import FieldInfo
from hub.backends.schema_files import SchemaFault, SchemaFolders
from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.catalogue import Catalogue
from hub.contract.channel import Channel
from hub.contract.flow import Flow, Route
from hub.contract.query import Query
from hub.ports.spoke_registry import Spoke
from hub.reference.divisions import DivisionTable
from hub.settings import Settings


@dataclass(frozen=True)
class Subject:
    """``folders`` maps ``adapters.<name>`` and ``routes.<name>`` to their folders, ``unloadable`` says what broke while loading.

    ``spokes`` are those of the store where it can be read, then those of the settings it does not know yet;
    ``registered`` are the names of the former.
    """

    catalogue: Catalogue
    folders: Mapping[str, Path]
    unloadable: tuple[str, ...]
    roots: tuple[Path, ...]
    schemas: LxmlSchemaRegistry
    settings: Settings
    divisions: DivisionTable
    today: date
    spokes: tuple[Spoke, ...] = ()
    registered: frozenset[str] = frozenset()
    _fields: dict[str, Mapping[str, FieldInfo] | None] = field(default_factory=dict, repr=False)

    def fields(self, schema: str) -> Mapping[str, FieldInfo] | None:
        """The fields of a schema by path; None when it cannot be read (which the schema theme reports)."""
        if schema not in self._fields:
            try:
                self._fields[schema] = self.schemas.fields(schema)
            except SchemaFault:
                self._fields[schema] = None
        return self._fields[schema]

    def components(self, schema: str) -> Components | None:
        """The named definitions behind a schema; None when it cannot be read."""
        try:
            return Components(SchemaFolders(self.roots).closure(schema))
        except SchemaFault:
            return None

    def channels(self) -> Iterator[tuple[Flow, Channel]]:
        """Every channel with its flow."""
        return ((flow, channel) for flow in self.catalogue.flows for channel in flow.channels)

    def queries(self) -> Iterator[tuple[Flow, Query]]:
        """Every query with its flow."""
        return ((flow, query) for flow in self.catalogue.flows for query in flow.queries)

    def routes(self) -> Iterator[tuple[Flow, Route, Channel]]:
        """Every route whose channel is declared in its flow."""
        for flow in self.catalogue.flows:
            for route in flow.routes:
                if channel := flow.channel(route.channel):
                    yield flow, route, channel

    def senders(self, channel: str) -> Sequence[Spoke]:
        """The spokes that may send a channel."""
        return [s for s in self.spokes if s.enabled and channel in s.sends]

    def receivers(self, channel: str) -> Sequence[Spoke]:
        """The spokes that may receive a channel."""
        return [s for s in self.spokes if s.enabled and channel in s.receives]


def route_place(flow: Flow, route: Route) -> str:
    """How a fault names a route."""
    return f"routes/{flow.name} · route {route.name}"


def channel_place(flow: Flow, channel: str) -> str:
    """How a fault names a channel."""
    return f"routes/{flow.name} · channel {channel}"
