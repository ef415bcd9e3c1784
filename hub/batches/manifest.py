"""The manifest of a batch: what its sender states. What may hide personal data stays with the document, sealed, and goes with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self

from hub.catalogue import Catalogue
from hub.contract.adapter import Adapter
from hub.contract.batch import WRAPPER_SCHEMA, BatchIn, OwnBatch
from hub.contract.channel import Channel
from hub.contract.errors import UNKNOWN_OPERATION, ClientError
from hub.pipeline.machine import Machine
from hub.ports.spoke_registry import Spoke


@dataclass(frozen=True, slots=True)
class Manifest:
    """``digest`` is the SHA-256 of the whole document, ``count`` its records (None: not stated).

    ``adapter`` is the system whose vocabulary it is written in; None: ``<batch>`` with canonical documents.
    """

    name: str
    spoke: Spoke
    message_id: str
    digest: bytes
    count: int | None = None
    adapter: Adapter | None = None
    from_div: str | None = None
    from_user: str | None = None
    test: bool = False

    def identity(self, machine: Machine) -> bytes:
        """The keyed hash of (sender, name, MessageID)."""
        return machine.keyring.index("batch-id", self.spoke.name, self.name, self.message_id)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the splitter needs of a manifest, as it is kept with the document."""

    message_id: str
    from_div: str | None
    from_user: str | None
    test: bool

    @classmethod
    def of(cls, manifest: Manifest) -> Self:
        """The part to keep."""
        return cls(manifest.message_id, manifest.from_div, manifest.from_user, manifest.test)

    def write(self) -> bytes:
        """As JSON."""
        return json.dumps([self.message_id, self.from_div, self.from_user, self.test]).encode()

    @classmethod
    def read(cls, data: bytes) -> Self:
        """From JSON of `write`."""
        return cls(*json.loads(data))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of batch in one vocabulary: the tag of its records, the XSD of its wrapper and, for a system, that of a record."""

    batch: BatchIn
    channel: Channel
    tag: str
    wrapper: str
    own_schema: str | None


def kind_of(machine: Machine, name: str, adapter: Adapter | None) -> Kind:
    """Raises ClientError ``Client.UnknownOperation`` for a batch that is not declared, or not by this system."""
    found = kind_of_catalogue(machine.catalogue, name, adapter)
    if found is None:
        raise ClientError(UNKNOWN_OPERATION)
    return found


def kind_of_catalogue(catalogue: Catalogue, name: str, adapter: Adapter | None) -> Kind | None:
    """None for a batch that is not declared, or not by this system."""
    batch = catalogue.batches_in.get(name)
    channel = catalogue.channels.get(batch.record) if batch else None
    if batch is None or channel is None:
        return None
    if adapter is None:
        return Kind(batch, channel, f"{{{channel.namespace}}}{channel.root}", WRAPPER_SCHEMA, None)
    own: OwnBatch | None = (adapter.batches or {}).get(batch.name)
    return Kind(batch, channel, f"{{*}}{own.record_element}", own.schema, own.record_schema) if own else None
