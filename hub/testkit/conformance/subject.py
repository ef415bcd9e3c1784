"""What is tested: one adapter as it was found, with the flows, schemas and samples that concern it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.catalogue import Catalogue
from hub.contract.adapter import Adapter
from hub.contract.batch import BatchOut, Framing, Head, Period
from hub.contract.channel import Channel
from hub.contract.errors import TRANSLATION, FlowError
from hub.contract.flow import Flow, Route, SystemRecipient
from hub.contract.message import Document
from hub.contract.operation import Operation
from hub.contract.xml import Element, encode, parse
from hub.discovery import discover, schema_roots

_PERIOD: Final = Period("202501", date(2025, 1, 31))


class NotFound(Exception):
    """A package in adapters/ or routes/ cannot be used; the text says which and why, one a line."""


@dataclass(frozen=True)
class Outbound:
    """One way out: the operation, the channel it carries, and the route whose view the adapter is given."""

    operation: Operation
    channel: Channel
    flow: Flow
    route: Route

    @property
    def batch(self) -> BatchOut | None:
        """The batch whose records go this way, if it is one of records."""
        batches = (b for b in self.flow.batches if isinstance(b, BatchOut))
        return next((b for b in batches if (b.record, b.route) == (self.channel.name, self.route.name)), None)


@dataclass(frozen=True)
class Subject:
    """``folder`` is the adapter's, ``folders`` are those of POPHUB_PATH."""

    adapter: Adapter
    folder: Path
    folders: tuple[Path, ...]
    catalogue: Catalogue
    schemas: LxmlSchemaRegistry

    @property
    def outbound(self) -> Iterator[Outbound]:
        """Every operation with each route that leads to it."""
        for operation in self.adapter.operations:
            for flow in self.catalogue.flows:
                for route in flow.routes:
                    channel = flow.channel(operation.channel)
                    if channel and route.channel == operation.channel and route.to == SystemRecipient(self.adapter.name):
                        yield Outbound(operation, channel, flow, route)

    @property
    def inbound(self) -> Mapping[str, str]:
        """The channels that feeds bring, with their own-vocabulary schemas."""
        return {channel: schema for feed in self.adapter.feeds for channel, schema in feed.channels.items()}

    def samples(self, channel: str) -> Sequence[Path]:
        """The samples of a channel in the system's own vocabulary."""
        return sorted((self.folder / "samples" / channel).glob("*.xml"))

    def canonical_samples(self, channel: Channel) -> Sequence[Path]:
        """The good canonical samples of a channel, in every schemas folder."""
        place = f"canonical/{channel.version}/samples/{channel.name}"
        return [file for root in schema_roots(self.folders) for file in sorted((root / place).glob("*.xml"))]

    def cut(self, channel: Channel, route: Route, document: Element) -> Element:
        """The document as this route's recipient sees it, with every legal basis declared; validated."""
        view, flow = channel.view_schema(route.view), self.catalogue.flow_of[channel.name]
        texts = {path: Document(document).text(path) for path in channel.hub_filled}
        fill = {path: text for path, text in texts.items() if text}
        seen = self.schemas.project(view, document, fill=fill, basis=frozenset(flow.basis.fields))
        self.schemas.validate(view, seen)
        return seen

    def expressible(self, way: Outbound) -> Iterator[tuple[Path, Element]]:
        """The canonical samples of a way that the system has words for: the file, and what the adapter is given of it."""
        for file in self.canonical_samples(way.channel):
            seen = self.cut(way.channel, way.route, read(file))
            try:
                self.own(way, copy.deepcopy(seen))
            except FlowError as fault:
                if fault.kind is not TRANSLATION:
                    raise
            else:
                yield file, seen

    def own(self, way: Outbound, seen: Element) -> Element:
        """What the adapter is given, in the system's own vocabulary; validated."""
        own = self.adapter.translator.from_canonical(way.channel.name, seen)
        self.schemas.validate(way.operation.schema, own)
        return own

    def to_send(self, way: Outbound, document: Element, batch_no: str) -> bytes:
        """The bytes the adapter would be told to deliver for a canonical document; of a batch's record, as its only one."""
        own = self.own(way, self.cut(way.channel, way.route, document))
        return self.encoded(self.framed(way, [own], batch_no) if way.batch else own)

    def encoded(self, own: Element) -> bytes:
        """A document of the system as bytes."""
        return encode(own, self.adapter.encoding)

    def framed(self, way: Outbound, records: Sequence[Element], batch_no: str) -> Element:
        """One part with these records (own vocabulary) and no other; validated. Raises `NotFound` when the translator cannot frame."""
        translator, count = self.adapter.translator, len(records)
        if not isinstance(translator, Framing):
            raise NotFound(f"the translator of {self.adapter.name} does not frame batches")
        framed = translator.frame(way.channel.name, Head(batch_no, _PERIOD, 1, 1, count, 1), records)
        self.schemas.validate(way.operation.schema, framed)
        return framed


def subjects(folders: Sequence[Path]) -> tuple[Subject, ...]:
    """Every adapter in the package and the further folders. Raises `NotFound` when anything there cannot be loaded."""
    found = discover(folders)
    if found.faults:
        raise NotFound("\n".join(found.faults))
    schemas = LxmlSchemaRegistry(schema_roots(folders))
    return tuple(
        Subject(adapter, found.folders[f"adapters.{adapter.name}"], tuple(folders), found.catalogue, schemas)
        for adapter in found.adapters
    )


def read(path: Path) -> Element:
    """A sample file as an element, in whatever encoding it declares."""
    return parse(path.read_bytes())
