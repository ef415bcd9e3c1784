"""Channels: one message type with its XSD version, its duplicate keys, its order and what may be searched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hub.contract.message import ChannelName, Header, Message

Policy = Literal["same", "supersedes", "conflict"]
"""What differing content under an equal duplicate key does: ignored · becomes current · refused naming the first."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a key: a path of local names, or ``@fromSystem``, ``@fromDiv`` or ``@sender`` of the header; ``first`` keeps n characters."""

    path: str
    first: int | None = None

    def of(self, message: Message) -> str | None:
        """The value, or None when the message has none (then the key it belongs to is not computed)."""
        value = header_field(message.header, self.path[1:]) if self.path.startswith("@") else message.body.text(self.path)
        return value[: self.first] if value and self.first else value or None


def header_field(header: Header, name: str) -> str | None:
    """A header field by its name on the wire. Raises KeyError for a name that may not be part of a key."""
    return {"fromSystem": header.from_system, "fromDiv": header.from_div, "sender": header.sender}[name]


@dataclass(frozen=True, slots=True)
class DuplicateKey:
    """A business key. ``scope='open'`` looks only among cases that are not closed, ``ever`` among all."""

    name: str
    parts: tuple[Part, ...]
    scope: Literal["ever", "open"] = "ever"


@dataclass(frozen=True, slots=True)
class OrderKey:
    """What keeps its sequence per recipient: a lane is (domain, values of the parts)."""

    domain: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class SearchKey:
    """An indexed path. Identifying values are kept as a keyed hash (blind index) and found by exact value only."""

    name: str
    path: str
    identifying: bool = True


@dataclass(frozen=True, slots=True)
class Channel:
    """A datatype channel. ``root`` is the local name of the document element in ``urn:pophub:<name>:<version>``.

    ``place`` names the element that says which unit sends (must lie inside the sender's jurisdictions).
    ``hub_filled`` are paths that the hub fills: ignored when sent and outside the content digest.
    """

    name: ChannelName
    title: str
    policy: Policy
    duplicate_keys: tuple[DuplicateKey, ...]
    order: OrderKey | None = None
    search_keys: tuple[SearchKey, ...] = ()
    version: str = "1.0"
    place: Part | None = None
    hub_filled: tuple[str, ...] = ()
    retention: str = "case"

    @property
    def family(self) -> str:
        """The flow family: the part before the dot; also the name of the SOAP service."""
        return self.name.partition(".")[0]

    @property
    def root(self) -> str:
        """The local name of the document element: ``enquiry.request`` → ``enquiryRequest``."""
        head, *rest = self.name.replace(".", "_").split("_")
        return head + "".join(w[:1].upper() + w[1:] for w in rest)

    @property
    def namespace(self) -> str:
        """The namespace of the canonical document and of its views."""
        return f"urn:pophub:{self.name}:{self.version}"

    @property
    def schema(self) -> str:
        """The canonical XSD, relative to a schemas folder."""
        return f"canonical/{self.version}/{self.name}.xsd"

    def view_schema(self, view: str) -> str:
        """The XSD of a recipient's view of this channel, relative to a schemas folder."""
        return f"views/{view}/{self.name}-{self.version}.xsd"


def key_values(parts: tuple[Part, ...], message: Message) -> tuple[str, ...] | None:
    """The values of a key, or None unless every part is present."""
    values = tuple(part.of(message) for part in parts)
    return None if any(v is None for v in values) else tuple(v for v in values if v is not None)
